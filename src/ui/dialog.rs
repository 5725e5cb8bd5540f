use std::cell::RefCell;

use leptos::ev::{Event, KeyboardEvent, MouseEvent, PointerEvent};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::focus::active_element;
use super::key::pressed_key;
use crate::reactive::effect;

thread_local! {
    /// The element to refocus after the last closed dialog. A dialog that replaces it takes the element over. Several
    /// elements on one page can share this, because it is empty again after the current task and its microtasks.
    static RETURN_FOCUS: RefCell<Option<HtmlElement>> = const { RefCell::new(None) };
}

/// A modal dialog that is open while it is rendered. The browser traps the focus in it and makes the page behind it inert.
/// When the dialog closes, the focus returns to the element that had it before.
#[component]
pub fn Dialog(
    /// The id of the heading that labels the dialog.
    label_id: &'static str,
    /// An additional class, which sets the width.
    class: &'static str,
    /// Called when the user presses Escape, or clicks the backdrop and `light_dismiss` is set.
    #[prop(into)]
    on_close: Callback<()>,
    /// Whether a click on the backdrop closes the dialog. For dialogs in which no input can be lost.
    #[prop(optional)]
    light_dismiss: bool,
    /// Whether the dialog confirms an action that is hard to undo. Sets the role `alertdialog`.
    #[prop(optional)]
    is_warning: bool,
    /// The id of the element that describes the dialog. Screen readers announce it after the label.
    #[prop(optional)]
    described_by: Option<&'static str>,
    /// The content. The first element with `autofocus` gets the focus.
    children: Children,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    let previous_focus = StoredValue::new_local(None::<HtmlElement>);
    effect(move |_| {
        let Some(dialog) = dialog.get() else { return };
        previous_focus.set_value(RETURN_FOCUS.take().or_else(|| active_element(&dialog)));
        if let Err(error) = dialog.show_modal() {
            leptos::logging::error!("Failed to open the dialog: {error:?}");
        }
        if let Ok(Some(first)) = dialog.query_selector("[autofocus]")
            && let Ok(first) = first.dyn_into::<HtmlElement>()
        {
            let _ = first.focus();
        }
    });
    on_cleanup(move || {
        RETURN_FOCUS.set(previous_focus.try_update_value(Option::take).flatten());
        queue_microtask(|| {
            if let Some(element) = RETURN_FOCUS.take().filter(|element| element.is_connected()) {
                let _ = element.focus();
            }
        });
    });
    let on_cancel = move |event: Event| {
        // Ignores the `cancel` event that bubbles from a file input when the user chooses no file.
        if event.target() == event.current_target() {
            event.prevent_default();
            on_close.run(());
        }
    };
    // Handles Escape itself: browsers let a page cancel the `cancel` event once, and close the dialog on the next Escape.
    // https://html.spec.whatwg.org/multipage/interaction.html#close-watcher-infrastructure
    let on_keydown = move |event: KeyboardEvent| {
        if pressed_key(&event) == "Escape" {
            event.prevent_default();
            event.stop_propagation();
            on_close.run(());
        }
    };
    // A click on the backdrop begins and ends there. Dragging a text selection out of the dialog does not.
    let was_pressed_on_backdrop = StoredValue::new(false);
    let on_pointerdown = move |event: PointerEvent| was_pressed_on_backdrop.set_value(is_on_backdrop(&event));
    let on_click = move |event: MouseEvent| {
        if light_dismiss && was_pressed_on_backdrop.get_value() && is_on_backdrop(&event) {
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
            on:pointerdown=on_pointerdown
            on:click=on_click
        >
            {children()}
        </dialog>
    }
}

/// Returns whether a pointer event of a dialog is on its backdrop.
fn is_on_backdrop(event: &MouseEvent) -> bool {
    let dialog = event.target().filter(|target| event.current_target().as_ref() == Some(target));
    dialog.is_some_and(|dialog| {
        let rect = dialog.unchecked_into::<Element>().get_bounding_client_rect();
        let (x, y) = (f64::from(event.client_x()), f64::from(event.client_y()));
        x < rect.left() || x > rect.right() || y < rect.top() || y > rect.bottom()
    })
}
