use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_domain::UserId;

use crate::api::{ApiError, Client};
use crate::i18n::{Language, isolated, messages};
use crate::state::{Change, Changes, DialogRequest, Dialogs, InvitationLinks, LinkCopy, Notices, explain};
use crate::ui::{CopyOutcome, copy};

/// The time for which a button confirms that it copied.
const COPIED_FOR: Duration = Duration::from_secs(2);

/// Creates links and copies them.
#[derive(Clone, Copy)]
pub(super) struct InvitationLinksStore {
    /// The text of the live region.
    pub(super) announcement: RwSignal<String>,
    invitation_links: InvitationLinks,
    notices: Notices,
    dialogs: Dialogs,
    changes: Changes,
    language: Language,
    client: StoredValue<Client>,
    timer: StoredValue<Option<TimeoutHandle>, LocalStorage>,
}

impl InvitationLinksStore {
    /// Reads its dependencies from the leptos context.
    pub(super) fn new() -> Self {
        let store = Self {
            announcement: RwSignal::new(String::new()),
            invitation_links: expect_context(),
            notices: expect_context(),
            dialogs: expect_context(),
            changes: expect_context(),
            language: crate::i18n::use_language(),
            client: StoredValue::new(expect_context()),
            timer: StoredValue::new_local(None),
        };
        on_cleanup(move || store.stop_timer());
        store
    }

    /// Creates a link and copies it. Writes a promise of the link to the clipboard before it returns, because Safari
    /// requires the call within the click: <https://webkit.org/blog/10855/async-clipboard-api/>.
    pub(super) fn copy(self, link: LinkCopy) {
        let LinkCopy { user, name, by_notice } = link;
        let Some(client) = self.client.try_get_value() else { return };
        // Not a signal: the reactive owner of the click may be disposed before the response arrives.
        let expires_at = Rc::new(Cell::new(None::<DateTime<Utc>>));
        let expiry = Rc::clone(&expires_at);
        let copying = copy(async move {
            let link = client.copy_link(user).await?;
            expiry.set(Some(link.expires_at));
            Ok(link.url)
        });
        spawn_local(async move {
            match copying.await {
                Ok(CopyOutcome::Copied) => {
                    self.changes.notify(Change::User(user));
                    if by_notice {
                        self.notices.success(messages::link_copied(self.language, &isolated(&name)));
                    } else {
                        self.announce(user, messages::link_copied(self.language, &name));
                    }
                }
                Ok(CopyOutcome::Blocked(url)) => {
                    self.changes.notify(Change::User(user));
                    if let Some(expires_at) = expires_at.get() {
                        self.dialogs.open(DialogRequest::ShowLink { name, url, expires_at });
                    }
                }
                Err(ApiError::Aborted) => {}
                Err(error) => self.notices.error(messages::link_not_copied(
                    self.language,
                    &isolated(&name),
                    &explain(self.language, &error),
                )),
            }
        });
    }

    fn announce(self, user: UserId, text: String) {
        self.stop_timer();
        let _ = self.announcement.try_set(text);
        let _ = self.invitation_links.copied.try_set(Some(user));
        let timeout = set_timeout_with_handle(
            move || {
                let _ = self.invitation_links.copied.try_set(None);
                let _ = self.announcement.try_set(String::new());
            },
            COPIED_FOR,
        );
        self.timer.try_update_value(|timer| *timer = timeout.ok());
    }

    fn stop_timer(self) {
        if let Some(timer) = self.timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    }
}
