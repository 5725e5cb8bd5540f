//! Impersonation: a manager sees the studio as another user, read-only, for at most 30 minutes. On the wire it is a
//! view.
//!
//! [`Impersonation`] is an active impersonation. The middleware `http::auth::read_only` refuses writes during it, and
//! [`sweep`] ends impersonations that have expired. The audit log shows an impersonation to the managers of its
//! topmost nodes.

mod audit;
#[cfg(test)]
mod sequences;
#[cfg(test)]
mod tests;

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use studio_users_contract::{OwnView, OwnViews, StudioView, ViewEnd, ViewNode, ViewedUser};
use studio_users_domain::{
    Access, Actor, Denial, MAX_VIEW_DURATION, Overview, Section, Status, Tree, UserId, View, capabilities_of,
};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use uuid::Uuid;

use crate::error::AppError;
use crate::services::real_user::RealUser;
use crate::state::AppState;
use crate::store::{Error, Organisation, RecordedView, StoredView, Tx, UserKey, ViewParties, ViewRoot};
use crate::token::random_id;
pub(crate) use audit::sweep;
use audit::{end, record_refusal, record_start};

/// The maximum number of active impersonations in one session: more tabs than a user keeps track of. One more ends the
/// oldest.
const MAX_PER_SESSION: usize = 20;
/// The time that a response waits for the record of an expired impersonation while no other change is running.
const RECORD_WAIT: Duration = Duration::from_millis(500);

/// An active impersonation, evaluated for one request.
pub(crate) struct Impersonation {
    stored: StoredView,
    view: View,
    impersonated: ImpersonatedUser,
}

/// The impersonated user, as the manager who impersonates may see them.
struct ImpersonatedUser {
    user: ViewedUser,
    has_joined: bool,
}

impl Impersonation {
    /// Starts an impersonation and records it in the audit log.
    pub(crate) async fn start(
        state: &AppState,
        mut real_user: RealUser,
        user: UserId,
        reason: String,
    ) -> Result<StudioView, AppError> {
        let now = state.clock.now();
        let user = state.store.user_key(&mut real_user.tx, user).await?.ok_or(AppError::NotFound)?;
        let (impersonated, view) =
            evaluate(state, &mut real_user, user, now).await?.ok_or(AppError::NotFound)?;
        let (view, parties) = (view?, ViewParties { actor: real_user.account.key(), user });
        let RealUser { organisation, token: session, tx, .. } = real_user;
        // Returns the connection to the pool before another is taken.
        drop(tx);

        let mut write = state.store.write().await?;
        let stored = StoredView::new(random_id()?, parties, write.now());
        state.view_ages.of(stored.id, TimeDelta::zero(), state.clock.elapsed());
        let view = Self { stored, view, impersonated };
        sweep(state, &mut write).await?;
        state.store.delete_ended_views(&mut write).await?;
        let active = state.store.active_views(&mut write, session).await?;
        for oldest in active.iter().rev().skip(MAX_PER_SESSION - 1) {
            end(state, &mut write, oldest, ViewEnd::Replaced).await?;
        }
        state.store.insert_view(&mut write, session, &view.stored, &view.roots(&organisation)).await?;
        record_start(state, &mut write, &view.stored, reason).await?;
        write.commit().await?;
        Ok(view.describe(&organisation.tree))
    }

