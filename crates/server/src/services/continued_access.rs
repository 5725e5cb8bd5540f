//! Access checks of long responses, which may outlive the session or the rights of their reader.

use studio_users_domain::Scope;
use uuid::Uuid;

use super::AuthUser;
use super::impersonation::Impersonation;
use crate::error::AppError;
use crate::state::AppState;
use crate::token::TokenHash;

/// The reader of a response that is sent in parts. Before each part, the response loads the reader again with
/// [`Self::authenticate`] or [`Self::require_unchanged`].
pub(crate) struct ContinuedAccess {
    state: AppState,
    token: TokenHash,
    view_id: Option<Uuid>,
    /// The nodes that the reader managed at the start.
    scope: Scope,
}

/// Aborts a response, so that an incomplete file is not taken for a complete one.
#[derive(Debug, thiserror::Error)]
#[error("the response was interrupted: {0}")]
pub(crate) struct Interrupted(pub(crate) &'static str);

impl ContinuedAccess {
    /// Remembers the reader of a response that starts.
    pub(crate) fn of(state: &AppState, auth: &AuthUser) -> Self {
        Self {
            state: state.clone(),
            token: auth.token,
            view_id: auth.impersonation.as_ref().map(Impersonation::id),
            scope: auth.scope.clone(),
        }
    }

    /// Loads the reader with their current access.
    ///
    /// # Errors
    /// If the session or the impersonation has ended.
    pub(crate) async fn authenticate(&self) -> Result<AuthUser, AppError> {
        AuthUser::authenticate(&self.state, self.token, self.view_id).await
    }

    /// Loads the reader for the next part of one document, which shows the same nodes from the first part to the last.
    ///
    /// # Errors
    /// If the session or the impersonation has ended, or if the reader manages other nodes than at the start.
    pub(crate) async fn require_unchanged(&self) -> Result<AuthUser, Interrupted> {
        let auth = self.authenticate().await.map_err(|_| Interrupted("the user no longer has access"))?;
        if auth.scope != self.scope {
            return Err(Interrupted("the access of the user has changed"));
        }
        Ok(auth)
    }
}
