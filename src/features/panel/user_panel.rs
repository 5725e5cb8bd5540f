use leptos::html;
use leptos::prelude::*;
use studio_users_domain::{Denial, UserId};
use web_sys::Node;

use super::access::{AccessStore, AccessTab, SaveBar};
use super::activity::ActivityTab;
use super::bar::PanelBar;
use super::copy_button::{CopyFallback, ManualCopyField};
use super::details::DetailsTab;
use super::focus::{RestoreFocus, focus_heading_in_next_frame, focus_impersonation_button, keep_focus};
use super::head::PanelHead;
use super::load_error::UserNotFound;
use super::prefetch::UserPrefetch;
use super::store::UserStore;
use super::unsaved_dialog::UnsavedChangesDialog;
use crate::api::Client;
use crate::i18n::{messages, use_language};
use crate::reactive::{effect, memo};
use crate::state::{
    Blocker, Change, History, Navigation, OpenUser, Route, Tab, use_changes, use_impersonation,
    use_list_navigation,
};
use crate::ui::{Tabs, use_shortcut};

const PANEL: &str = "user-panel-tab";

/// The action to run once the panel shows the user's name.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum PendingAction {
    #[default]
    Nothing,
    /// Focuses the heading, after the panel opened.
    FocusHeading,
    /// Announces the name in the live region, after a step to the next or previous user.
    AnnounceName,
}

/// Mounts the panel when a user is opened for the first time, and keeps it. While no user is open, the panel is
/// detached from the document. The next user is shown in the same elements.
#[component]
pub(super) fn PanelHost() -> impl IntoView {
    let prefetch = UserPrefetch::new(expect_context::<Client>());
    use_list_navigation().on_prefetch(move |user| prefetch.prefetch(user));
    use_changes().subscribe(move |_| prefetch.invalidate());
    let route = expect_context::<Navigation>().route;
    let open_user = memo(move |_| match &*route.read() {
        Route::Users(users) => users.open,
        _ => None,
    });
    let is_open = memo(move |_| open_user.read().is_some());
    let has_opened = memo(move |was: Option<&bool>| was == Some(&true) || is_open.get());
    // A closed panel keeps the last user until another one is opened.
    let last_open = memo(move |kept: Option<&Option<OpenUser>>| open_user.get().or(kept.copied().flatten()));
    move || {
        has_opened.get().then(|| {
            let first = last_open.get_untracked()?;
            let open = memo(move |_| last_open.get().unwrap_or(first));
            Some(view! { <Panel open is_open prefetch /> })
        })
    }
}

