use std::sync::Arc;

use leptos::ev;
use leptos::prelude::*;
use studio_users_domain::{Denial, Section};

use super::MountOptions;
use crate::features::bulk::BulkActions;
use crate::features::compare::Compare;
use crate::features::impersonation::{ImpersonationStatus, StartImpersonation};
use crate::features::invitation_links::InvitationLinkRegion;
use crate::features::invite::Invite;
use crate::features::notices::NoticeRegion;
use crate::features::palette::Palette;
use crate::features::panel::UserPanel;
use crate::features::removal::Removals;
use crate::features::roles::RolesPage;
use crate::features::row_sheet::RowSheet;
use crate::features::shortcuts::ShortcutHelp;
use crate::features::undelivered_mail::UndeliveredMailList;
use crate::features::users::UsersPage;
use crate::i18n::{isolated, messages, use_language, with_bdi};
use crate::reactive::{effect, memo};
use crate::state::{
    Change, CurrentUser, DialogRequest, Dialogs, History, InvitationLinks, Jobs, ListNavigation, Navigation,
    Notices, OFFLINE_ID, Route, UsersRoute, denial_id, event_stream,
};
use crate::ui::{KeyScope, Tooltips};

/// Composes the features and provides their shared state. Features depend on `state` only, not on each other.
#[component]
pub(super) fn Root(options: MountOptions) -> impl IntoView {
    let MountOptions {
        client,
        navigation,
        current_user,
        on_current_user_changed,
        language,
        keys,
        session_renewal,
        impersonation,
        shows_view_banner,
        scroll_memory,
        first_render,
        dialogs,
        changes,
    } = options;
    let client = client.with_session_renewal(move || session_renewal.wait());
    open_invite_route(&navigation, dialogs, current_user);
    ask_before_closing(navigation.clone(), keys.clone());
    let route = navigation.route;
    let sees_users = memo(move |_| current_user.read().sections(None).contains(&Section::Users));
    let is_roles = memo(move |_| *route.read() == Route::Roles);
    provide_context(navigation);
    provide_context(current_user);
    provide_context(language);
    provide_context(keys);
    provide_context(impersonation);
    provide_context(changes);
    provide_context(scroll_memory);
    provide_context(first_render);
    provide_context(dialogs);
    provide_context(InvitationLinks::default());
    provide_context(Notices::default());
    provide_context(Jobs::default());
    provide_context(ListNavigation::default());
    provide_context(client.clone());
    provide_context(event_stream::subscribe(client, changes));
    changes.subscribe(move |change| {
        if change == Change::Tree {
            on_current_user_changed.run(());
        }
    });
    // The descriptions of locked controls. Each reason is rendered once instead of in every row.
    let reasons = Denial::ALL.map(|denial| {
        view! { <span id=denial_id(denial)>{denial.message(language)}</span> }
    });

    view! {
        <Tooltips>
            {shows_view_banner.then(|| view! { <ImpersonationStatus node=Signal::derive(move || route.read().node()) /> })}
            <div class="users-page su">
                <Show when=move || sees_users.get() fallback=move || view! { <NoManagedUsers current_user /> }>
                    <Show when=move || !is_roles.get() fallback=|| view! { <RolesPage /> }>
                        <UsersPage />
                        <UserPanel />
                    </Show>
                </Show>
            </div>
            <Invite />
            <Palette />
            <ShortcutHelp />
            <RowSheet />
            <StartImpersonation />
            <Compare />
            <Removals />
            <UndeliveredMailList />
            <BulkActions />
            <InvitationLinkRegion />
            <NoticeRegion />
            <div hidden>
                {reasons.collect_view()} <span id=OFFLINE_ID>{messages::offline_reason(language)}</span>
            </div>
        </Tooltips>
    }
}

/// The message for a user who manages no users.
#[component]
fn NoManagedUsers(current_user: Signal<Arc<CurrentUser>>) -> impl IntoView {
    let language = use_language();
    let current_user = current_user.get_untracked();
    let (title, text) = if current_user.is_viewing() {
        let title = messages::they_manage_no_users(language, &isolated(current_user.name()));
        (title, messages::they_manage_no_users_text(language))
    } else {
        (messages::manages_no_users(language).to_owned(), messages::manages_no_users_text(language))
    };
    view! {
        <div class="empty">
            <h1 class="empty__title">{with_bdi(&title)}</h1>
            <p class="empty__text">{text}</p>
        </div>
    }
}

/// With unsaved changes, makes the browser ask before it closes the page, and asks before Escape closes a dialog or
/// popover of the host page around the element. The listeners exist only then, because
/// [`beforeunload`](https://developer.mozilla.org/en-US/docs/Web/API/Window/beforeunload_event) may keep the page out
/// of the back/forward cache.
fn ask_before_closing(navigation: Navigation, keys: KeyScope) {
    let blocked = navigation.clone();
    let is_dirty = memo(move |_| blocked.has_active_blocker());
    let listener = StoredValue::new(None::<WindowListenerHandle>);
    let stop = move || {
        if let Some(handle) = listener.try_update_value(Option::take).flatten() {
            handle.remove();
        }
    };
    effect(move |_| {
        stop();
        if is_dirty.get() {
            let handle = window_event_listener(ev::beforeunload, |event| event.prevent_default());
            listener.set_value(Some(handle));
            let navigation = navigation.clone();
            // The blocker of the navigation asks.
            keys.on_escape_to_host(move || {
                navigation.go(Route::Users(UsersRoute::default()), History::Push);
            });
        }
    });
    on_cleanup(stop);
}

/// Handles the route `Invite`: opens the invitation dialog and redirects to the list of users.
fn open_invite_route(navigation: &Navigation, dialogs: Dialogs, current_user: Signal<Arc<CurrentUser>>) {
    let navigation = navigation.clone();
    effect(move |_| {
        if navigation.route.get() == Route::Invite {
            if !current_user.read_untracked().is_viewing() {
                dialogs.open(DialogRequest::Invite);
            }
            navigation.redirect(Route::Users(UsersRoute::default()));
        }
    });
}
