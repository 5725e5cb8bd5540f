use std::cell::RefCell;

use leptos::ev::{Event, KeyboardEvent, MouseEvent};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::focus::active_element;

thread_local! {
    /// Where the focus was before a dialog that is gone. Another one that opens in its place takes it over.
    static LEFT: RefCell<Option<HtmlElement>> = const { RefCell::new(None) };
}

/// A modal dialog, open for as long as it is rendered. The browser keeps the focus within it and the page behind it
/// still. When it goes, the focus returns to where it was.
#[component]
pub fn Dialog(
    /// The id of the heading that names it.
    label_id: &'static str,
    /// The class besides `dialog`: it gives the width.
    class: &'static str,
    /// Is asked to close it: by Escape, or by a click beside it where it is `light`.
    #[prop(into)]
    on_close: Callback<()>,
    /// Whether a click beside it closes it: for dialogs in which nothing can be lost.
    #[prop(optional)]
    light: bool,
    /// Whether it asks before something that is hard to take back.
    #[prop(optional)]
    is_warning: bool,
    /// The id of what stands in it that is read out with its name.
    #[prop(optional)]
    described_by: Option<&'static str>,
    /// What stands in it. The first element with `autofocus` gets the focus.
    children: Children,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    let before = StoredValue::new_local(None::<HtmlElement>);
    Effect::new(move |_| {
        let Some(dialog) = dialog.get() else { return };
        before.set_value(LEFT.take().or_else(|| active_element(&dialog)));
        if let Err(error) = dialog.show_modal() {
            leptos::logging::error!("The dialog could not be opened: {error:?}");
        }
        if let Ok(Some(first)) = dialog.query_selector("[autofocus]")
            && let Ok(first) = first.dyn_into::<HtmlElement>()
        {
            let _ = first.focus();
        }
    });
    on_cleanup(move || {
        LEFT.set(before.try_update_value(Option::take).flatten());
        queue_microtask(|| {
            if let Some(before) = LEFT.take().filter(|before| before.is_connected()) {
                let _ = before.focus();
            }
        });
    });
    let on_cancel = move |event: Event| {
        // A file that was not chosen cancels too.
        if event.target() == event.current_target() {
            event.prevent_default();
            on_close.run(());
        }
    };
    // A browser lets a dialog refuse to be closed once, and closes it at the next Escape whatever it says.
    let on_keydown = move |event: KeyboardEvent| {
        if event.key() == "Escape" && !event.is_composing() {
            event.prevent_default();
            event.stop_propagation();
            on_close.run(());
        }
    };
    let on_click = move |event: MouseEvent| {
        if light && event.target() == event.current_target() {
            on_close.run(());
        }
    };
    view! {
        <dialog
            class=format!("dialog {class}")
            part="dialog"
            role=is_warning.then_some("alertdialog")
            aria-labelledby=label_id
            aria-describedby=described_by
            node_ref=dialog
            on:cancel=on_cancel
            on:keydown=on_keydown
            on:click=on_click
        >
            {children()}
        </dialog>
    }
}
