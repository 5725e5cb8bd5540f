use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
use studio_users_contract::UserRow;
use web_sys::{ScrollIntoViewOptions, ScrollLogicalPosition};

use super::model::{self, Deed, Group, user_key};
use super::option::{ActionChoice, UserChoice, option_id};
use super::run::Runner;
use super::store::Store;
use crate::i18n::{messages, use_language};
use crate::state::{Tab, explain, use_asks, use_reader, use_results};
use crate::ui::{Dialog, Glyph, Icon};

const TITLE: &str = "palette-title";
const LIST: &str = "palette-list";

/// A field, and what it finds.
#[component]
pub(super) fn PaletteDialog() -> impl IntoView {
    let language = use_language();
    let asks = use_asks();
    let reader = use_reader();
    let open_user = use_results().row;
    let (store, runner) = (Store::new(), Runner::new());
    let found = store.found;
    let query = Memo::new(move |_| found.read().query.clone());
    // What the arrows or the pointer came to; none until then.
    let pointed = RwSignal::new(None::<String>);
    // Whose actions are shown: of the user pointed at last, else of the first; before anything is typed, of the user
    // whose panel is open.
    let chosen = Memo::new(move |before: Option<&Option<UserRow>>| {
        if query.read().is_empty() {
            return open_user.get();
        }
        let found = found.read();
        let pointed = pointed.read();
        let is_pointed = |row: &&UserRow| pointed.as_ref().is_some_and(|key| *key == user_key(row.id));
        let is_before = |row: &&UserRow| before.is_some_and(|b| b.as_ref().is_some_and(|b| b.id == row.id));
        let users = &found.users;
        let user = users.iter().find(is_pointed).or_else(|| users.iter().find(is_before));
        user.or(users.first()).cloned()
    });
    let groups = Memo::new(move |_| {
        let actions = reader.with(|reader| model::actions(language, reader, &runner.place(), &query.read()));
        model::groups(language, &query.read(), &found.read().users, chosen.read().as_ref(), actions)
    });
    let keys = Memo::new(move |_| groups.read().iter().flat_map(Group::keys).collect::<Vec<_>>());
    let current = Memo::new(move |_| {
        let keys = keys.read();
        pointed.get().filter(|key| keys.contains(key)).or_else(|| keys.first().cloned())
    });
    let list = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        let (Some(list), Some(key)) = (list.get(), current.get()) else { return };
        let selector = format!("#{}", option_id(&key));
        if let Ok(Some(option)) = list.query_selector(&selector) {
            let nearest = ScrollIntoViewOptions::new();
            nearest.set_block(ScrollLogicalPosition::Nearest);
            option.scroll_into_view_with_scroll_into_view_options(&nearest);
        }
    });
    let take = move |key: &str| {
        let deed = groups.with_untracked(|groups| deed_of(groups, key));
        if let Some(deed) = deed {
            runner.run(deed);
        }
    };
    // Enter may come before what it is meant for.
    let is_waiting = StoredValue::new(false);
    Effect::new(move |_| {
        found.track();
        if is_waiting.get_value() && !store.is_behind() {
            is_waiting.set_value(false);
            if let Some(key) = current.get_untracked() {
                take(&key);
            }
        }
    });
    let on_keydown = move |event: KeyboardEvent| {
        // Letters that are still being put together are not the page's yet.
        if event.is_composing() {
            return;
        }
        let keys = keys.get_untracked();
        let at = current.get_untracked().and_then(|current| keys.iter().position(|key| *key == current));
        match (event.key().as_str(), at) {
            ("k", _) if event.ctrl_key() || event.meta_key() => asks.close(),
            ("Enter", _) if store.is_behind() => is_waiting.set_value(true),
            ("Enter", Some(at)) => take(&keys[at]),
            ("ArrowDown", Some(at)) => pointed.set(Some(keys[(at + 1) % keys.len()].clone())),
            ("ArrowUp", Some(at)) => pointed.set(Some(keys[(at + keys.len() - 1) % keys.len()].clone())),
            _ => return,
        }
        event.prevent_default();
    };
    let on_input = move |event| {
        pointed.set(None);
        is_waiting.set_value(false);
        store.search(event_target_value(&event));
    };
    let on_point = Callback::new(move |key: String| pointed.set(Some(key)));
    let on_take = Callback::new(move |key: String| take(&key));
    let note = move || match &found.read().error {
        Some(error) => Some(explain(language, error)),
        None if keys.read().is_empty() => Some(messages::nothing_found(language, &query.read())),
        None => None,
    };
    let number = move || {
        let count = u32::try_from(keys.read().len()).unwrap_or(u32::MAX);
        (!query.read().is_empty()).then(|| messages::results_number(language, count))
    };
    view! {
        <Dialog label_id=TITLE class="palette" light=true on_close=move |()| asks.close()>
            <h2 class="visually-hidden" id=TITLE>
                {messages::palette(language)}
            </h2>
            <label class="palette__input">
                <Icon glyph=Glyph::Search />
                <input
                    type="text"
                    role="combobox"
                    autofocus
                    autocomplete="off"
                    spellcheck="false"
                    maxlength="200"
                    placeholder=messages::palette(language)
                    aria-label=messages::palette(language)
                    aria-expanded="true"
                    aria-autocomplete="list"
                    aria-controls=LIST
                    aria-activedescendant=move || current.get().map(|key| option_id(&key))
                    on:input=on_input
                    on:keydown=on_keydown
                />
                <kbd class="kbd" aria-hidden="true">
                    "Esc"
                </kbd>
            </label>
            <div class="palette__list" id=LIST role="listbox" aria-label=messages::results(language) node_ref=list>
                {move || {
                    let query = query.get();
                    let show = |group| view! { <Options group query=query.clone() current=current.into() on_point on_take /> };
                    groups.get().into_iter().map(show).collect_view()
                }}
            </div>
            <p class="palette__note" role="status">
                {move || note().map(|words| view! { <span>{words}</span> })}
                <span class="visually-hidden">{number}</span>
            </p>
            <footer class="palette__foot" aria-hidden="true">
                <span>
                    <kbd class="kbd">"↑"</kbd>
                    " "
                    <kbd class="kbd">"↓"</kbd>
                    " "
                    {messages::keys_move(language)}
                </span>
                <span>
                    <kbd class="kbd">"↵"</kbd>
                    " "
                    {messages::keys_open(language)}
                </span>
                <span>
                    <kbd class="kbd">"?"</kbd>
                    " "
                    {messages::keys_all(language)}
                </span>
                <span>{messages::keys_outside_fields(language)}</span>
            </footer>
        </Dialog>
    }
}

