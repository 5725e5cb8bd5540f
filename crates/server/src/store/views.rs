use chrono::{DateTime, TimeDelta, Utc};
use studio_users_contract::ViewEnd;
use studio_users_domain::MAX_VIEW_DURATION;
use uuid::Uuid;

use super::columns::view_columns;
use super::value::parse_uuid;
use super::{Error, NodeKey, Store, Tx, UserKey, Write, millis, next_sequence, time_from_millis};
use crate::sql::{self, Row};
use crate::token::TokenHash;

/// The time for which an ended view stays stored, so that a suspended tab can show why it ended.
const ENDED_VIEW_RETENTION: TimeDelta = TimeDelta::days(1);

/// An impersonation as stored. The domain decides whether the manager may still see anything in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredView {
    /// The id, which the header `Studio-View` contains.
    pub(crate) id: Uuid,
    /// The manager who impersonates.
    pub(crate) actor: UserKey,
    /// The impersonated user.
    pub(crate) user: UserKey,
    /// The start time.
    pub(crate) started_at: DateTime<Utc>,
    /// The time at which it expires.
    pub(crate) expires_at: DateTime<Utc>,
    /// The recorded reason for the end. `None` until an end is recorded, even if the view has expired.
    pub(crate) ended: Option<ViewEnd>,
    has_session: bool,
}

/// The two people of an impersonation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ViewParties {
    /// The manager who impersonates.
    pub(crate) actor: UserKey,
    /// The impersonated user.
    pub(crate) user: UserKey,
}

/// A topmost node of an impersonation. The audit log records the impersonation at each of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ViewRoot {
    /// The row id of the node.
    pub(crate) node: NodeKey,
    /// The name of the impersonated user, or the email address if managers of this node may not know the name.
    pub(crate) user_name: String,
}

impl StoredView {
    /// Returns a new view, which is not stored yet.
    pub(crate) fn new(id: Uuid, ViewParties { actor, user }: ViewParties, started_at: DateTime<Utc>) -> Self {
        let expires_at = started_at + MAX_VIEW_DURATION;
        Self { id, actor, user, started_at, expires_at, ended: None, has_session: true }
    }

    /// Returns why the view is over, or `None` if it is active. Does not check the rights of the manager.
    pub(crate) fn end_reason(&self, now: DateTime<Utc>) -> Option<ViewEnd> {
        let is_expired = now >= self.expires_at;
        let expired = if is_expired { Some(ViewEnd::Expired) } else { None };
        self.ended.or(expired).or((!self.has_session).then_some(ViewEnd::SignedOut))
    }

    fn of(row: &Row) -> Result<Self, Error> {
        let ended: Option<&str> = row.try_get("end_reason")?;
        let named = |name: &str| ViewEnd::ALL.into_iter().find(|end| end.wire_name() == name);
        Ok(Self {
            id: parse_uuid(row.try_get("id")?)?,
            actor: UserKey(row.try_get("actor")?),
            user: UserKey(row.try_get("user_pk")?),
            started_at: time_from_millis(row.try_get("started_at")?)?,
            expires_at: time_from_millis(row.try_get("expires_at")?)?,
            ended: ended.map(|name| named(name).unwrap_or(ViewEnd::Unknown)),
            has_session: row.try_get::<Option<&[u8]>, _>("session")?.is_some(),
        })
    }
}