    /// Loads an impersonation of the session by its id, and evaluates it again. Returns `None` if the session has none
    /// with this id.
    ///
    /// # Errors
    /// `ViewEnded` with the reason if the impersonation is over. The end is recorded first, unless it is already.
    pub(crate) async fn find(
        state: &AppState,
        mut real_user: RealUser,
        id: Uuid,
    ) -> Result<Option<(RealUser, Self)>, AppError> {
        let now = state.clock.now();
        let actor = real_user.account.key();
        let Some(stored) = state.store.view(&mut real_user.tx, id, real_user.token, actor).await? else {
            return Ok(None);
        };
        let end_reason = match end_reason(state, &stored, now) {
            Some(end_reason) => end_reason,
            None => match evaluate(state, &mut real_user, stored.user, now).await? {
                Some((impersonated, Ok(view))) => {
                    return Ok(Some((real_user, Self { stored, view, impersonated })));
                }
                Some((_, Err(_))) | None => ViewEnd::ConditionsLost,
            },
        };
        drop(real_user);
        if stored.ended.is_none() {
            let recording = record_end(state.clone(), stored, end_reason);
            // Only the record keeps an impersonation ended whose conditions hold again. Otherwise the response need not
            // wait for another change.
            if end_reason == ViewEnd::ConditionsLost {
                recording.await?;
            } else {
                // Another process may hold the write lock.
                let wait = if state.store.is_writer_idle() { RECORD_WAIT } else { Duration::ZERO };
                let mut recording = tokio::spawn(recording);
                match timeout(wait, &mut recording).await {
                    Ok(recorded) => recorded.map_err(AppError::unexpected)??,
                    Err(_) => drop(tokio::spawn(report_failure(recording))),
                }
            }
        }
        Err(AppError::ViewEnded(Some(end_reason)))
    }

    /// Ends an impersonation of the session, unless it has ended already. Returns whether the session has one with
    /// this id.
    pub(crate) async fn exit(state: &AppState, mut real_user: RealUser, id: Uuid) -> Result<bool, AppError> {
        let actor = real_user.account.key();
        let stored = state.store.view(&mut real_user.tx, id, real_user.token, actor).await?;
        drop(real_user);
        let Some(stored) = stored else { return Ok(false) };
        if stored.ended.is_none() {
            let mut write = state.store.write().await?;
            let end_reason = end_reason(state, &stored, write.now()).unwrap_or(ViewEnd::Exited);
            end(state, &mut write, &stored, end_reason).await?;
            write.commit().await?;
        }
        Ok(true)
    }

    /// Records in the audit log that a write was refused.
    pub(crate) async fn record_refused_write(
        &self,
        state: &AppState,
        operation: String,
    ) -> Result<(), Error> {
        record_refusal(state, &self.stored, operation).await
    }

    /// Returns the id that requests send in the header `Studio-View`.
    pub(crate) fn id(&self) -> Uuid {
        self.stored.id
    }

    /// The access of the impersonated user.
    pub(crate) fn access(&self) -> &Access {
        self.view.access()
    }

    /// Returns the id of the impersonated user.
    pub(crate) fn user(&self) -> UserId {
        self.impersonated.user.id
    }

    /// Returns the impersonation as the contract describes it.
    pub(crate) fn describe(&self, tree: &Tree) -> StudioView {
        let node = |at: usize| {
            let roles = self.view.access().at(at).effective;
            let capabilities = capabilities_of(roles);
            ViewNode {
                node_id: tree.nodes()[at].id,
                roles,
                sections: Section::all().filter(|section| section.is_visible_with(capabilities)).collect(),
                pending: self.view.pending().contains(at),
            }
        };
        StudioView {
            id: self.stored.id,
            user: self.impersonated.user.clone(),
            nodes: self.view.nodes().iter().map(node).collect(),
            started_at: self.stored.started_at,
            expires_at: self.stored.expires_at,
        }
    }

    /// Returns the topmost nodes, each with the user's name, or their address at a node where they have not joined.
    fn roots(&self, organisation: &Organisation) -> Vec<ViewRoot> {
        let ViewedUser { name, email, .. } = &self.impersonated.user;
        let root = |at: usize| {
            let name = name.as_ref().filter(|_| self.has_joined_at(at));
            let node = organisation.key(organisation.tree.nodes()[at].id)?;
            Some(ViewRoot { node, user_name: name.unwrap_or(email).clone() })
        };
        self.view.roots(&organisation.tree).filter_map(root).collect()
    }

