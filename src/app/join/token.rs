use leptos::prelude::*;
use studio_users_contract::OpenInvitation;

use super::model::is_same_address;
use crate::i18n::clock;
use crate::state::{keep, keep_in_tab, kept, kept_in_tab};

/// In the tab: the token of the link that was opened.
const IN_TAB: &str = "studio-users.join";
/// In the browser: the token that waits for its person to sign in, who may do so in another tab. It is of no use
/// without their session.
const WAITING: &str = "studio-users.join-waiting";
/// How long it waits: as long as the mailed link works.
const WAITS_MINUTES: i64 = 15;

/// The token of the link that this tab is about. It never stays in the address.
#[derive(Debug, Clone, Copy)]
pub(in crate::app) struct JoinToken {
    token: RwSignal<Option<String>>,
    /// Whether its person was led back here already: once is enough.
    was_resumed: StoredValue<bool>,
}

impl JoinToken {
    /// What the tab kept of it.
    pub(in crate::app) fn load() -> Self {
        Self { token: RwSignal::new(kept_in_tab(IN_TAB)), was_resumed: StoredValue::new(false) }
    }

    /// The token as it is.
    pub(super) fn now(self) -> Option<String> {
        self.token.try_get_untracked()?
    }

    /// Hears of another.
    pub(super) fn track(self) {
        self.token.track();
    }

    /// Takes the token of a link that was opened here.
    pub(in crate::app) fn take(self, token: String) {
        keep_in_tab(IN_TAB, Some(&token));
        self.token.set(Some(token));
    }

    /// It is of no use any more.
    pub(super) fn forget(self) {
        keep_in_tab(IN_TAB, None);
        keep(WAITING, None);
        let _ = self.token.try_set(None);
    }

    /// Lets the token wait until the person whom it is for has signed in.
    pub(super) fn wait_for(self, invitation: &OpenInvitation) {
        let until = (clock::now() + chrono::TimeDelta::minutes(WAITS_MINUTES)).timestamp();
        if let Some(token) = self.token.get_untracked() {
            keep(WAITING, Some(&format!("{until} {token} {}", invitation.email)));
        }
    }

    /// Whether a token waits for whoever has signed in here with this address. It is this tab's from now on.
    pub(in crate::app) fn resume(self, email: &str) -> bool {
        let Some(waiting) = kept(WAITING) else { return false };
        let mut parts = waiting.splitn(3, ' ');
        let until = parts.next().and_then(|until| until.parse::<i64>().ok()).unwrap_or_default();
        let (Some(token), Some(whose)) = (parts.next(), parts.next()) else { return false };
        if until < clock::now().timestamp() {
            keep(WAITING, None);
            return false;
        }
        let resumes = is_same_address(whose, email) && !self.was_resumed.get_value();
        if resumes {
            self.was_resumed.set_value(true);
            self.take(token.to_owned());
        }
        resumes
    }
}
