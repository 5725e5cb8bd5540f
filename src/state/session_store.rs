use std::sync::Arc;

use futures_util::future::join;
use leptos::prelude::*;

use super::{CurrentUser, Identity, Impersonation, SessionRenewal};
use crate::api::{ApiError, Client};

/// The load status of the session.
#[derive(Clone)]
pub enum SessionStatus {
    /// The request is in flight.
    Loading,
    /// The request failed.
    Failed(ApiError),
    /// The request succeeded.
    Ready(Identity),
}

/// The result of checking who is signed in now, compared with the user who was signed in before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionCheck {
    /// No user is signed in.
    SignedOut,
    /// The same user is signed in.
    SameUser,
    /// Another user is signed in, or no user was before. All state is cleared and must be loaded again.
    OtherUser,
}

/// The session at a backend, including an impersonation. Both the standalone page and the custom element use it.
#[derive(Clone, Copy)]
pub struct SessionStore {
    /// The load status, with the current user.
    pub status: RwSignal<SessionStatus>,
    /// Whether the session has expired. The user signs in again to continue.
    pub has_ended: RwSignal<bool>,
    /// Lets requests that find no session wait for a new sign-in.
    pub renewal: SessionRenewal,
    /// The impersonation of this tab.
    pub impersonation: Impersonation,
    client: StoredValue<Client>,
}

impl SessionStore {
    /// Creates the store in the status `Loading`.
    pub fn new(client: Client) -> Self {
        let (status, has_ended) = (RwSignal::new(SessionStatus::Loading), RwSignal::new(false));
        let renewal = SessionRenewal::new(move || {
            let is_signed_in =
                |status: &SessionStatus| matches!(status, SessionStatus::Ready(Identity::SignedIn(_)));
            if status.try_with_untracked(is_signed_in) == Some(true) {
                let _ = has_ended.try_set(true);
            }
        });
        Self {
            status,
            has_ended,
            renewal,
            impersonation: Impersonation::default(),
            client: StoredValue::new(client),
        }
    }

    /// Returns the client for new requests: inside the active view of this tab, if there is one.
    pub fn client(self) -> Client {
        self.impersonation.client(&self.client.get_value())
    }

    /// Returns the client of the real user, also during an impersonation.
    pub fn own_client(self) -> Client {
        self.client.get_value()
    }

    /// Returns the current user if one is signed in.
    pub fn current_user(self) -> Option<Arc<CurrentUser>> {
        self.status.try_with_untracked(|status| match status {
            SessionStatus::Ready(Identity::SignedIn(current_user)) => Some(Arc::clone(current_user)),
            _ => None,
        })?
    }

    /// Loads the session and the visible nodes.
    pub async fn load(self) {
        self.impersonation.resume().await;
        let client = self.client();
        // Both requests run in parallel: a signed-in user needs both responses.
        let status = match join(client.session(), client.nodes()).await {
            // The view has ended meanwhile. Its end triggers a new load.
            (Err(ApiError::Aborted), _) | (Ok(Some(_)), Err(ApiError::Aborted)) => return,
            (Ok(None), _) => SessionStatus::Ready(Identity::SignedOut { by_choice: false }),
            (Ok(Some(session)), Ok(nodes)) => {
                SessionStatus::Ready(Identity::SignedIn(Arc::new(CurrentUser::new(session, nodes))))
            }
            (Err(error), _) | (_, Err(error)) => SessionStatus::Failed(error),
        };
        if matches!(status, SessionStatus::Ready(Identity::SignedOut { .. })) {
            self.impersonation.discard();
        }
        let _ = self.status.try_set(status);
    }

    /// Refetches what the current user may see and do. On failure the previous state stays.
    pub async fn refresh(self) {
        let client = self.client();
        if let (Ok(Some(session)), Ok(nodes)) = join(client.session(), client.nodes()).await {
            let current_user = Arc::new(CurrentUser::new(session, nodes));
            let _ = self.status.try_update(|status| {
                if let SessionStatus::Ready(Identity::SignedIn(before)) = status
                    && before.session.user.id == current_user.session.user.id
                    && before.view() == current_user.view()
                    && *before != current_user
                {
                    *before = current_user;
                }
            });
        }
    }

    /// Checks who is signed in now. The same user continues where they were.
    ///
    /// # Errors
    /// If the request fails.
    pub async fn check(self) -> Result<SessionCheck, ApiError> {
        let Some(current_user) = self.current_user() else { return Ok(SessionCheck::OtherUser) };
        match self.own_client().session().await? {
            None => {
                let _ = self.has_ended.try_set(true);
                Ok(SessionCheck::SignedOut)
            }
            Some(session) if current_user.session.user.id == session.user.id => {
                let _ = self.has_ended.try_set(false);
                self.renewal.complete();
                self.refresh().await;
                Ok(SessionCheck::SameUser)
            }
            Some(_) => {
                self.clear(SessionStatus::Loading);
                Ok(SessionCheck::OtherUser)
            }
        }
    }

    /// Clears the state of the previous user, aborts the requests that wait for them, and sets a new status.
    pub fn clear(self, status: SessionStatus) {
        self.impersonation.discard();
        self.renewal.cancel();
        let _ = self.status.try_set(status);
        let _ = self.has_ended.try_set(false);
    }
}
