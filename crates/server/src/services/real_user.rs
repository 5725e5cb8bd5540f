//! The signed-in user, regardless of the impersonation that a request names.

use std::sync::Arc;

use studio_users_domain::{Access, Scope};
use uuid::Uuid;

use crate::error::AppError;
use crate::state::AppState;
use crate::store::{Account, ActiveSession, Organisation, Tx};
use crate::token::TokenHash;

/// The signed-in user with their own access. During an impersonation this is the manager who impersonates.
pub(crate) struct RealUser {
    pub(crate) account: Account,
    /// The id of the session.
    pub(crate) session: Uuid,
    /// The hash of the session's token.
    pub(crate) token: TokenHash,
    pub(crate) organisation: Arc<Organisation>,
    pub(crate) access: Access,
    pub(crate) scope: Scope,
    /// The read transaction in which the user was loaded.
    pub(crate) tx: Tx,
}

impl RealUser {
    /// Loads the user of a session in a new read transaction.
    pub(crate) async fn authenticate(state: &AppState, token: TokenHash) -> Result<Self, AppError> {
        let mut tx = state.store.read().await?;
        let session = state.store.active_session(&mut tx, token, state.clock.now()).await?;
        Self::load(state, tx, token, session.ok_or(AppError::Unauthenticated)?).await
    }

    /// Loads the access of a session's user in the given transaction.
    pub(crate) async fn load(
        state: &AppState,
        mut tx: Tx,
        token: TokenHash,
        session: ActiveSession,
    ) -> Result<Self, AppError> {
        let ActiveSession { account, id: session, .. } = session;
        let organisation = state.store.organisation(&mut tx).await?.ok_or_else(AppError::no_organisation)?;
        let assignments = state.store.assignments(&mut tx, &organisation, account.key()).await?;
        let access = Access::new(&organisation.tree, &assignments);
        let scope = Scope::of(&organisation.tree, &access);
        Ok(Self { account, session, token, organisation, access, scope, tx })
    }
}
