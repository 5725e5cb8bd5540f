use leptos::prelude::*;

/// A button that navigates. In the prerendered HTML it is a link with the same look, which works without the program.
#[component]
pub fn NavigationButton(
    class: &'static str,
    /// The accessible name. By default it is the content.
    #[prop(optional)]
    name: Option<&'static str>,
    /// Navigates.
    #[prop(into)]
    on_click: Callback<()>,
    children: Children,
) -> impl IntoView {
    #[cfg(target_family = "wasm")]
    return view! {
        <button class=class type="button" aria-label=name on:click=move |_| on_click.run(())>
            {children()}
        </button>
    };
    #[cfg(not(target_family = "wasm"))]
    view! {
        <a class=class aria-label=name href=crate::state::url_after(|| on_click.run(()))>
            {children()}
        </a>
    }
}
