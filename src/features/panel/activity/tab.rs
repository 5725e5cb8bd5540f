use leptos::html;
use leptos::prelude::*;
use studio_users_contract::Action;
use studio_users_domain::UserId;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, IntersectionObserver, IntersectionObserverEntry, IntersectionObserverInit};

use super::entry::Entry;
use super::model::{Day, action_name, day_name, days};
use super::store::Store;
use crate::features::panel::details::Waiting;
use crate::features::panel::failed::Failed;
use crate::i18n::{clock, messages, use_language};
use crate::state::{Change, use_changes};
use crate::ui::{Glyph, Icon, Menu, MenuChoice};

/// How far below what is in view more is asked for.
const AHEAD: &str = "0px 0px 300px 0px";

/// What the user did, and what was done to them.
#[component]
pub(in super::super) fn ActivityTab(
    /// Who.
    user: UserId,
) -> impl IntoView {
    let language = use_language();
    let store = Store::new(user);
    Effect::new(move |_| {
        store.action.track();
        store.begin();
    });
    use_changes().listen(move |change| {
        if change == Change::Users || change == Change::User(user) {
            store.begin();
        }
    });
    let state =
        Memo::new(move |_| match (store.entries.with(Option::is_some), store.error.with(Option::is_some)) {
            (true, _) => 2_u8,
            (false, true) => 1,
            (false, false) => 0,
        });
    view! {
        <Tools store user />
        {move || match state.get() {
            0 => view! { <Waiting /> }.into_any(),
            1 => {
                view! {
                    <Failed
                        title=messages::activity_failed(language)
                        error=store.error.into()
                        on_retry=move || store.retry()
                    />
                }
                    .into_any()
            }
            _ => view! { <Entries store /> }.into_any(),
        }}
    }
}

/// The filter and the export.
#[component]
fn Tools(
    /// The log.
    store: Store,
    /// Whose it is.
    user: UserId,
) -> impl IntoView {
    let language = use_language();
    let chosen = move || {
        store.action.get().map_or(messages::all_actions(language), |action| action_name(language, action))
    };
    let choose = move |action: Option<Action>| {
        if store.action.get_untracked() != action {
            store.action.set(action);
        }
    };
    view! {
        <div class="audit__tools">
            <Menu
                label=Signal::derive(move || format!("{}: {}", messages::filter_by_action(language), chosen()))
                class="button button--small filter"
                button=ViewFn::from(move || {
                    view! {
                        <Icon glyph=Glyph::Filter />
                        {chosen}
                        <Icon glyph=Glyph::ChevronDown small=true />
                    }
                })
            >
                <MenuChoice
                    is_chosen=Signal::derive(move || store.action.get().is_none())
                    on_select=move |()| choose(None)
                >
                    {messages::all_actions(language)}
                </MenuChoice>
                {Action::ALL
                    .into_iter()
                    .map(|action| {
                        view! {
                            <MenuChoice
                                is_chosen=Signal::derive(move || store.action.get() == Some(action))
                                on_select=move |()| choose(Some(action))
                            >
                                {action_name(language, action)}
                            </MenuChoice>
                        }
                    })
                    .collect_view()}
            </Menu>
            <button
                class="button button--small button--quiet audit__export"
                type="button"
                aria-label=messages::export_audit_name(language)
                aria-disabled=move || store.is_exporting.get().then_some("true")
                on:click=move |_| store.export(format!("audit-{user}"))
            >
                <Icon glyph=Glyph::Export />
                {move || {
                    if store.is_exporting.get() {
                        messages::exporting_audit(language)
                    } else {
                        messages::export_audit(language)
                    }
                }}
            </button>
        </div>
    }
}

#[component]
fn Entries(
    /// The log.
    store: Store,
) -> impl IntoView {
    let language = use_language();
    let days = Memo::new(move |_| {
        store.entries.with(|entries| days(entries.as_deref().unwrap_or_default(), clock::offset()))
    });
    let day = move |day: Day| {
        let name = day_name(language, &day, clock::now(), clock::offset());
        let entries = day.entries.into_iter().map(|entry| view! { <Entry entry /> });
        view! {
            <h3 class="audit__day">{name}</h3>
            <ol>{entries.collect_view()}</ol>
        }
    };
    let is_empty = Memo::new(move |_| days.read().is_empty());
    let nothing = move || {
        if store.action.with(Option::is_some) {
            messages::no_entries_of(language)
        } else {
            messages::no_entries(language)
        }
    };
    view! {
        <Show
            when=move || !is_empty.get()
            fallback=move || view! { <p class="hint" role="status">{nothing}</p> }
        >
            <div class="audit">
                <For each=move || days.get() key=|day| (day.date, day.entries.len(), day.at) let:shown>
                    {day(shown)}
                </For>
            </div>
        </Show>
        <Older store />
    }
}

/// The end of what has come: coming into view it asks for more, and a button does for who does not scroll.
#[component]
fn Older(
    /// The log.
    store: Store,
) -> impl IntoView {
    let language = use_language();
    let end = NodeRef::<html::Div>::new();
    let on_seen = OnSeen::new(move |seen: Vec<IntersectionObserverEntry>| {
        let is_seen = seen.iter().any(IntersectionObserverEntry::is_intersecting);
        if is_seen && store.has_more.try_get_untracked() == Some(true) {
            store.go_on();
        }
    });
    let held = StoredValue::new_local((None::<IntersectionObserver>, on_seen));
    // Observed anew after every answer: what is still in view then asks for more.
    Effect::new(move |_| {
        store.entries.track();
        let Some(end) = end.get() else { return };
        held.update_value(|(observer, on_seen)| {
            if observer.is_none() {
                *observer = observe_within(&end, on_seen);
            }
            if let Some(observer) = observer {
                observer.disconnect();
                observer.observe(&end);
            }
        });
    });
    on_cleanup(move || {
        held.try_update_value(|(observer, _)| {
            if let Some(observer) = observer {
                observer.disconnect();
            }
        });
    });
    let has_failed = Memo::new(move |_| store.error.with(Option::is_some));
    view! {
        <div node_ref=end>
            <p class="visually-hidden" role="status">
                {move || {
                    (store.is_loading.get() && store.has_more.get())
                        .then(|| messages::loading_older(language))
                }}
            </p>
            <Show when=move || has_failed.get()>
                <Failed
                    title=messages::activity_failed(language)
                    error=store.error.into()
                    on_retry=move || store.retry()
                />
            </Show>
            <Show when=move || store.has_more.get() && !has_failed.get()>
                <button
                    class="button audit__older"
                    type="button"
                    aria-disabled=move || store.is_loading.get().then_some("true")
                    on:click=move |_| store.go_on()
                >
                    {messages::load_older(language)}
                </button>
            </Show>
        </div>
    }
}

type OnSeen = Closure<dyn Fn(Vec<IntersectionObserverEntry>)>;

/// Tells of what comes near within the scrolled part of the panel that the element stands in.
fn observe_within(element: &Element, on_seen: &OnSeen) -> Option<IntersectionObserver> {
    let options = IntersectionObserverInit::new();
    options.set_root(element.closest("[role=tabpanel]").ok().flatten().as_ref());
    options.set_root_margin(AHEAD);
    IntersectionObserver::new_with_options(on_seen.as_ref().unchecked_ref(), &options).ok()
}
