use leptos::prelude::*;
use studio_users_contract::UserRow;
use studio_users_domain::{CapabilitySet, Section};

use super::beside::BesideField;
use super::model::{Difference, Sight};
use super::side::Side;
use super::store::{Beside, Store};
use crate::i18n::{Language, format, isolated, messages, use_language, with_bdi};
use crate::state::{Ask, explain, use_asks};
use crate::ui::{Alarm, Dialog, Glyph, Icon};

const TITLE: &str = "compare-title";

/// What somebody sees, beside what they would see with more roles, or what somebody else does.
#[component]
pub(super) fn CompareDialog(
    /// Whose.
    row: UserRow,
) -> impl IntoView {
    let language = use_language();
    let asks = use_asks();
    let store = Store::new(row.id);
    let name = row.label().to_owned();
    let place = Signal::derive(move || {
        let (place, places) = (store.place.get(), store.places.read());
        places.iter().find(|(id, _)| Some(*id) == place).map(|(_, name)| name.clone()).unwrap_or_default()
    });
    let own_name = name.clone();
    let first_title = move || {
        let how = match store.first.get() {
            Some(sight) if sight.is_pending => messages::as_they_will_be(language),
            _ => messages::as_they_are(language),
        };
        if store.beside.get() == Beside::Person { own_name.clone() } else { how.to_owned() }
    };
    let second_title = move || match store.beside.get() {
        Beside::Person => store.other.read().as_ref().map(|other| other.label().to_owned()),
        Beside::Roles => {
            let held = store.first.get().map(|sight| sight.roles).unwrap_or_default();
            let more: Vec<_> = (store.more.get() - held).iter().map(|role| role.name(language)).collect();
            (!more.is_empty()).then(|| messages::with_added(language, &format::all(language, &more)))
        }
    };
    let second_title = Memo::new(move |_| second_title());
    let sight = |sight: Memo<Option<Sight>>| Signal::derive(move || sight.get().unwrap_or_default());
    let first_title = Signal::derive(first_title);
    let asked = StoredValue::new(row);
    let error = Signal::derive(move || store.error.get().map(|error| explain(language, &error)));
    let nothing_yet = move || {
        let words = match store.beside.get() {
            Beside::Roles => messages::choose_roles_to_compare(language),
            Beside::Person => messages::choose_somebody_to_compare(language),
        };
        view! { <p class="compare__side compare__side--none hint">{words}</p> }
    };
    // What has not come is not said to be nothing.
    let waiting = || {
        view! {
            <div class="compare__side" aria-busy="true">
                <i class="skeleton skeleton--name"></i>
            </div>
        }
    };
    view! {
        <Dialog label_id=TITLE class="compare" light=true on_close=move |()| asks.close()>
            <header class="compare__head">
                <div>
                    <h2 class="dialog__title" id=TITLE>
                        {with_bdi(&messages::compare_title(language, &isolated(&name)))}
                    </h2>
                    <p class="hint">{messages::compare_lead(language)}</p>
                </div>
                <button
                    class="icon-button"
                    type="button"
                    aria-label=messages::close(language)
                    on:click=move |_| asks.close()
                >
                    <Icon glyph=Glyph::Close />
                </button>
            </header>
            <div class="compare__body">
                <div class="compare__choice">
                    <Places language store />
                    <BesideField store />
                    <Alarm words=error />
                    <Show when=move || store.error.read().is_some()>
                        <button class="button compare__retry" type="button" on:click=move |_| store.load()>
                            {messages::retry(language)}
                        </button>
                    </Show>
                </div>
                <div role="status">
                    {move || {
                        second_title.read().is_some().then(|| store.difference.get()).flatten().map(|d| difference(language, &d))
                    }}
                </div>
                <div class="compare__sides">
                    <Show when=move || store.first.read().is_some() fallback=waiting>
                        <Side language title=first_title place sight=sight(store.first) />
                    </Show>
                    <Show when=move || second_title.read().is_some() fallback=nothing_yet>
                        <Show when=move || store.second.read().is_some() fallback=waiting>
                            <Side
                                language
                                title=Signal::derive(move || second_title.get().unwrap_or_default())
                                place
                                sight=sight(store.second)
                            />
                        </Show>
                    </Show>
                </div>
            </div>
            <footer class="dialog__foot">
                <button
                    class="button button--view"
                    type="button"
                    on:click=move |_| asks.ask(Ask::View(Box::new(asked.get_value())))
                >
                    <Icon glyph=Glyph::ViewAs />
                    {messages::view_as(language)}
                </button>
                <button class="button dialog__foot-end" type="button" on:click=move |_| asks.close()>
                    {messages::close(language)}
                </button>
            </footer>
        </Dialog>
    }
}

/// Where it is compared.
#[component]
fn Places(
    /// The language that it is told in.
    language: Language,
    /// What is compared.
    store: Store,
) -> impl IntoView {
    view! {
        <div class="field">
            <label class="label" for="compare-place">
                {messages::compare_at(language)}
            </label>
            <div class="input input--select">
                <select
                    id="compare-place"
                    on:change=move |event| {
                        if let Ok(place) = event_target_value(&event).parse() {
                            store.choose_place(place);
                        }
                    }
                >
                    {move || {
                        let place = store.place.get_untracked();
                        let option = |(id, name): (studio_users_domain::NodeId, String)| {
                            view! {
                                <option value=id.to_string() selected=place == Some(id)>
                                    {name}
                                </option>
                            }
                        };
                        store.places.get().into_iter().map(option).collect_view()
                    }}
                </select>
                <Icon glyph=Glyph::ChevronDown />
            </div>
        </div>
    }
}

/// How the two differ, line by line.
fn difference(language: Language, difference: &Difference) -> AnyView {
    let sections = |sections: &[Section]| {
        let names: Vec<_> = sections.iter().map(|section| section.name(language)).collect();
        (!names.is_empty()).then(|| format::all(language, &names))
    };
    let abilities = |capabilities: CapabilitySet| {
        let names: Vec<_> = capabilities.iter().map(|capability| capability.name(language)).collect();
        (!names.is_empty()).then(|| format::all(language, &names))
    };
    let notified = |is_so: bool| {
        let words = if is_so { messages::is_notified_of_chats } else { messages::is_not_notified_of_chats };
        (is_so, words(language).to_owned())
    };
    let lines = [
        sections(&difference.shown).map(|names| (true, messages::sections_shown(language, &names))),
        abilities(difference.gained).map(|names| (true, messages::can_besides(language, &names))),
        sections(&difference.hidden).map(|names| (false, messages::sections_gone(language, &names))),
        abilities(difference.lost).map(|names| (false, messages::cannot(language, &names))),
        difference.notified.map(notified),
    ];
    let line = |(is_more, words): (bool, String)| {
        view! {
            <li class="compare__line" data-more=is_more.then_some("")>
                <span aria-hidden="true">{if is_more { "+" } else { "−" }}</span>
                {words}
            </li>
        }
    };
    let body = if difference.is_none() {
        view! { <p class="hint">{messages::sees_the_same(language)}</p> }.into_any()
    } else {
        view! { <ul role="list">{lines.into_iter().flatten().map(line).collect_view()}</ul> }.into_any()
    };
    view! {
        <section class="compare__difference">
            <h3 class="label">{messages::difference(language)}</h3>
            {body}
        </section>
    }
    .into_any()
}
