use leptos::prelude::*;
use studio_users_contract::UserRow;
use studio_users_domain::{CapabilitySet, Section};

use super::column::CompareColumn;
use super::compare_with_field::CompareWithField;
use super::model::{Difference, Visible};
use super::store::{CompareStore, CompareWith};
use crate::i18n::{Language, format, isolated, messages, use_language, with_bdi};
use crate::parts::NodeList;
use crate::reactive::{effect, memo};
use crate::state::{DialogRequest, explain, use_dialogs};
use crate::ui::{Dialog, ErrorAlert, Glyph, Icon, MAX_ALL_ROWS};

const TITLE: &str = "compare-title";

/// Dialog that compares what a user sees with what they would see with more roles, or with what another user sees.
#[component]
pub(super) fn CompareDialog(row: UserRow) -> impl IntoView {
    let language = use_language();
    let dialogs = use_dialogs();
    let store = CompareStore::new(row.id);
    let name = row.label().to_owned();
    let node_name = Signal::derive(move || {
        let (node, nodes) = (store.node.get(), store.nodes.read());
        nodes.iter().find(|(id, _)| Some(*id) == node).map(|(_, name)| name.clone()).unwrap_or_default()
    });
    // A select box renders all options, so a longer list has a search.
    let has_many_nodes = memo(move |_| store.nodes.read().len() > MAX_ALL_ROWS);
    let own_name = name.clone();
    let first_title = move || {
        let how = match store.first.get() {
            Some(visible) if visible.is_pending => messages::compare_after_joining(language),
            _ => messages::compare_now(language),
        };
        if store.compare_with.get() == CompareWith::OtherUser { own_name.clone() } else { how.to_owned() }
    };
    let second_title = move || match store.compare_with.get() {
        CompareWith::OtherUser => {
            store.other_user.read().as_ref().map(|other_user| other_user.label().to_owned())
        }
        CompareWith::Roles => {
            let held = store.first.get().map(|visible| visible.roles).unwrap_or_default();
            let more: Vec<_> = (store.more.get() - held).iter().map(|role| role.name(language)).collect();
            (!more.is_empty()).then(|| messages::with_added(language, &format::list_and(language, &more)))
        }
    };
    let second_title = memo(move |_| second_title());
    let visible = |visible: Memo<Option<Visible>>| Signal::derive(move || visible.get().unwrap_or_default());
    let first_title = Signal::derive(first_title);
    let stored_row = StoredValue::new(row);
    let error = Signal::derive(move || store.error.get().map(|error| explain(language, &error)));
    let placeholder = move || {
        let text = match store.compare_with.get() {
            CompareWith::Roles => messages::choose_roles_to_compare(language),
            CompareWith::OtherUser => messages::choose_user_to_compare(language),
        };
        view! { <p class="compare__column compare__column--none hint">{text}</p> }
    };
    // A skeleton while loading, so that missing data does not look like missing access.
    let skeleton = || {
        view! {
            <div class="compare__column" aria-busy="true">
                <i class="skeleton skeleton--name"></i>
            </div>
        }
    };
    view! {
        <Dialog label_id=TITLE class="compare" light_dismiss=true on_close=move |()| dialogs.close()>
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
                    on:click=move |_| dialogs.close()
                >
                    <Icon glyph=Glyph::Close />
                </button>
            </header>
            <div class="compare__body">
                <div class="compare__choice">
                    {move || {
                        if has_many_nodes.get() {
                            view! { <SearchableNodes store /> }.into_any()
                        } else {
                            view! { <NodeSelect language store /> }.into_any()
                        }
                    }}
                    <CompareWithField store />
                    <ErrorAlert message=error />
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
                <div class="compare__columns">
                    <Show when=move || store.first.read().is_some() fallback=skeleton>
                        <CompareColumn language title=first_title node_name visible=visible(store.first) />
                    </Show>
                    <Show when=move || second_title.read().is_some() fallback=placeholder>
                        <Show when=move || store.second.read().is_some() fallback=skeleton>
                            <CompareColumn
                                language
                                title=Signal::derive(move || second_title.get().unwrap_or_default())
                                node_name
                                visible=visible(store.second)
                            />
                        </Show>
                    </Show>
                </div>
            </div>
            <footer class="dialog__foot">
                <button
                    class="button button--view"
                    type="button"
                    on:click=move |_| dialogs.open(DialogRequest::View(Box::new(stored_row.get_value())))
                >
                    <Icon glyph=Glyph::ViewAs />
                    {messages::view_as(language)}
                </button>
                <button class="button dialog__foot-end" type="button" on:click=move |_| dialogs.close()>
                    {messages::close(language)}
                </button>
            </footer>
        </Dialog>
    }
}

/// Radio list of many nodes at which the access can be compared.
#[component]
fn SearchableNodes(store: CompareStore) -> impl IntoView {
    let chosen = RwSignal::new(store.node.get_untracked());
    effect(move |_| {
        if let Some(node) = chosen.get() {
            store.choose_node(node);
        }
    });
    let nodes = memo(move |_| store.nodes.read().iter().map(|(node, _)| *node).collect::<Vec<_>>());
    view! { <NodeList nodes=Signal::from(nodes) chosen /> }
}

/// Select box with the nodes at which the access can be compared.
#[component]
fn NodeSelect(language: Language, store: CompareStore) -> impl IntoView {
    view! {
        <div class="field">
            <label class="label" for="compare-place">
                {messages::location(language)}
            </label>
            <div class="input input--select">
                <select
                    id="compare-place"
                    on:change=move |event| {
                        if let Ok(node) = event_target_value(&event).parse() {
                            store.choose_node(node);
                        }
                    }
                >
                    {move || {
                        let node = store.node.get_untracked();
                        let option = |(id, name): (studio_users_domain::NodeId, String)| {
                            view! {
                                <option value=id.to_string() selected=node == Some(id)>
                                    {name}
                                </option>
                            }
                        };
                        store.nodes.get().into_iter().map(option).collect_view()
                    }}
                </select>
                <Icon glyph=Glyph::ChevronDown />
            </div>
        </div>
    }
}

/// The list of differences between the two columns.
fn difference(language: Language, difference: &Difference) -> AnyView {
    let sections = |sections: &[Section]| {
        let names: Vec<_> = sections.iter().map(|section| section.name(language)).collect();
        (!names.is_empty()).then(|| format::list_and(language, &names))
    };
    let abilities = |capabilities: CapabilitySet| {
        let names: Vec<_> = capabilities.iter().map(|capability| capability.name(language)).collect();
        (!names.is_empty()).then(|| format::list_and(language, &names))
    };
    let notified = |is_notified: bool| {
        let text =
            if is_notified { messages::can_get_chat_notifications } else { messages::no_chat_notifications };
        (is_notified, text(language).to_owned())
    };
    let lines = [
        sections(&difference.shown).map(|names| (true, messages::also_sees(language, &names))),
        abilities(difference.gained).map(|names| (true, messages::can_also(language, &names))),
        sections(&difference.hidden).map(|names| (false, messages::does_not_see(language, &names))),
        abilities(difference.lost).map(|names| (false, messages::cannot(language, &names))),
        difference.notified.map(notified),
    ];
    let line = |(is_more, text): (bool, String)| {
        view! {
            <li class="compare__line" data-more=is_more.then_some("")>
                <span aria-hidden="true">{if is_more { "+" } else { "−" }}</span>
                {text}
            </li>
        }
    };
    let body = if difference.is_empty() {
        view! { <p class="hint">{messages::no_difference(language)}</p> }.into_any()
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
