//! The user who makes a change, and the user that it is about. Both are loaded in the transaction that writes the
//! change, so that permissions cannot change between the check and the write.

use std::sync::Arc;

use super::{AuthUser, RealUser};
use crate::error::AppError;
use crate::state::AppState;
use crate::store::{Account, GrantRecord, JobKey, Organisation, Sender, Tx, Write};
use crate::token::TokenHash;
use chrono::{DateTime, Utc};
use studio_users_domain::{
    Access, Actor, NodeId, NodeSet, Overview, Role, Scope, Status, TargetUser, Tree, UserId,
};
use uuid::Uuid;

/// The credentials of a signed-in user, before their account is loaded. Handlers with a body take these: the body is
/// received before the handler opens a write transaction, so that a slow client does not block other writers.
pub(crate) struct Credentials {
    /// The hash of the session's token.
    pub(crate) token: TokenHash,
    /// The impersonation that the request names.
    pub(crate) view_id: Option<Uuid>,
}

/// A user with the access that the rules judge them by, as of one transaction.
pub(crate) struct Principal {
    pub(crate) account: Account,
    pub(crate) organisation: Arc<Organisation>,
    /// The roles that the user has, by node.
    pub(crate) access: Access,
    /// The nodes that the user manages.
    pub(crate) scope: Scope,
}

/// A user who makes a change, and the transaction that it is written in.
pub(crate) struct Editor {
    /// The user, with the access that they had before the change.
    pub(crate) principal: Principal,
    /// The time of the change, [`Write::now`].
    pub(crate) now: DateTime<Utc>,
    pub(crate) write: Write,
    /// The job that this change is a piece of.
    pub(crate) job: Option<JobKey>,
}

/// The user that a change is about, with their assignments and pending grants at all nodes, including nodes that the
/// editor does not manage.
pub(crate) struct EditedUser {
    pub(crate) account: Account,
    /// The assignments and the pending grants, as the domain's rules take them.
    pub(crate) target: TargetUser,
    /// The pending grants again, in the same order, with everything that the store knows of them.
    pub(crate) pending: Vec<GrantRecord>,
    /// Whether the user has joined at a node that the editor manages.
    pub(crate) is_active: bool,
}

impl Credentials {
    /// Loads the user whom the request acts as, during the impersonation that it names.
    pub(crate) async fn auth_user(self, state: &AppState) -> Result<AuthUser, AppError> {
        AuthUser::authenticate(state, self.token, self.view_id).await
    }

    /// Loads the signed-in user, regardless of the impersonation that the request names.
    pub(crate) async fn real_user(self, state: &AppState) -> Result<RealUser, AppError> {
        RealUser::authenticate(state, self.token).await
    }

    /// Opens a write transaction and loads the user who makes the change.
    pub(crate) async fn edit(self, state: &AppState) -> Result<Editor, AppError> {
        let token = self.token;
        let mut write = state.store.write().await?;
        let now = write.now();
        let session =
            state.store.active_session(&mut write, token, now).await?.ok_or(AppError::Unauthenticated)?;
        if session.is_activity_stale(now) {
            state.store.record_activity(&mut write, session.account.key(), token).await?;
        }
        let organisation =
            state.store.organisation(&mut write).await?.ok_or_else(AppError::no_organisation)?;
        let principal = Principal::read(state, &mut write, organisation, session.account).await?;
        Ok(Editor { principal, now, write, job: None })
    }
}

impl Principal {
    /// Loads a user's access.
    pub(crate) async fn read(
        state: &AppState,
        tx: &mut Tx,
        organisation: Arc<Organisation>,
        account: Account,
    ) -> Result<Self, AppError> {
        let assignments = state.store.assignments(tx, &organisation, account.key()).await?;
        let access = Access::new(&organisation.tree, &assignments);
        let scope = Scope::of(&organisation.tree, &access);
        Ok(Self { account, organisation, access, scope })
    }

    /// Returns the same user with other access.
    pub(crate) fn with_access(self, access: Access) -> Self {
        let scope = Scope::of(&self.organisation.tree, &access);
        Self { access, scope, ..self }
    }

    /// Returns the user as the domain's rules judge them.
    pub(crate) fn actor(&self) -> Actor<'_> {
        Actor::new(&self.organisation.tree, self.account.id, &self.access, false)
    }

    pub(crate) fn tree(&self) -> &Tree {
        &self.organisation.tree
    }

    /// Returns the position of a node that the user may see: they manage it or have a role at it or at a node below
    /// it. Any other node is `NotFound`.
    pub(crate) fn visible_position(&self, node: NodeId) -> Result<usize, AppError> {
        let tree = self.tree();
        let position = tree.position(node).ok_or(AppError::NotFound)?;
        let has = |at: usize| self.scope.managed().contains(at) || !self.access.at(at).effective.is_empty();
        if tree.subtree(position).any(has) { Ok(position) } else { Err(AppError::NotFound) }
    }
}

impl Editor {
    /// Returns the editor as the sender of mails. An Administrator at any node has the limit of administrators.
    pub(crate) fn sender(&self) -> Sender {
        let Principal { account, organisation, access, .. } = &self.principal;
        let mut positions = 0..organisation.tree.len();
        let is_administrator = positions.any(|at| access.at(at).effective.contains(Role::Administrator));
        Sender { user: account.key(), is_administrator }
    }

    /// Loads a user whom the editor may see. Any other user is `NotFound`.
    pub(crate) async fn load_user(&mut self, state: &AppState, user: UserId) -> Result<EditedUser, AppError> {
        let user = state.store.user_key(&mut self.write, user).await?.ok_or(AppError::NotFound)?;
        let account = state.store.live_account(&mut self.write, user).await?.ok_or(AppError::NotFound)?;
        let edited = EditedUser::read(state, &mut self.write, &self.principal.organisation, account).await?;
        edited
            .visible_at(self.principal.tree(), self.principal.scope.managed(), self.now)
            .ok_or(AppError::NotFound)
    }
}

impl EditedUser {
    /// Loads a user without checking whether the editor may see them.
    pub(crate) async fn read(
        state: &AppState,
        tx: &mut Tx,
        organisation: &Organisation,
        account: Account,
    ) -> Result<Self, AppError> {
        let held = state.store.assignments(tx, organisation, account.key()).await?;
        let pending = state.store.pending_grants(tx, organisation, account.key()).await?;
        let grants = pending.iter().map(|pending| pending.grant.clone()).collect();
        let mut target = TargetUser { held: held.into(), pending: grants, ..TargetUser::default() };
        state.store.complete_target(tx, organisation, account.key(), &mut target).await?;
        Ok(Self { account, target, pending, is_active: false })
    }

    /// Returns the user if they are visible to a manager of these nodes, and sets `is_active` for those nodes.
    pub(crate) fn visible_at(self, tree: &Tree, nodes: &NodeSet, now: DateTime<Utc>) -> Option<Self> {
        let overview = self.overview(tree, nodes, now)?;
        Some(Self { is_active: overview.status == Status::Active, ..self })
    }

    /// Returns what a manager of these nodes sees of the user.
    pub(crate) fn overview(&self, tree: &Tree, nodes: &NodeSet, now: DateTime<Utc>) -> Option<Overview> {
        Overview::of(tree, nodes, &self.target.held, &self.target.pending, now)
    }
}
