use std::collections::HashSet;

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::store::AccessStore;
use super::tab::of_picture;
use super::tree::View;
use crate::i18n::{format, messages, use_language};
use crate::ui::{Glyph, Icon, Segmented};

/// Finds nodes of a large tree.
#[component]
pub(super) fn Find(
    /// The access.
    access: AccessStore,
    /// What is shown of it.
    view: View,
) -> impl IntoView {
    let language = use_language();
    let counts = Memo::new(move |_| {
        of_picture(access, |picture| {
            let number = |count: usize| format::number(language, u32::try_from(count).unwrap_or(u32::MAX));
            let differ = picture.positions().filter(|&at| picture.differs(at)).count();
            (number(differ), number(picture.positions().count()))
        })
    });
    // Escape empties the field, then leaves it: from there it closes the panel.
    let on_keydown = move |event: KeyboardEvent| {
        if event.key() != "Escape" {
            return;
        }
        event.stop_propagation();
        event.prevent_default();
        if view.search.with_untracked(String::is_empty) {
            let field = event.current_target().and_then(|field| field.dyn_into::<Element>().ok());
            let panel = field.and_then(|field| field.closest("[role=tabpanel]").ok().flatten());
            if let Some(panel) = panel.and_then(|panel| panel.dyn_into::<HtmlElement>().ok()) {
                let _ = panel.focus();
            }
        } else {
            view.search.set(String::new());
        }
    };
    view! {
        <div class="access-find">
            <label class="input">
                <Icon glyph=Glyph::Search />
                <input
                    type="search"
                    placeholder=messages::find_environment_short(language)
                    aria-label=messages::find_node(language)
                    maxlength="200"
                    autocomplete="off"
                    prop:value=view.search
                    on:input=move |event| view.search.set(event_target_value(&event))
                    on:keydown=on_keydown
                />
            </label>
            {move || {
                let (differ, all) = counts.get();
                let choices = vec![
                    (false, messages::differ(language, &differ)),
                    (true, messages::all_of(language, &all)),
                ];
                view! {
                    <Segmented
                        label=messages::shown_nodes(language)
                        choices
                        chosen=view.shows_all
                        on_choose=move |all| {
                            view.opened.update(HashSet::clear);
                            view.shows_all.set(all);
                        }
                    />
                }
            }}
        </div>
    }
}
