use std::collections::HashSet;

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::tree::TreeFilter;
use crate::features::panel::access::store::{AccessStore, with_draft};
use crate::i18n::{format, messages, use_language};
use crate::reactive::memo;
use crate::ui::{Glyph, Icon, Segmented, pressed_key};

/// The search field and the filter of a large tree.
#[component]
pub(crate) fn NodeSearch(access: AccessStore, filter: TreeFilter) -> impl IntoView {
    let language = use_language();
    let counts = memo(move |_| {
        with_draft(access, |draft| {
            let number = |count: usize| format::number(language, u32::try_from(count).unwrap_or(u32::MAX));
            let with_own_roles = draft.positions().filter(|&position| draft.has_own_roles(position)).count();
            (number(with_own_roles), number(draft.positions().count()))
        })
    });
    // Escape clears the field. In an empty field it moves the focus to the tab, where Escape closes the panel.
    let on_keydown = move |event: KeyboardEvent| {
        if pressed_key(&event) != "Escape" {
            return;
        }
        event.stop_propagation();
        event.prevent_default();
        if filter.search.with_untracked(String::is_empty) {
            let field = event.current_target().and_then(|field| field.dyn_into::<Element>().ok());
            let panel = field.and_then(|field| field.closest("[role=tabpanel]").ok().flatten());
            if let Some(panel) = panel.and_then(|panel| panel.dyn_into::<HtmlElement>().ok()) {
                let _ = panel.focus();
            }
        } else {
            filter.search.set(String::new());
        }
    };
    view! {
        <div class="access-find">
            <label class="input">
                <Icon glyph=Glyph::Search />
                <input
                    type="search"
                    placeholder=messages::find_environment(language)
                    aria-label=messages::find_node(language)
                    maxlength="200"
                    autocomplete="off"
                    prop:value=filter.search
                    on:input=move |event| filter.search.set(event_target_value(&event))
                    on:keydown=on_keydown
                />
            </label>
            {move || {
                let (with_own_roles, all) = counts.get();
                let choices = vec![
                    (false, messages::assigned_count(language, &with_own_roles)),
                    (true, messages::all_count(language, &all)),
                ];
                view! {
                    <Segmented
                        label=messages::shown_nodes(language)
                        options=choices
                        selected=filter.shows_all
                        on_select=move |all| {
                            filter.expanded.update(HashSet::clear);
                            filter.shows_all.set(all);
                        }
                    />
                }
            }}
        </div>
    }
}
