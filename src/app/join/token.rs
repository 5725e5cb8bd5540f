use leptos::prelude::*;
use studio_users_contract::InvitationDetails;

use super::model::is_same_address;
use crate::i18n::clock;
use crate::state::{get_local_item, get_session_item, set_local_item, set_session_item};

/// The `sessionStorage` key of the token of the link opened in this tab.
const TAB_KEY: &str = "studio-users.join";
/// The `localStorage` key of a token that waits until the invited user has signed in, possibly in another tab. Without
/// that user's session the token is useless.
const WAITING_KEY: &str = "studio-users.join-waiting";
/// The lifetime of a waiting token: that of the sign-in link sent by e-mail, in minutes.
const WAITING_MINUTES: i64 = 15;

/// The token of the invitation link opened in this tab. It never stays in the URL.
#[derive(Debug, Clone, Copy)]
pub(in crate::app) struct JoinToken {
    token: RwSignal<Option<String>>,
    /// Whether signing in has already redirected to the invitation. That happens only once.
    was_resumed: StoredValue<bool>,
}

impl JoinToken {
    /// Loads the token stored by this tab.
    pub(in crate::app) fn load() -> Self {
        Self { token: RwSignal::new(get_session_item(TAB_KEY)), was_resumed: StoredValue::new(false) }
    }

    /// Returns the token without tracking it.
    pub(super) fn get_untracked(self) -> Option<String> {
        self.token.try_get_untracked()?
    }

    /// Subscribes the current effect to changes of the token.
    pub(super) fn track(self) {
        self.token.track();
    }

    /// Stores the token of a link that was opened in this tab.
    pub(in crate::app) fn set(self, token: String) {
        set_session_item(TAB_KEY, Some(&token));
        self.token.set(Some(token));
    }

    /// Removes the token from this tab and from the browser.
    pub(super) fn clear(self) {
        set_session_item(TAB_KEY, None);
        set_local_item(WAITING_KEY, None);
        let _ = self.token.try_set(None);
    }

    /// Stores the token in the browser until the invited user has signed in.
    pub(super) fn wait_for_sign_in(self, invitation: &InvitationDetails) {
        let until = (clock::now() + chrono::TimeDelta::minutes(WAITING_MINUTES)).timestamp();
        if let Some(token) = self.token.get_untracked() {
            set_local_item(WAITING_KEY, Some(&format!("{until} {token} {}", invitation.email)));
        }
    }

    /// Takes over the token that waits for the user with this e-mail address. Returns whether there is one.
    pub(in crate::app) fn resume(self, email: &str) -> bool {
        let Some(waiting) = get_local_item(WAITING_KEY) else { return false };
        let mut parts = waiting.splitn(3, ' ');
        let until = parts.next().and_then(|until| until.parse::<i64>().ok()).unwrap_or_default();
        let (Some(token), Some(invited_email)) = (parts.next(), parts.next()) else { return false };
        if until < clock::now().timestamp() {
            set_local_item(WAITING_KEY, None);
            return false;
        }
        let resumes = is_same_address(invited_email, email) && !self.was_resumed.get_value();
        if resumes {
            self.was_resumed.set_value(true);
            self.set(token.to_owned());
        }
        resumes
    }
}