    /// Whether the impersonated user has joined at the node. Pending grants bring no notifications yet.
    pub(crate) fn has_joined_at(&self, position: usize) -> bool {
        self.impersonated.has_joined && !self.view.pending().contains(position)
    }
}

/// Logs a failure to record the end of an impersonation, after the response.
async fn report_failure(recording: JoinHandle<Result<(), Error>>) {
    if let Ok(Err(error)) = recording.await {
        tracing::warn!(%error, "the end of an impersonation will be recorded later");
    }
}

/// Records the end of an impersonation in a transaction of its own.
async fn record_end(state: AppState, stored: StoredView, end_reason: ViewEnd) -> Result<(), Error> {
    let mut write = state.store.write().await?;
    end(&state, &mut write, &stored, end_reason).await?;
    write.commit().await
}

/// Returns why an impersonation is over, or `None` if it is active. After the wall clock was set back, the time since its
/// start in this process counts.
fn end_reason(state: &AppState, stored: &StoredView, now: DateTime<Utc>) -> Option<ViewEnd> {
    let age = state.view_ages.of(stored.id, now - stored.started_at, state.clock.elapsed());
    let is_expired = stored.ended.is_none() && age >= MAX_VIEW_DURATION;
    stored.end_reason(now).or(is_expired.then_some(ViewEnd::Expired))
}

/// Returns the impersonated user, and what the manager sees as them or why they may not. Returns `None` if the user
/// is not visible to the manager.
async fn evaluate(
    state: &AppState,
    real_user: &mut RealUser,
    user: UserKey,
    now: DateTime<Utc>,
) -> Result<Option<(ImpersonatedUser, Result<View, Denial>)>, AppError> {
    let RealUser { account, organisation, access, tx, .. } = real_user;
    let actor = Actor::new(&organisation.tree, account.id, access, false);
    let Some(account) = state.store.account(tx, user).await? else { return Ok(None) };
    let target = state.store.target_user(tx, organisation, user).await?;
    let view = actor.may_impersonate(account.id, &target, now);
    let status = Overview::of(&organisation.tree, actor.managed(), &target.held, &target.pending, now)
        .map(|overview| overview.status);
    // Users always may know that their own account exists.
    if status.is_none() && view != Err(Denial::OwnView) {
        return Ok(None);
    }
    let name = account.name.filter(|_| status == Some(Status::Active));
    let user = ViewedUser { id: account.id, name, email: account.email };
    Ok(Some((ImpersonatedUser { user, has_joined: account.joined_at.is_some() }, view)))
}

/// Returns the impersonations of a user, the latest first, for that user. Returns `None` for an unknown cursor.
pub(crate) async fn own_views(
    state: &AppState,
    tx: &mut Tx,
    user: UserId,
    before: Option<Uuid>,
    limit: u32,
) -> Result<Option<OwnViews>, AppError> {
    let Some((views, has_more)) = state.store.views_of(tx, user, before, limit).await? else {
        return Ok(None);
    };
    let next = views.last().filter(|_| has_more).map(|last| last.id.to_string());
    let now = state.clock.now();
    Ok(Some(OwnViews { items: views.into_iter().map(|view| own_view(view, now)).collect(), next }))
}

/// Describes a recorded impersonation. No timer records an end, so one that has run for 30 minutes is over in any case.
fn own_view(view: RecordedView, now: DateTime<Utc>) -> OwnView {
    let RecordedView { id, actor, reason, started_at, end } = view;
    let (end, seconds) = match end {
        Some(details) => {
            let end = ViewEnd::ALL.into_iter().find(|end| details.reason.as_deref() == Some(end.wire_name()));
            (Some(end.unwrap_or(ViewEnd::Unknown)), details.seconds)
        }
        None if now - started_at >= MAX_VIEW_DURATION => {
            (Some(ViewEnd::Expired), u32::try_from(MAX_VIEW_DURATION.num_seconds()).ok())
        }
        None => (None, None),
    };
    OwnView { id, actor, reason, started_at, seconds, end }
}
