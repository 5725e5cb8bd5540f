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
use crate::state::{Ask, Asks, Change, Changes, LinkCopy, Links, Notices, explain};
use crate::ui::{Copied, copy};

/// For how long a button says that it copied.
const SAID_FOR: Duration = Duration::from_secs(2);

/// Makes links and copies them.
#[derive(Clone, Copy)]
pub(super) struct Store {
    /// What is said to those who do not see the button change.
    pub(super) said: RwSignal<String>,
    links: Links,
    notices: Notices,
    asks: Asks,
    changes: Changes,
    language: Language,
    client: StoredValue<Client>,
    timer: StoredValue<Option<TimeoutHandle>, LocalStorage>,
}

impl Store {
    /// Over what the page provides.
    pub(super) fn new() -> Self {
        let store = Self {
            said: RwSignal::new(String::new()),
            links: expect_context(),
            notices: expect_context(),
            asks: expect_context(),
            changes: expect_context(),
            language: crate::i18n::use_language(),
            client: StoredValue::new(expect_context()),
            timer: StoredValue::new_local(None),
        };
        on_cleanup(move || store.stop_timer());
        store
    }

    /// Makes a link and copies it. The clipboard is written before this returns, with a promise of the link.
    pub(super) fn copy(self, link: LinkCopy) {
        let LinkCopy { user, name, by_notice } = link;
        let Some(client) = self.client.try_get_value() else { return };
        // Not of the reactive system: what asked for the copy, and all that it owned, may be gone when the answer comes.
        let ends = Rc::new(Cell::new(None::<DateTime<Utc>>));
        let told = Rc::clone(&ends);
        let copying = copy(async move {
            let link = client.copy_link(user).await?;
            told.set(Some(link.expires_at));
            Ok(link.url)
        });
        spawn_local(async move {
            match copying.await {
                Ok(Copied::Yes) => {
                    self.changes.tell(Change::User(user));
                    if by_notice {
                        self.notices.done(messages::link_copied(self.language, &isolated(&name)));
                    } else {
                        self.say(user, messages::link_copied(self.language, &name));
                    }
                }
                Ok(Copied::Refused(url)) => {
                    self.changes.tell(Change::User(user));
                    if let Some(expires_at) = ends.get() {
                        self.asks.ask(Ask::ShowLink { name, url, expires_at });
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

    fn say(self, user: UserId, words: String) {
        self.stop_timer();
        let _ = self.said.try_set(words);
        let _ = self.links.copied.try_set(Some(user));
        let over = set_timeout_with_handle(
            move || {
                let _ = self.links.copied.try_set(None);
                let _ = self.said.try_set(String::new());
            },
            SAID_FOR,
        );
        self.timer.try_update_value(|timer| *timer = over.ok());
    }

    fn stop_timer(self) {
        if let Some(timer) = self.timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    }
}
