//! The user that a request acts as, and the nodes that they may see.

use std::collections::BTreeSet;
use std::sync::Arc;

use studio_users_domain::{Access, Actor, NodeId, Scope};
use uuid::Uuid;

use super::impersonation::Impersonation;
use super::real_user::RealUser;
use crate::error::AppError;
use crate::state::AppState;
use crate::store::{Account, Organisation, Tx};
use crate::token::TokenHash;

/// The user that a request acts as. During an impersonation, `access` and `scope` are those of the impersonated user,
/// and the account is the manager's who impersonates.
pub(crate) struct AuthUser {
    pub(crate) account: Account,
    /// The id of the session.
    pub(crate) session: Uuid,
    /// The hash of the session's token.
    pub(crate) token: TokenHash,
    pub(crate) organisation: Arc<Organisation>,
    /// The roles that the user has, by node.
    pub(crate) access: Access,
    /// The nodes that the user manages.
    pub(crate) scope: Scope,
    /// The impersonation that the request names.
    pub(crate) impersonation: Option<Impersonation>,
    /// The read transaction in which the user was loaded. Later reads use it too, so that they see the same moment.
    pub(crate) tx: Tx,
}

impl From<RealUser> for AuthUser {
    fn from(user: RealUser) -> Self {
        let RealUser { account, session, token, organisation, access, scope, tx } = user;
        Self { account, session, token, organisation, access, scope, impersonation: None, tx }
    }
}

impl AuthUser {
    /// Loads the user of a session, during the impersonation that the request names.
    pub(crate) async fn authenticate(
        state: &AppState,
        token: TokenHash,
        view_id: Option<Uuid>,
    ) -> Result<Self, AppError> {
        let user = RealUser::authenticate(state, token).await?;
        Self::with_impersonation(state, user, view_id).await
    }

    /// Returns the user during the impersonation `view_id`, or as themselves for `None`. An unknown id is an error:
    /// ignoring it would let the request act as the manager.
    pub(crate) async fn with_impersonation(
        state: &AppState,
        user: RealUser,
        view_id: Option<Uuid>,
    ) -> Result<Self, AppError> {
        let Some(id) = view_id else { return Ok(user.into()) };
        let found = Impersonation::find(state, user, id).await?;
        let (user, impersonation) = found.ok_or(AppError::ViewEnded(None))?;
        let access = impersonation.access().clone();
        let scope = Scope::of(&user.organisation.tree, &access);
        Ok(Self { access, scope, impersonation: Some(impersonation), ..user.into() })
    }

    /// Returns the user as the domain's rules judge them, and the read transaction.
    pub(crate) fn actor_and_tx(&mut self) -> (Actor<'_>, &mut Tx) {
        let is_viewing = self.impersonation.is_some();
        let actor = Actor::new(&self.organisation.tree, self.account.id, &self.access, is_viewing);
        (actor, &mut self.tx)
    }

    /// Returns the positions of the nodes that the user manages or has a role at, and of their ancestors.
    pub(crate) fn visible_nodes(&self) -> BTreeSet<usize> {
        let tree = &self.organisation.tree;
        let own = |&position: &usize| {
            self.scope.managed().contains(position) || !self.access.at(position).effective.is_empty()
        };
        let own = (0..tree.len()).filter(own);
        own.flat_map(|position| tree.ancestors(position).chain([position])).collect()
    }

    /// Returns the part of the user's scope that is at or below any of the nodes. An empty list returns the whole
    /// scope.
    ///
    /// # Errors
    /// `NotFound` for a node that the user may not see.
    pub(crate) fn scope_within(&self, nodes: &[NodeId]) -> Result<Scope, AppError> {
        if nodes.is_empty() {
            return Ok(self.scope.clone());
        }
        let (tree, visible) = (&self.organisation.tree, self.visible_nodes());
        let is_visible = |&node: &NodeId| tree.position(node).is_some_and(|at| visible.contains(&at));
        if nodes.iter().all(is_visible) { Ok(self.scope.below(tree, nodes)) } else { Err(AppError::NotFound) }
    }
}