impl Store {
    /// Stores a new view and its topmost nodes.
    pub(crate) async fn insert_view(
        &self,
        tx: &mut Tx,
        session: TokenHash,
        view: &StoredView,
        roots: &[ViewRoot],
    ) -> Result<(), Error> {
        sql::query(
            "INSERT INTO views (id, session, actor, user_pk, started_at, expires_at, seq) VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(view.id.as_bytes().as_slice())
        .bind(session.as_bytes())
        .bind(view.actor.0)
        .bind(view.user.0)
        .bind(millis(view.started_at))
        .bind(millis(view.expires_at))
        .bind(next_sequence(tx).await?)
        .execute(tx)
        .await?;
        for root in roots {
            sql::query("INSERT INTO view_tops (view, node, user_name) VALUES (?, ?, ?)")
                .bind(view.id.as_bytes().as_slice())
                .bind(root.node.0)
                .bind(&root.user_name)
                .execute(tx)
                .await?;
        }
        Ok(())
    }

    /// Returns a view that this user started in this session, or in a session that has ended since.
    pub(crate) async fn view(
        &self,
        tx: &mut Tx,
        id: Uuid,
        session: TokenHash,
        actor: UserKey,
    ) -> Result<Option<StoredView>, Error> {
        let row = sql::query(concat!(
            "SELECT ",
            view_columns!(),
            " FROM views WHERE id = ? AND actor = ? AND (session = ? OR session IS NULL)"
        ))
        .bind(id.as_bytes().as_slice())
        .bind(actor.0)
        .bind(session.as_bytes())
        .fetch_optional(tx)
        .await?;
        row.as_ref().map(StoredView::of).transpose()
    }

    /// Returns the topmost nodes of a view, as they were at its start.
    pub(crate) async fn view_roots(&self, tx: &mut Tx, view: Uuid) -> Result<Vec<ViewRoot>, Error> {
        let rows = sql::query("SELECT node, user_name FROM view_tops WHERE view = ? ORDER BY node")
            .bind(view.as_bytes().as_slice())
            .fetch_all(tx)
            .await?;
        rows.iter()
            .map(|row| Ok(ViewRoot { node: NodeKey(row.try_get(0)?), user_name: row.try_get(1)? }))
            .collect()
    }

    /// Returns the views of a session with no recorded end, the oldest first.
    pub(crate) async fn active_views(
        &self,
        tx: &mut Tx,
        session: TokenHash,
    ) -> Result<Vec<StoredView>, Error> {
        let rows = sql::query(concat!(
            "SELECT ",
            view_columns!(),
            " FROM views WHERE session = ? AND ended_at IS NULL ORDER BY seq"
        ))
        .bind(session.as_bytes())
        .fetch_all(tx)
        .await?;
        rows.iter().map(StoredView::of).collect()
    }

    /// Returns the views that expired or whose session ended, and whose end is not recorded yet.
    pub(crate) async fn overdue_views(&self, tx: &mut Write) -> Result<Vec<StoredView>, Error> {
        let now = tx.now();
        let rows = sql::query(concat!(
            "SELECT ",
            view_columns!(),
            " FROM views WHERE ended_at IS NULL AND (expires_at <= ? OR session IS NULL) \
             ORDER BY seq"
        ))
        .bind(millis(now))
        .fetch_all(tx)
        .await?;
        rows.iter().map(StoredView::of).collect()
    }

    /// Records the end of a view. Returns false if an end was recorded before.
    pub(crate) async fn end_view(
        &self,
        tx: &mut Tx,
        view: Uuid,
        reason: ViewEnd,
        at: DateTime<Utc>,
    ) -> Result<bool, Error> {
        let updated =
            sql::query("UPDATE views SET ended_at = ?, end_reason = ? WHERE id = ? AND ended_at IS NULL")
                .bind(millis(at))
                .bind(reason.wire_name())
                .bind(view.as_bytes().as_slice())
                .execute(tx)
                .await?;
        Ok(updated == 1)
    }

    /// Deletes views that ended more than 24 hours ago. The audit log keeps their start and end.
    pub(crate) async fn delete_ended_views(&self, tx: &mut Write) -> Result<(), Error> {
        let now = tx.now();
        sql::query("DELETE FROM views WHERE ended_at <= ?")
            .bind(millis(now - ENDED_VIEW_RETENTION))
            .execute(tx)
            .await?;
        Ok(())
    }

    /// Counts a refused change of an operation in a view. Returns the new number.
    pub(crate) async fn count_refusal(&self, tx: &mut Tx, view: Uuid, operation: &str) -> Result<u32, Error> {
        let count = sql::query_scalar(
            "INSERT INTO view_refusals (view, operation, refused) VALUES (?, ?, 1) \
             ON CONFLICT (view, operation) DO UPDATE SET refused = view_refusals.refused + 1 RETURNING refused",
        );
        Ok(count.bind(view.as_bytes().as_slice()).bind(operation).fetch_one(tx).await?)
    }

    /// Returns the operations of a view with more than `recorded` refused changes, each with the number of further ones.
    pub(crate) async fn further_refusals(
        &self,
        tx: &mut Tx,
        view: Uuid,
        recorded: u32,
    ) -> Result<Vec<(String, u32)>, Error> {
        let further = sql::query_as(
            "SELECT operation, refused - ?1 FROM view_refusals WHERE view = ?2 AND refused > ?1 ORDER BY operation",
        );
        Ok(further.bind(recorded).bind(view.as_bytes().as_slice()).fetch_all(tx).await?)
    }
}
