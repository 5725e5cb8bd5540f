use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
use studio_users_contract::UserRow;
use web_sys::{ScrollIntoViewOptions, ScrollLogicalPosition};

use super::model::{self, Group, PaletteAction, user_key};
use super::option::{ActionOption, UserOption, option_id};
use super::run::ActionRunner;
use super::store::PaletteStore;
use crate::i18n::{messages, use_language};
use crate::reactive::{effect, memo};
use crate::state::{Tab, explain, use_current_user, use_dialogs, use_list_navigation};
use crate::ui::{Dialog, Glyph, Icon, pressed_key};

const TITLE: &str = "palette-title";
const LIST: &str = "palette-list";

/// The palette: a search field (combobox) with a listbox of results.
/// Keyboard pattern: <https://www.w3.org/WAI/ARIA/apg/patterns/combobox/>.
#[component]
pub(super) fn PaletteDialog() -> impl IntoView {
    let language = use_language();
    let dialogs = use_dialogs();
    let current_user = use_current_user();
    let list_navigation = use_list_navigation();
    let (store, runner) = (PaletteStore::new(), ActionRunner::new());
    let results = store.results;
    let query = memo(move |_| results.read().query.clone());
    // The option that the arrow keys or the pointer highlighted last.
    let highlighted = RwSignal::new(None::<String>);
    // The user whose actions are listed: the one highlighted last, or else the first result. With an empty query, the
    // user whose panel is open.
    let action_user = memo(move |previous: Option<&Option<UserRow>>| {
        if query.read().is_empty() {
            return list_navigation.row.get();
        }
        let results = results.read();
        let highlighted = highlighted.read();
        let is_highlighted =
            |row: &&UserRow| highlighted.as_ref().is_some_and(|key| *key == user_key(row.id));
        let is_previous =
            |row: &&UserRow| previous.is_some_and(|b| b.as_ref().is_some_and(|b| b.id == row.id));
        let users = &results.users;
        let user = users.iter().find(is_highlighted).or_else(|| users.iter().find(is_previous));
        user.or(users.first()).cloned()
    });
    let groups = memo(move |_| {
        let actions = current_user
            .with(|current_user| model::actions(language, current_user, &runner.route(), &query.read()));
        model::groups(language, &query.read(), &results.read().users, action_user.read().as_ref(), actions)
    });
    let keys = memo(move |_| groups.read().iter().flat_map(Group::keys).collect::<Vec<_>>());
    let active = memo(move |_| {
        let keys = keys.read();
        highlighted.get().filter(|key| keys.contains(key)).or_else(|| keys.first().cloned())
    });
    let list = NodeRef::<html::Div>::new();
    effect(move |_| {
        let (Some(list), Some(key)) = (list.get(), active.get()) else { return };
        let selector = format!("#{}", option_id(&key));
        if let Ok(Some(option)) = list.query_selector(&selector) {
            let nearest = ScrollIntoViewOptions::new();
            nearest.set_block(ScrollLogicalPosition::Nearest);
            option.scroll_into_view_with_scroll_into_view_options(&nearest);
        }
    });
    let activate = move |key: &str| {
        let action = groups.with_untracked(|groups| find_action(groups, key));
        if let Some(action) = action {
            if let PaletteAction::Open(user, _) = action {
                let results = results.read_untracked();
                list_navigation.found.set(results.users.iter().find(|row| row.id == user).cloned());
                list_navigation.prefetch(user);
            }
            runner.run(action);
        }
    };
    // Enter may be pressed before the results for the typed text arrive. It then waits for them.
    let is_enter_pending = StoredValue::new(false);
    effect(move |_| {
        results.track();
        if is_enter_pending.get_value() && !store.is_stale() {
            is_enter_pending.set_value(false);
            if let Some(key) = active.get_untracked() {
                activate(&key);
            }
        }
    });
    let on_keydown = move |event: KeyboardEvent| {
        let keys = keys.get_untracked();
        let at = active.get_untracked().and_then(|active| keys.iter().position(|key| *key == active));
        match (pressed_key(&event).as_str(), at) {
            ("k", _) if event.ctrl_key() || event.meta_key() => dialogs.close(),
            ("Enter", _) if store.is_stale() => is_enter_pending.set_value(true),
            ("Enter", Some(at)) => activate(&keys[at]),
            ("ArrowDown", Some(at)) => highlighted.set(Some(keys[(at + 1) % keys.len()].clone())),
            ("ArrowUp", Some(at)) => highlighted.set(Some(keys[(at + keys.len() - 1) % keys.len()].clone())),
            _ => return,
        }
        event.prevent_default();
    };
    let on_input = move |event| {
        highlighted.set(None);
        is_enter_pending.set_value(false);
        store.search(event_target_value(&event));
    };
    let on_highlight = Callback::new(move |key: String| highlighted.set(Some(key)));
    let on_select = Callback::new(move |key: String| activate(&key));
    let note = move || match &results.read().error {
        Some(error) => Some(explain(language, error)),
        None if keys.read().is_empty() => Some(messages::no_results_for(language, &query.read())),
        None => None,
    };
    let count_text = move || {
        let count = u32::try_from(keys.read().len()).unwrap_or(u32::MAX);
        (!query.read().is_empty()).then(|| messages::result_count(language, count))
    };
    view! {
        <Dialog label_id=TITLE class="palette" light_dismiss=true on_close=move |()| dialogs.close()>
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
                    aria-activedescendant=move || active.get().map(|key| option_id(&key))
                    on:input=on_input
                    on:keydown=on_keydown
                />
                <kbd class="kbd" aria-hidden="true">
                    "Esc"
                </kbd>
            </label>
            <div class="palette__list" id=LIST role="listbox" aria-label=messages::results(language) aria-busy=move || store.is_loading.get().then_some("true") node_ref=list>
                {move || {
                    let query = query.get();
                    let show = |group| view! { <OptionGroup group query=query.clone() active=active.into() on_highlight on_select /> };
                    groups.get().into_iter().map(show).collect_view()
                }}
            </div>
            <p class="palette__note" role="status">
                {move || note().map(|text| view! { <span>{text}</span> })}
                <span class="visually-hidden">{count_text}</span>
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

/// A group of options below its heading.
#[component]
fn OptionGroup(
    group: Group,
    query: String,
    /// The key of the active option, which Enter selects.
    active: Signal<Option<String>>,
    on_highlight: Callback<String>,
    on_select: Callback<String>,
) -> impl IntoView {
    let language = use_language();
    let (id, heading) = match &group {
        Group::Users(_) => ("palette-users", messages::users(language).to_owned()),
        Group::UserActions(name, _) => ("palette-of-user", name.clone()),
        Group::Actions(_) => ("palette-actions", messages::actions(language).to_owned()),
    };
    let options = match group {
        Group::Users(rows) => {
            let show = |row| view! { <UserOption row query=query.clone() active on_highlight on_select /> };
            rows.into_iter().map(show).collect_view().into_any()
        }
        Group::UserActions(_, actions) | Group::Actions(actions) => {
            let show =
                |action| view! { <ActionOption action query=query.clone() active on_highlight on_select /> };
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

/// Finds the action of an option by its key. Returns `None` if the action is denied.
fn find_action(groups: &[Group], key: &str) -> Option<PaletteAction> {
    groups.iter().find_map(|group| match group {
        Group::Users(rows) => {
            let row = rows.iter().find(|row| user_key(row.id) == key)?;
            Some(PaletteAction::Open(row.id, Tab::default()))
        }
        Group::UserActions(_, actions) | Group::Actions(actions) => {
            let action = actions.iter().find(|action| action.key == key)?;
            action.denied.is_none().then(|| action.action.clone())
        }
    })
}
