use leptos::prelude::*;
use studio_users_domain::{NodeId, NodeKind};

use super::model::{self, RolePlace};
use crate::i18n::{messages, use_language};
use crate::state::use_reader;
use crate::ui::{Glyph, Icon, RadioItem, RadioList};

/// More than so many are searched for rather than scrolled to.
const SHOWN: usize = 100;

/// Where: one of the places that the reader manages, found by its name.
#[component]
pub(super) fn Places(
    /// The place chosen.
    chosen: RwSignal<Option<NodeId>>,
) -> impl IntoView {
    let language = use_language();
    let reader = use_reader();
    let search = RwSignal::new(String::new());
    let found = Memo::new(move |_| model::places(&reader.read(), &search.read()));
    let items = Signal::derive(move || {
        let items = |places: &Vec<RolePlace>| places.iter().take(SHOWN).map(item).collect::<Vec<_>>();
        found.with(items)
    });
    let untold = move || u32::try_from(found.read().len().saturating_sub(SHOWN)).unwrap_or(u32::MAX);
    view! {
        <div class="field">
            <span class="label" aria-hidden="true">
                {messages::where_(language)}
            </span>
            <label class="input">
                <Icon glyph=Glyph::Search />
                <input
                    type="search"
                    autofocus
                    autocomplete="off"
                    placeholder=messages::find_place(language)
                    aria-label=messages::find_place(language)
                    prop:value=search
                    on:input=move |event| search.set(event_target_value(&event))
                />
            </label>
            <RadioList label=messages::where_(language) items chosen />
            <p class="hint" role="status">
                {move || match (found.read().len(), untold()) {
                    (0, _) => Some(messages::no_place_found(language).to_owned()),
                    (_, 0) => None,
                    (_, untold) => Some(messages::and_more(language, untold)),
                }}
            </p>
        </div>
    }
}

fn item(place: &RolePlace) -> RadioItem<NodeId> {
    let (name, depth) = (place.node.name.clone(), place.depth);
    let glyph = match place.node.kind {
        NodeKind::Environment => None,
        NodeKind::Agency | NodeKind::Provider => Some(Glyph::Agency),
    };
    let view = move || {
        let name = name.clone();
        view! {
            <span class="role-place" style:--depth=depth.to_string()>
                {glyph.map(|glyph| view! { <Icon glyph /> })}
                <bdi>{name}</bdi>
            </span>
        }
    };
    RadioItem { value: place.node.id, view: ViewFn::from(view), refused: None }
}
