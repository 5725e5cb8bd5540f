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
pub(in crate::app) struct JoinToken(RwSignal<Option<String>>);

impl JoinToken {
    /// What the tab kept of it.
    pub(in crate::app) fn load() -> Self {
        Self(RwSignal::new(kept_in_tab(IN_TAB)))
    }

    /// The token as it is.
    pub(super) fn now(self) -> Option<String> {
        self.0.try_get_untracked()?
    }

    /// Hears of another.
    pub(super) fn track(self) {
        self.0.track();
    }

    /// Takes the token of a link that was opened here.
    pub(in crate::app) fn take(self, token: String) {
        keep_in_tab(IN_TAB, Some(&token));
        self.0.set(Some(token));
    }

    /// It is of no use any more.
    pub(super) fn forget(self) {
        keep_in_tab(IN_TAB, None);
        keep(WAITING, None);
        let _ = self.0.try_set(None);
    }

    /// Lets the token wait until the person whom it is for has signed in.
    pub(super) fn wait_for(self, invitation: &OpenInvitation) {
        let until = (clock::now() + chrono::TimeDelta::minutes(WAITS_MINUTES)).timestamp();
        if let Some(token) = self.0.get_untracked() {
            keep(WAITING, Some(&format!("{until} {token} {}", invitation.email)));
        }
    }

    /// Whether a token waited for whoever has signed in here with this address. It is this tab's from now on.
    pub(in crate::app) fn resume(self, email: &str) -> bool {
        let Some(waiting) = kept(WAITING) else { return false };
        let mut parts = waiting.splitn(3, ' ');
        let until = parts.next().and_then(|until| until.parse::<i64>().ok()).unwrap_or_default();
        let (Some(token), Some(whose)) = (parts.next(), parts.next()) else { return false };
        let is_over = until < clock::now().timestamp();
        let is_theirs = is_same_address(whose, email);
        if is_over || is_theirs {
            keep(WAITING, None);
        }
        let resumes = is_theirs && !is_over;
        if resumes {
            self.take(token.to_owned());
        }
        resumes
    }
}
