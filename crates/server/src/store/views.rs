use chrono::{DateTime, TimeDelta, Utc};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use studio_users_contract::ViewEnd;
use uuid::Uuid;

use super::value::uuid_of;
use super::{Error, NodeKey, Store, Tx, UserKey, millis, time_of};
use crate::token::TokenHash;

/// How long it is kept that a view has ended: a page that slept meanwhile is told why.
const ENDED_KEPT: TimeDelta = TimeDelta::days(1);

/// A view as it is kept: whether it still shows anything is the domain's to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeptView {
    /// Its id.
    pub(crate) id: Uuid,
    /// Who views.
    pub(crate) actor: UserKey,
    /// As whom.
    pub(crate) user: UserKey,
    /// When it began.
    pub(crate) started_at: DateTime<Utc>,
    /// When it ends by itself.
    pub(crate) expires_at: DateTime<Utc>,
    /// Why it ended; none as long as nobody has said so.
    pub(crate) ended: Option<ViewEnd>,
    has_session: bool,
}

/// One of the topmost nodes of a view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ViewTop {
    /// The node.
    pub(crate) node: NodeKey,
    /// The name by which those who manage the node may know the viewed user, or else the address.
    pub(crate) user_name: String,
}

impl KeptView {
    /// A view to be begun.
    pub(crate) fn new(
        id: Uuid,
        (actor, user): (UserKey, UserKey),
        (started_at, expires_at): (DateTime<Utc>, DateTime<Utc>),
    ) -> Self {
        Self { id, actor, user, started_at, expires_at, ended: None, has_session: true }
    }

    /// Why it is over at this time, whoever is viewed.
    pub(crate) fn is_over(&self, now: DateTime<Utc>) -> Option<ViewEnd> {
        let is_expired = now >= self.expires_at;
        let why = if is_expired { Some(ViewEnd::Expired) } else { None };
        self.ended.or(why).or((!self.has_session).then_some(ViewEnd::SignedOut))
    }

    fn of(row: &SqliteRow) -> Result<Self, Error> {
        let ended: Option<&str> = row.try_get("end_reason")?;
        let named = |name: &str| ViewEnd::ALL.into_iter().find(|end| end.wire_name() == name);
        Ok(Self {
            id: uuid_of(row.try_get("id")?)?,
            actor: UserKey(row.try_get("actor")?),
            user: UserKey(row.try_get("user")?),
            started_at: time_of(row.try_get("started_at")?)?,
            expires_at: time_of(row.try_get("expires_at")?)?,
            ended: ended.map(|name| named(name).unwrap_or(ViewEnd::Unknown)),
            has_session: row.try_get::<Option<&[u8]>, _>("session")?.is_some(),
        })
    }
}

impl Store {
    /// Keeps a view that begins, with its topmost nodes.
    pub(crate) async fn keep_view(
        &self,
        tx: &mut Tx,
        session: TokenHash,
        view: &KeptView,
        tops: &[ViewTop],
    ) -> Result<(), Error> {
        sqlx::query(
            "INSERT INTO views (id, session, actor, user, started_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)",
        )
        .bind(view.id.as_bytes().as_slice())
        .bind(session.as_bytes())
        .bind(view.actor.0)
        .bind(view.user.0)
        .bind(millis(view.started_at))
        .bind(millis(view.expires_at))
        .execute(&mut **tx)
        .await?;
        for top in tops {
            sqlx::query("INSERT INTO view_tops (view, node, user_name) VALUES (?, ?, ?)")
                .bind(view.id.as_bytes().as_slice())
                .bind(top.node.0)
                .bind(&top.user_name)
                .execute(&mut **tx)
                .await?;
        }
        Ok(())
    }

    /// A view that this person began in this session, or in one that has ended since.
    pub(crate) async fn view(
        &self,
        tx: &mut Tx,
        id: Uuid,
        session: TokenHash,
        actor: UserKey,
    ) -> Result<Option<KeptView>, Error> {
        let row = sqlx::query(
            "SELECT * FROM views WHERE id = ? AND actor = ? AND (session = ? OR session IS NULL)",
        )
        .bind(id.as_bytes().as_slice())
        .bind(actor.0)
        .bind(session.as_bytes())
        .fetch_optional(&mut **tx)
        .await?;
        row.as_ref().map(KeptView::of).transpose()
    }

    /// The topmost nodes of a view as it began.
    pub(crate) async fn view_tops(&self, tx: &mut Tx, view: Uuid) -> Result<Vec<ViewTop>, Error> {
        let rows = sqlx::query("SELECT node, user_name FROM view_tops WHERE view = ? ORDER BY node")
            .bind(view.as_bytes().as_slice())
            .fetch_all(&mut **tx)
            .await?;
        rows.iter()
            .map(|row| Ok(ViewTop { node: NodeKey(row.try_get(0)?), user_name: row.try_get(1)? }))
            .collect()
    }

    /// The views that run in a session, the oldest first.
    pub(crate) async fn running_views(
        &self,
        tx: &mut Tx,
        session: TokenHash,
    ) -> Result<Vec<KeptView>, Error> {
        let rows =
            sqlx::query("SELECT * FROM views WHERE session = ? AND ended_at IS NULL ORDER BY started_at, id")
                .bind(session.as_bytes())
                .fetch_all(&mut **tx)
                .await?;
        rows.iter().map(KeptView::of).collect()
    }

    /// The views whose time or whose session is over, and of which nobody has said so yet.
    pub(crate) async fn overdue_views(
        &self,
        tx: &mut Tx,
        now: DateTime<Utc>,
    ) -> Result<Vec<KeptView>, Error> {
        let rows = sqlx::query(
            "SELECT * FROM views WHERE ended_at IS NULL AND (expires_at <= ? OR session IS NULL) \
             ORDER BY expires_at, id",
        )
        .bind(millis(now))
        .fetch_all(&mut **tx)
        .await?;
        rows.iter().map(KeptView::of).collect()
    }

    /// Writes that a view has ended; answers whether that is new.
    pub(crate) async fn end_view(
        &self,
        tx: &mut Tx,
        view: Uuid,
        why: ViewEnd,
        at: DateTime<Utc>,
    ) -> Result<bool, Error> {
        let done =
            sqlx::query("UPDATE views SET ended_at = ?, end_reason = ? WHERE id = ? AND ended_at IS NULL")
                .bind(millis(at))
                .bind(why.wire_name())
                .bind(view.as_bytes().as_slice())
                .execute(&mut **tx)
                .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Forgets views that ended long ago: the audit log has kept them.
    pub(crate) async fn forget_views(&self, tx: &mut Tx, now: DateTime<Utc>) -> Result<(), Error> {
        sqlx::query("DELETE FROM views WHERE ended_at <= ?")
            .bind(millis(now - ENDED_KEPT))
            .execute(&mut **tx)
            .await?;
        Ok(())
    }
}
