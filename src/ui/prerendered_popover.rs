use leptos::prelude::*;

/// The contents of the prerendered popovers. They come after the page in the HTML, so that they do not delay its first
/// paint. Provided as a context.
#[derive(Clone, Copy, Default)]
pub struct PrerenderedPopovers(StoredValue<Vec<AnyView>, LocalStorage>);

impl PrerenderedPopovers {
    /// Takes the popovers, in the order of their buttons.
    pub fn take(self) -> Vec<AnyView> {
        self.0.try_update_value(std::mem::take).unwrap_or_default()
    }
}

/// A [`Popover`](super::Popover) of the prerendered page. The browser opens it without a script:
/// <https://developer.mozilla.org/docs/Web/HTML/Reference/Elements/button#popovertarget>
#[component]
pub fn PrerenderedPopover(
    /// The accessible name of the popover.
    label: String,
    /// The class of the button.
    #[prop(into)]
    class: String,
    /// An additional class of the popover.
    panel: &'static str,
    /// The content of the button.
    button: ViewFn,
    /// The content of the popover.
    children: Children,
) -> impl IntoView {
    let popovers = expect_context::<PrerenderedPopovers>();
    let id = format!("popover-{}", popovers.0.with_value(Vec::len));
    let surface = view! {
        <div class=format!("popover {panel}") id=id.clone() popover="auto" role="dialog" aria-label=label>
            {children()}
        </div>
    };
    popovers.0.update_value(|popovers| popovers.push(surface.into_any()));
    view! {
        <button class=class type="button" popovertarget=id aria-haspopup="dialog">
            {button.run()}
        </button>
    }
}