/// What belongs together, below its heading.
#[component]
fn Options(
    /// What belongs together.
    group: Group,
    /// What is searched for.
    query: String,
    /// The key of the one that Enter takes.
    current: Signal<Option<String>>,
    /// Makes another the one that Enter takes.
    on_point: Callback<String>,
    /// Takes one.
    on_take: Callback<String>,
) -> impl IntoView {
    let language = use_language();
    let (id, heading) = match &group {
        Group::Users(_) => ("palette-users", messages::users(language).to_owned()),
        Group::OfUser(name, _) => ("palette-of-user", name.clone()),
        Group::Actions(_) => ("palette-actions", messages::actions(language).to_owned()),
    };
    let options = match group {
        Group::Users(rows) => {
            let show = |row| view! { <UserChoice row query=query.clone() current on_point on_take /> };
            rows.into_iter().map(show).collect_view().into_any()
        }
        Group::OfUser(_, actions) | Group::Actions(actions) => {
            let show =
                |action| view! { <ActionChoice action query=query.clone() current on_point on_take /> };
            actions.into_iter().map(show).collect_view().into_any()
        }
    };
    view! {
        <div role="group" aria-labelledby=id>
            <div class="menu__heading" id=id aria-hidden="true">
                <bdi>{heading}</bdi>
            </div>
            {options}
        </div>
    }
}

/// What is done by choosing this; nothing where it is refused.
fn deed_of(groups: &[Group], key: &str) -> Option<Deed> {
    groups.iter().find_map(|group| match group {
        Group::Users(rows) => {
            let row = rows.iter().find(|row| user_key(row.id) == key)?;
            Some(Deed::Open(row.id, Tab::default()))
        }
        Group::OfUser(_, actions) | Group::Actions(actions) => {
            let action = actions.iter().find(|action| action.key == key)?;
            action.denied.is_none().then(|| action.deed.clone())
        }
    })
}
