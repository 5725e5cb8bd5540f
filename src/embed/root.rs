use std::sync::Arc;

use leptos::ev;
use leptos::prelude::*;
use studio_users_domain::{Denial, Section};

use super::Surroundings;
use crate::features::bulk::BulkActions;
use crate::features::compare::Compare;
use crate::features::invite::Invite;
use crate::features::links::InvitationLinks;
use crate::features::notices::NoticeRegion;
use crate::features::palette::Palette;
use crate::features::panel::UserPanel;
use crate::features::removal::Removals;
use crate::features::roles::RolesPage;
use crate::features::row_sheet::RowSheet;
use crate::features::shortcuts::ShortcutHelp;
use crate::features::users::UsersPage;
use crate::features::view_as::{StartView, ViewMode};
use crate::i18n::{isolated, messages, use_language, with_bdi};
use crate::state::{
    Ask, Asks, Change, Links, Navigation, Notices, OFFLINE_ID, Place, Reader, Results, UsersPlace, denial_id,
    live,
};
use crate::ui::Hints;

/// The features, put together: each knows only what `state` holds, and none of them another.
#[component]
pub(super) fn Root(
    /// What the page around gives.
    surroundings: Surroundings,
) -> impl IntoView {
    let Surroundings {
        client,
        navigation,
        reader,
        on_reader_changed,
        language,
        keys,
        ended,
        viewing,
        tells_view,
        asks,
        changes,
    } = surroundings;
    let client = client.renewing(move || ended.wait());
    invite_where_asked(&navigation, asks, reader);
    ask_before_unload(navigation.clone());
    let place = navigation.place;
    let sees_users = Memo::new(move |_| reader.read().sections(None).contains(&Section::Users));
    let is_roles = Memo::new(move |_| *place.read() == Place::Roles);
    provide_context(navigation);
    provide_context(reader);
    provide_context(language);
    provide_context(keys);
    provide_context(viewing);
    provide_context(changes);
    provide_context(asks);
    provide_context(Links::default());
    provide_context(Notices::default());
    provide_context(Results::default());
    provide_context(client.clone());
    provide_context(live::follow(client, changes));
    changes.listen(move |change| {
        if change == Change::Tree {
            on_reader_changed.run(());
        }
    });
    // What a locked control is described by: each reason once, not with every row.
    let reasons = Denial::ALL.map(|denial| {
        view! { <span id=denial_id(denial)>{denial.sentence(language)}</span> }
    });

    view! {
        <Hints>
            {tells_view.then(|| view! { <ViewMode at=Signal::derive(move || place.read().node()) /> })}
            <div class="users-page su">
                <Show when=move || sees_users.get() fallback=move || view! { <Nobody reader /> }>
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
            <StartView />
            <Compare />
            <Removals />
            <BulkActions />
            <InvitationLinks />
            <NoticeRegion />
            <div hidden>
                {reasons.collect_view()} <span id=OFFLINE_ID>{messages::offline_reason(language)}</span>
            </div>
        </Hints>
    }
}

/// What whoever manages nobody is told, in place of the users.
#[component]
fn Nobody(
    /// Who reads.
    reader: Signal<Arc<Reader>>,
) -> impl IntoView {
    let language = use_language();
    let reader = reader.get_untracked();
    let (title, text) = if reader.is_viewing() {
        let title = messages::they_manage_nobody(language, &isolated(reader.name()));
        (title, messages::they_manage_nobody_text(language))
    } else {
        (messages::manages_nobody(language).to_owned(), messages::manages_nobody_text(language))
    };
    view! {
        <div class="empty">
            <h1 class="empty__title">{with_bdi(&title)}</h1>
            <p class="empty__text">{text}</p>
        </div>
    }
}

/// The browser asks before it closes the page while something is not saved. It is listened for only then, as it may keep
/// the page from being kept for Back.
fn ask_before_unload(navigation: Navigation) {
    let is_held = Memo::new(move |_| navigation.is_held());
    let listening = StoredValue::new(None::<WindowListenerHandle>);
    let end = move || {
        if let Some(handle) = listening.try_update_value(Option::take).flatten() {
            handle.remove();
        }
    };
    Effect::new(move |_| {
        end();
        if is_held.get() {
            let handle = window_event_listener(ev::beforeunload, |event| event.prevent_default());
            listening.set_value(Some(handle));
        }
    });
    on_cleanup(end);
}

/// A link may lead to the users and into inviting somebody: then the place is the users', and the rest is asked for.
fn invite_where_asked(navigation: &Navigation, asks: Asks, reader: Signal<Arc<Reader>>) {
    let navigation = navigation.clone();
    Effect::new(move |_| {
        if navigation.place.get() == Place::Invite {
            if !reader.read_untracked().is_viewing() {
                asks.ask(Ask::Invite);
            }
            navigation.lead_on(Place::Users(UsersPlace::default()));
        }
    });
}
