use leptos::html;
use leptos::prelude::*;
use studio_users_domain::UserId;
use web_sys::Node;

use super::access::{AccessStore, AccessTab, SaveBar};
use super::activity::ActivityTab;
use super::ahead::Ahead;
use super::bar::Bar;
use super::copy_button::{ByHand, Refused};
use super::details::DetailsTab;
use super::failed::Gone;
use super::focus::{KeepFocus, focus_in_frame, focus_view_button, keep_focus};
use super::head::Head;
use super::leave::LeaveDialog;
use super::store::Store;
use crate::api::Client;
use crate::i18n::{isolated, messages, use_language};
use crate::state::{
    Change, History, Hold, Navigation, OpenUser, Place, Tab, use_changes, use_results, use_viewing,
};
use crate::ui::{Tabs, use_shortcut};

const PANEL: &str = "user-panel-tab";

/// What is due once the panel says whose it is.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Due {
    /// Nothing.
    #[default]
    Nothing,
    /// Its heading gets the focus.
    Focus,
    /// It is told who came.
    Words,
}

/// The panel of whoever is open. It is made once: while nobody is open it stands nowhere, and whoever is opened next
/// is shown in the same.
#[component]
pub(super) fn OpenPanel() -> impl IntoView {
    let ahead = Ahead::new(expect_context::<Client>());
    use_results().on_open(move |user, then| match then {
        Some(then) => ahead.open(user, then),
        None => ahead.begin(user),
    });
    use_changes().listen(move |_| ahead.forget());
    let place = expect_context::<Navigation>().place;
    let now = Memo::new(move |_| match &*place.read() {
        Place::Users(users) => users.open,
        _ => None,
    });
    let is_open = Memo::new(move |_| now.read().is_some());
    let was_open = Memo::new(move |was: Option<&bool>| was == Some(&true) || is_open.get());
    // The panel stays what it was until another is open.
    let shown = Memo::new(move |kept: Option<&Option<OpenUser>>| now.get().or(kept.copied().flatten()));
    move || {
        was_open.get().then(|| {
            let first = shown.get_untracked()?;
            let open = Memo::new(move |_| shown.get().unwrap_or(first));
            Some(view! { <Panel open is_open ahead /> })
        })
    }
}

