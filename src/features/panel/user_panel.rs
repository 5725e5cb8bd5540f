use leptos::html;
use leptos::prelude::*;
use studio_users_domain::UserId;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::access::{AccessStore, AccessTab, SaveBar};
use super::activity::ActivityTab;
use super::bar::Bar;
use super::copy_button::{ByHand, Refused};
use super::details::DetailsTab;
use super::failed::Gone;
use super::focus::KeepFocus;
use super::head::Head;
use super::leave::LeaveDialog;
use super::store::Store;
use crate::i18n::{isolated, messages, use_language};
use crate::state::{
    Change, History, Hold, Navigation, OpenUser, Place, Tab, use_changes, use_results, use_viewing,
};
use crate::ui::{Tabs, active_element, use_shortcut};

const PANEL: &str = "user-panel-tab";

/// The panel of whoever is open.
#[component]
pub(super) fn OpenPanel() -> impl IntoView {
    let navigation = expect_context::<Navigation>();
    let open = Memo::new(move |_| match &*navigation.place.read() {
        Place::Users(users) => users.open,
        _ => None,
    });
    let is_open = Memo::new(move |_| open.get().is_some());
    // The panel stays what it was until it is gone.
    let shown = Memo::new(move |kept: Option<&Option<OpenUser>>| open.get().or(kept.copied().flatten()));
    view! {
        <Show when=move || is_open.get()>
            {move || {
                let first = shown.get_untracked()?;
                let open = Memo::new(move |_| shown.get().unwrap_or(first));
                Some(view! { <Panel open /> })
            }}
        </Show>
    }
}

#[component]
fn Panel(
    /// Whose it is, and what of them is shown.
    open: Memo<OpenUser>,
) -> impl IntoView {
    let language = use_language();
    let navigation = StoredValue::new(expect_context::<Navigation>());
    let (results, viewing) = (use_results(), use_viewing());
    let store = Store::new();
    let user = Memo::new(move |_| open.get().id);
    let tab = Memo::new(move |_| open.get().tab);
    let is_known = Memo::new(move |_| store.row().is_some());
    let name = Memo::new(move |_| match store.row() {
        Some(row) => row.label().to_owned(),
        None if store.is_gone() => messages::no_such_user(language).into(),
        None => String::new(),
    });
    let access = AccessStore::new(Signal::derive(move || store.status()), name.into());
    let refused = Refused::provide();
    let heading = NodeRef::<html::H2>::new();
    let body = NodeRef::<html::Div>::new();
    let announced = RwSignal::new(String::new());
    // The heading has the focus once it says whose panel it is.
    let awaits_focus = StoredValue::new(false);
    KeepFocus::provide(body, access);

    Effect::new(move |before: Option<UserId>| {
        let user = user.get();
        store.show(user);
        access.show(user);
        refused.forget();
        match before {
            // Stepping on keeps the focus, and tells who came.
            Some(_) if results.stepped.get_untracked() == Some(user) => keep_focus(body, heading),
            _ => awaits_focus.set_value(true),
        }
        user
    });
    Effect::new(move |before: Option<UserId>| {
        let (user, name) = (user.get(), name.get());
        if name.is_empty() || heading.get().is_none() {
            return before.unwrap_or(user);
        }
        if awaits_focus.try_update_value(std::mem::take) == Some(true) {
            focus(heading);
            // Who returns from a view returns to the button that began it, once it is there.
            if viewing.take_origin(|origin| origin.is_panel && origin.user == user).is_some() {
                request_animation_frame(move || focus_view_button(heading));
            }
            return user;
        }
        if before.is_some_and(|before| before != user) {
            announced.set(name);
        }
        user
    });
    use_changes().listen(move |change| {
        if change == Change::Users || change == Change::User(user.get_untracked()) {
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
    use_shortcut("j", messages::next_user(language), move || results.step(1));
    use_shortcut("k", messages::previous_user(language), move || results.step(-1));
    use_shortcut("Escape", messages::close_panel(language), close);
    let on_tab = move |tab: Tab| go(Some(OpenUser { tab, ..open.get_untracked() }), History::Push);
    let tabs = vec![
        (Tab::Details, "tab-details", messages::details(language).to_string()),
        (Tab::Access, "tab-access", messages::access(language).to_string()),
        (Tab::AuditLog, "tab-audit-log", messages::audit_log(language).to_string()),
    ];
    let shown = move || {
        if store.is_gone() {
            return view! { <Gone is_known on_close=close /> }.into_any();
        }
        // Nothing of one user is left over for another.
        user.track();
        match tab.get() {
            Tab::Details => view! { <DetailsTab store access /> }.into_any(),
            Tab::Access => view! { <AccessTab access name=name.into() /> }.into_any(),
            Tab::AuditLog => view! { <ActivityTab user=user.get_untracked() /> }.into_any(),
        }
    };

    view! {
        <section class="user-panel" part="panel" aria-labelledby="panel-name">
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
                {shown}
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

/// Gives the heading the focus.
fn focus(heading: NodeRef<html::H2>) {
    if let Some(heading) = heading.get_untracked() {
        let _ = heading.focus();
    }
}

/// Gives the button that begins a view the focus.
fn focus_view_button(heading: NodeRef<html::H2>) {
    let panel = heading.try_get_untracked().flatten().and_then(|it| it.closest(".user-panel").ok().flatten());
    let button = panel.and_then(|panel| panel.query_selector("[data-deed=view-as]").ok().flatten());
    if let Some(button) = button.and_then(|button| button.dyn_into::<HtmlElement>().ok()) {
        let _ = button.focus();
    }
}

/// The focus stays where it is; where that goes with what the panel showed, the heading has it.
fn keep_focus(body: NodeRef<html::Div>, heading: NodeRef<html::H2>) {
    let Some(body) = body.get_untracked() else { return };
    let body: &HtmlElement = &body;
    let active = active_element(body);
    let is_within =
        active.is_some_and(|active| active != *body && body.contains(Some(active.unchecked_ref())));
    if is_within {
        focus(heading);
    }
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
