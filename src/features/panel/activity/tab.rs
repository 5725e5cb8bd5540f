use leptos::html;
use leptos::prelude::*;
use studio_users_contract::Action;
use studio_users_domain::UserId;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, IntersectionObserver, IntersectionObserverEntry, IntersectionObserverInit};

use super::entry::Entry;
use super::model::{Day, action_name, day_name, days};
use super::store::ActivityStore;
use crate::features::panel::load_error::TabLoadError;
use crate::features::panel::loading_skeleton::LoadingSkeleton;
use crate::i18n::{clock, format, messages, use_language};
use crate::reactive::{effect, memo};
use crate::state::{Change, use_changes};
use crate::ui::{Glyph, Icon, Menu, MenuItemRadio};

/// The `rootMargin` of the intersection observer: the next page loads when the end of the
/// list is less than 300 px below the visible part of the tab.
const PRELOAD_MARGIN: &str = "0px 0px 300px 0px";

/// The content of the tab.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TabState {
    Loading,
    Failed,
    Loaded,
}

/// The Audit log tab: what the user did, and what others did to them.
#[component]
pub(in super::super) fn ActivityTab(user: UserId) -> impl IntoView {
    let language = use_language();
    let store = ActivityStore::new(user);
    effect(move |_| {
        store.action.track();
        store.load_newest();
    });
    use_changes().subscribe(move |change| {
        if change == Change::Users || change == Change::User(user) {
            store.load_newest();
        }
    });
    let state =
        memo(move |_| match (store.entries.with(Option::is_some), store.error.with(Option::is_some)) {
            (true, _) => TabState::Loaded,
            (false, true) => TabState::Failed,
            (false, false) => TabState::Loading,
        });
    view! {
        <AuditToolbar store user />
        {move || match state.get() {
            TabState::Loading => view! { <LoadingSkeleton /> }.into_any(),
            TabState::Failed => {
                view! {
                    <TabLoadError
                        title=messages::audit_log_failed(language)
                        error=store.error.into()
                        on_retry=move || store.retry()
                    />
                }
                    .into_any()
            }
            TabState::Loaded => view! { <Entries store /> }.into_any(),
        }}
    }
}

/// The action filter and the export button.
#[component]
fn AuditToolbar(store: ActivityStore, user: UserId) -> impl IntoView {
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
                <MenuItemRadio
                    is_checked=Signal::derive(move || store.action.get().is_none())
                    on_select=move |()| choose(None)
                >
                    {messages::all_actions(language)}
                </MenuItemRadio>
                {Action::ALL
                    .into_iter()
                    .map(|action| {
                        view! {
                            <MenuItemRadio
                                is_checked=Signal::derive(move || store.action.get() == Some(action))
                                on_select=move |()| choose(Some(action))
                            >
                                {action_name(language, action)}
                            </MenuItemRadio>
                        }
                    })
                    .collect_view()}
            </Menu>
            <button
                class="button button--small button--quiet audit__export"
                type="button"
                aria-label=messages::export_audit_log(language)
                aria-disabled=move || store.is_exporting.get().then_some("true")
                on:click=move |_| store.export(format!("audit-{user}"))
            >
                <Icon glyph=Glyph::Export />
                {move || {
                    if store.is_exporting.get() {
                        messages::exporting_audit_log(language)
                    } else {
                        messages::export_csv(language)
                    }
                }}
            </button>
        </div>
    }
}

#[component]
fn Entries(store: ActivityStore) -> impl IntoView {
    let language = use_language();
    let days = memo(move |_| {
        store.entries.with(|entries| days(entries.as_deref().unwrap_or_default(), &clock::Zone))
    });
    let day = move |day: Day| {
        let name = day_name(language, &day, clock::now(), &clock::Zone);
        let entries = day.entries.into_iter().map(|entry| view! { <Entry entry /> });
        view! {
            <h3 class="audit__day">{name}</h3>
            <ol>{entries.collect_view()}</ol>
        }
    };
    let is_empty = memo(move |_| days.read().is_empty());
    let empty_text = move || {
        if store.action.with(Option::is_some) {
            messages::no_entries_for_action(language)
        } else {
            messages::no_entries(language)
        }
    };
    view! {
        <Show
            when=move || !is_empty.get()
            fallback=move || view! { <p class="hint" role="status">{empty_text}</p> }
        >
            <div class="audit">
                <For each=move || days.get() key=|day| (day.date, day.entries.len(), day.at) let:shown>
                    {day(shown)}
                </For>
            </div>
        </Show>
        <LoadMore store />
        {move || {
            let date = format::short_date_with_year(language, store.deleted_before.get()?);
            Some(view! { <p class="hint">{messages::audit_log_deleted(language, &date)}</p> })
        }}
        <p class="hint">{messages::audit_log_scope(language)}</p>
    }
}

/// The end of the list. Loads the next page when it scrolls into view. A button does the same for users who do not
/// scroll.
#[component]
fn LoadMore(store: ActivityStore) -> impl IntoView {
    let language = use_language();
    let end = NodeRef::<html::Div>::new();
    let on_intersect = OnIntersect::new(move |entries: Vec<IntersectionObserverEntry>| {
        let is_visible = entries.iter().any(IntersectionObserverEntry::is_intersecting);
        if is_visible && store.has_more.try_get_untracked() == Some(true) {
            store.load_more();
        }
    });
    let observer_slot = StoredValue::new_local((None::<IntersectionObserver>, on_intersect));
    // Observes the end anew after each page. If it is still in view, the observer fires again and the next page loads.
    effect(move |_| {
        store.entries.track();
        let Some(end) = end.get() else { return };
        observer_slot.update_value(|(observer, on_intersect)| {
            if observer.is_none() {
                *observer = observe_in_panel(&end, on_intersect);
            }
            if let Some(observer) = observer {
                observer.disconnect();
                observer.observe(&end);
            }
        });
    });
    on_cleanup(move || {
        observer_slot.try_update_value(|(observer, _)| {
            if let Some(observer) = observer {
                observer.disconnect();
            }
        });
    });
    let has_failed = memo(move |_| store.error.with(Option::is_some));
    view! {
        <div node_ref=end>
            <p class="visually-hidden" role="status">
                {move || {
                    (store.is_loading.get() && store.has_more.get())
                        .then(|| messages::loading_older(language))
                }}
            </p>
            <Show when=move || has_failed.get()>
                <TabLoadError
                    title=messages::audit_log_failed(language)
                    error=store.error.into()
                    on_retry=move || store.retry()
                />
            </Show>
            <Show when=move || store.has_more.get() && !has_failed.get()>
                <button
                    class="button audit__older"
                    type="button"
                    aria-disabled=move || store.is_loading.get().then_some("true")
                    on:click=move |_| store.load_more()
                >
                    {messages::load_older(language)}
                </button>
            </Show>
        </div>
    }
}

type OnIntersect = Closure<dyn Fn(Vec<IntersectionObserverEntry>)>;

/// Creates an [intersection observer] whose root is the scroll container of the panel.
///
/// [intersection observer]: https://developer.mozilla.org/en-US/docs/Web/API/Intersection_Observer_API
fn observe_in_panel(element: &Element, on_intersect: &OnIntersect) -> Option<IntersectionObserver> {
    let options = IntersectionObserverInit::new();
    options.set_root(element.closest("[role=tabpanel]").ok().flatten().as_ref());
    options.set_root_margin(PRELOAD_MARGIN);
    IntersectionObserver::new_with_options(on_intersect.as_ref().unchecked_ref(), &options).ok()
}