#[component]
fn Panel(
    /// The open user and tab, or the last ones while the panel is closed.
    open: Memo<OpenUser>,
    is_open: Memo<bool>,
    prefetch: UserPrefetch,
) -> impl IntoView {
    let language = use_language();
    let navigation = StoredValue::new(expect_context::<Navigation>());
    let (list_navigation, impersonation) = (use_list_navigation(), use_impersonation());
    let store = UserStore::new(prefetch);
    let user = memo(move |_| open.get().id);
    let tab = memo(move |_| open.get().tab);
    let is_named = memo(move |_| store.row.read().is_some());
    let name = memo(move |_| match &*store.row.read() {
        Some(row) => row.label().to_owned(),
        None if store.is_not_found() => messages::user_not_found(language).into(),
        None => String::new(),
    });
    let is_address_locked = memo(move |_| {
        let denied = store.row.with(|row| row.as_ref().and_then(|row| row.allowed.give_roles));
        denied == Some(Denial::AddressUnconfirmed)
    });
    let status = Signal::derive(move || store.status());
    let access = AccessStore::new(status, name.into(), is_address_locked.into());
    let copy_fallback = CopyFallback::provide();
    let section = NodeRef::<html::Section>::new();
    let heading = NodeRef::<html::H2>::new();
    let body = NodeRef::<html::Div>::new();
    let announced = RwSignal::new(String::new());
    let pending_action = StoredValue::new(PendingAction::Nothing);
    RestoreFocus::provide(body, move || access.track());
    attach_while_open(is_open, section);

    effect(move |before: Option<Option<UserId>>| {
        let now = is_open.get().then_some(user.get());
        let before = before.flatten();
        if let Some(user) = now.filter(|_| now != before) {
            store.show(user);
            access.show(user);
            copy_fallback.clear();
            // A step to the next or previous user keeps the focus and announces the name.
            let is_step = before.is_some() && list_navigation.stepped_to.get_untracked() == Some(user);
            pending_action.set_value(if is_step {
                PendingAction::AnnounceName
            } else {
                PendingAction::FocusHeading
            });
            if is_step {
                keep_focus(body, heading);
            }
        } else if now.is_none() && before.is_some() {
            store.close();
            access.close();
        }
        let name = name.get();
        let Some(user) = now.filter(|_| !name.is_empty() && heading.get().is_some()) else { return now };
        match pending_action.try_update_value(std::mem::take).unwrap_or_default() {
            PendingAction::Nothing => {}
            PendingAction::FocusHeading => {
                focus_heading_in_next_frame(section, heading);
                // After impersonation the focus returns to the button that started it, once that is rendered.
                if impersonation.take_return_focus(|origin| origin.is_panel && origin.user == user).is_some()
                {
                    request_animation_frame(move || focus_impersonation_button(heading));
                }
            }
            PendingAction::AnnounceName => announced.set(name),
        }
        now
    });
    use_changes().subscribe(move |change| {
        let is_open = is_open.try_get_untracked() == Some(true);
        if is_open && (change == Change::Users || change == Change::User(user.get_untracked())) {
            store.refresh();
            access.refresh();
        }
    });
    let blocker = StoredValue::new(navigation.with_value(Navigation::blocker));
    block_while_unsaved(blocker, user, access);

    let go = move |to: Option<OpenUser>, history| {
        navigation.with_value(|navigation| {
            if let Route::Users(users) = navigation.route.get_untracked() {
                navigation.go(Route::Users(crate::state::UsersRoute { open: to, ..users }), history);
            }
        });
    };
    let close = move || go(None, History::Push);
    effect(move |_| {
        if is_open.get() {
            use_shortcut("j", messages::next_user(language), move || list_navigation.step(1));
            use_shortcut("k", messages::previous_user(language), move || list_navigation.step(-1));
            use_shortcut("Escape", messages::close_panel(language), close);
        }
    });
    let on_tab = move |tab: Tab| go(Some(OpenUser { tab, ..open.get_untracked() }), History::Push);
    let tabs = vec![
        (Tab::Details, "tab-details", messages::details(language).to_string()),
        (Tab::Access, "tab-access", messages::access(language).to_string()),
        (Tab::AuditLog, "tab-audit-log", messages::audit_log(language).to_string()),
    ];
    // Another user updates the Details tab in place, and creates the other tabs anew so that no state carries over.
    let content = memo(move |_| match tab.get() {
        Tab::Details => (Tab::Details, None),
        tab => (tab, is_open.get().then_some(user.get())),
    });
    let is_not_found = memo(move |_| store.is_not_found());
    let content = move || {
        if is_not_found.get() {
            return view! { <UserNotFound is_named on_close=close /> }.into_any();
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
            <PanelBar open on_close=close />
            <ManualCopyField copy_fallback />
            <PanelHead store name=name.into() heading />
            <p class="visually-hidden" role="status">
                {move || announced.get()}
            </p>
            <Tabs
                label=Signal::derive(move || name.get())
                tabs
                selected=tab
                on_select=on_tab
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
            <UnsavedChangesDialog name=name.into() access blocker />
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

/// Removes the panel from the document while no user is open, and puts it back at the same place.
fn attach_while_open(is_open: Memo<bool>, section: NodeRef<html::Section>) {
    let parent = StoredValue::new_local(None::<Node>);
    effect(move |_| {
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

/// Blocks navigation away from the user while changes are staged.
fn block_while_unsaved(blocker: StoredValue<Blocker>, user: Memo<UserId>, access: AccessStore) {
    let is_dirty = memo(move |_| access.is_dirty());
    effect(move |_| {
        let user = user.get();
        blocker.with_value(|blocker| {
            if is_dirty.get() {
                blocker.block_except(move |route| {
                    matches!(route, Route::Users(users) if users.open.is_some_and(|open| open.id == user))
                });
            } else {
                blocker.unblock();
            }
        });
    });
}