#[component]
fn Panel(
    /// Whose it is, and what of them is shown; of whoever was open last, while nobody is.
    open: Memo<OpenUser>,
    /// Whether anybody is.
    is_open: Memo<bool>,
    /// The call for whoever is about to be opened.
    ahead: Ahead,
) -> impl IntoView {
    let language = use_language();
    let navigation = StoredValue::new(expect_context::<Navigation>());
    let (results, viewing) = (use_results(), use_viewing());
    let store = Store::new(ahead);
    let user = Memo::new(move |_| open.get().id);
    let tab = Memo::new(move |_| open.get().tab);
    let is_known = Memo::new(move |_| store.row.read().is_some());
    let name = Memo::new(move |_| match &*store.row.read() {
        Some(row) => row.label().to_owned(),
        None if store.is_gone() => messages::no_such_user(language).into(),
        None => String::new(),
    });
    let access = AccessStore::new(Signal::derive(move || store.status()), name.into());
    let refused = Refused::provide();
    let section = NodeRef::<html::Section>::new();
    let heading = NodeRef::<html::H2>::new();
    let body = NodeRef::<html::Div>::new();
    let announced = RwSignal::new(String::new());
    let due = StoredValue::new(Due::Nothing);
    KeepFocus::provide(body, access);
    stand_while(is_open, section);

    Effect::new(move |before: Option<Option<UserId>>| {
        let now = is_open.get().then_some(user.get());
        let before = before.flatten();
        if let Some(user) = now.filter(|_| now != before) {
            store.show(user);
            access.show(user);
            refused.forget();
            // Stepping on keeps the focus, and tells who came.
            let is_step = before.is_some() && results.stepped.get_untracked() == Some(user);
            due.set_value(if is_step { Due::Words } else { Due::Focus });
            if is_step {
                keep_focus(body, heading);
            }
        } else if now.is_none() && before.is_some() {
            store.leave();
            access.leave();
        }
        let name = name.get();
        let Some(user) = now.filter(|_| !name.is_empty() && heading.get().is_some()) else { return now };
        match due.try_update_value(std::mem::take).unwrap_or_default() {
            Due::Nothing => {}
            Due::Focus => {
                focus_in_frame(section, heading);
                // Who returns from a view returns to the button that began it, once it is there.
                if viewing.take_origin(|origin| origin.is_panel && origin.user == user).is_some() {
                    request_animation_frame(move || focus_view_button(heading));
                }
            }
            Due::Words => announced.set(name),
        }
        now
    });
    use_changes().listen(move |change| {
        let is_open = is_open.try_get_untracked() == Some(true);
        if is_open && (change == Change::Users || change == Change::User(user.get_untracked())) {
            store.refresh();
            access.refresh();
        }
    });
    let hold = StoredValue::new(navigation.with_value(Navigation::hold));
    hold_while_unsaved(hold, user, access);

    let go = move |to: Option<OpenUser>, history| {
        navigation.with_value(|navigation| {
            if let Place::Users(users) = navigation.place.get_untracked() {
                navigation.go(Place::Users(crate::state::UsersPlace { open: to, ..users }), history);
            }
        });
    };
    let close = move || go(None, History::Push);
    Effect::new(move |_| {
        if is_open.get() {
            use_shortcut("j", messages::next_user(language), move || results.step(1));
            use_shortcut("k", messages::previous_user(language), move || results.step(-1));
            use_shortcut("Escape", messages::close_panel(language), close);
        }
    });
    let on_tab = move |tab: Tab| go(Some(OpenUser { tab, ..open.get_untracked() }), History::Push);
    let tabs = vec![
        (Tab::Details, "tab-details", messages::details(language).to_string()),
        (Tab::Access, "tab-access", messages::access(language).to_string()),
        (Tab::AuditLog, "tab-audit-log", messages::audit_log(language).to_string()),
    ];
    // Of the details what differs is written; of the other tabs nothing of one user is left over for another.
    let content = Memo::new(move |_| match tab.get() {
        Tab::Details => (Tab::Details, None),
        tab => (tab, is_open.get().then_some(user.get())),
    });
    let is_gone = Memo::new(move |_| store.is_gone());
    let content = move || {
        if is_gone.get() {
            return view! { <Gone is_known on_close=close /> }.into_any();
        }
        match content.get() {
            (Tab::Details, _) => view! { <DetailsTab store access /> }.into_any(),
            (Tab::Access, Some(_)) => view! { <AccessTab access name=name.into() /> }.into_any(),
            (Tab::AuditLog, Some(user)) => view! { <ActivityTab user /> }.into_any(),
            (_, None) => ().into_any(),
        }
    };

    view! {
        <section class="user-panel" part="panel" aria-labelledby="panel-name" node_ref=section>
            <Bar open on_close=close />
            <ByHand refused />
            <Head store name=name.into() heading />
            <p class="visually-hidden" role="status">
                {move || announced.get()}
            </p>
            <Tabs
                label=Signal::derive(move || name.get())
                tabs
                chosen=tab
                on_choose=on_tab
                panel_id=PANEL
            />
            <div
                class="user-panel__body"
                role="tabpanel"
                id=PANEL
                aria-labelledby=move || tab_id(tab.get())
                tabindex="0"
                node_ref=body
            >
                {content}
            </div>
            <Show when=move || access.is_dirty()>
                <SaveBar access />
            </Show>
            <LeaveDialog name=name.into() access hold />
        </section>
    }
}

const fn tab_id(tab: Tab) -> &'static str {
    match tab {
        Tab::Details => "tab-details",
        Tab::Access => "tab-access",
        Tab::AuditLog => "tab-audit-log",
    }
}

/// The panel stands where it was made for as long as somebody is open.
fn stand_while(is_open: Memo<bool>, section: NodeRef<html::Section>) {
    let parent = StoredValue::new_local(None::<Node>);
    Effect::new(move |_| {
        let is_open = is_open.get();
        let Some(section) = section.get() else { return };
        if !is_open {
            parent.set_value(section.parent_node());
            section.remove();
        } else if let Some(parent) = parent.try_update_value(Option::take).flatten() {
            let _ = parent.append_child(&section);
        }
    });
}

/// While something is staged the reader is held to its user.
fn hold_while_unsaved(hold: StoredValue<Hold>, user: Memo<UserId>, access: AccessStore) {
    let is_dirty = Memo::new(move |_| access.is_dirty());
    Effect::new(move |_| {
        let user = user.get();
        hold.with_value(|hold| {
            if is_dirty.get() {
                hold.keep(move |place| {
                    matches!(place, Place::Users(users) if users.open.is_some_and(|open| open.id == user))
                });
            } else {
                hold.release();
            }
        });
    });
}

/// A name within a sentence, as the panel says it.
pub(super) fn said(name: Signal<String>) -> String {
    isolated(&name.get_untracked())
}
