//! The events of a database that several servers share.
//!
//! A change writes its events to the table `events` in its own transaction. The write lock makes the order of their
//! positions that of the commits. Each server reads the table in this order into its [`Events`], so that all servers know
//! the same changes under the same ids, and a client can resume its stream at any of them. A notification wakes the
//! servers (<https://www.postgresql.org/docs/current/sql-notify.html>). It may be lost with its connection, so each server
//! also reads the table regularly.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::postgres::{PgListener, PgNotification};
use tokio::sync::Mutex;
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use super::job_kind::{JobKind, JobNotifications};
use super::value::parse_uuid;
use super::{Error, Store, Tx, millis};
use crate::batch;
use crate::events::{Change, Events};
use crate::sql::{self, Pool, Row, SharedPool};

/// The channel of the notifications.
const CHANNEL: &str = "studio_users";
/// The longest time after which a server learns of changes whose notification was lost.
const POLL_INTERVAL: Duration = Duration::from_secs(2);
/// The time after which a server that could not read the changes tries again.
const RETRY_PAUSE: Duration = Duration::from_secs(1);
/// The time for which clients can resume a stream.
const RETENTION: TimeDelta = TimeDelta::hours(1);
/// The time between two deletions of old events.
const CLEANING_INTERVAL: Duration = Duration::from_mins(1);
/// The maximum number of changes that are read at once. A server that has missed more starts its log again.
const MAX_CHANGES: usize = 1_000;

/// The condition for events that every server keeps in its log. The others are for open streams only
/// (`Change::only_live_for`).
macro_rules! names_position {
    () => {
        "change NOT LIKE '{\"kind\":\"job\"%' AND change NOT LIKE '{\"kind\":\"session_ended\"%'"
    };
}

/// The position up to which a server has read the table.
#[derive(Debug)]
pub(super) struct EventFeed {
    events: Arc<Events>,
    read_pool: Pool,
    last: Mutex<i64>,
}

impl EventFeed {
    /// Loads the latest changes.
    pub(super) async fn new(events: Arc<Events>, read_pool: Pool) -> Result<Self, Error> {
        let feed = Self { events, read_pool, last: Mutex::default() };
        *feed.last.lock().await = feed.load().await?;
        Ok(feed)
    }

    /// Publishes the changes that were committed since the last call, in their order.
    pub(super) async fn catch_up(&self) -> Result<(), Error> {
        let mut last = self.last.lock().await;
        let rows = sql::query(
            "SELECT position, id, change FROM events WHERE position > ? ORDER BY position LIMIT ?",
        )
        .bind(*last)
        .bind(i64::try_from(MAX_CHANGES).unwrap_or(i64::MAX) + 1)
        .fetch_all(&mut self.read_pool.begin_read().await?)
        .await?;
        if rows.len() > MAX_CHANGES {
            *last = self.load().await?;
            return Ok(());
        }
        let Some(newest) = rows.last() else { return Ok(()) };
        *last = newest.try_get("position")?;
        self.events.publish(parse(&rows)?);
        Ok(())
    }

    /// Replaces the log by the latest changes. Returns the position of the last row.
    async fn load(&self) -> Result<i64, Error> {
        let mut tx = self.read_pool.begin_read().await?;
        let last: Option<i64> =
            sql::query_scalar("SELECT max(position) FROM events").fetch_one(&mut tx).await?;
        let mut rows = sql::query(concat!(
            "SELECT position, id, change FROM events WHERE ",
            names_position!(),
            " ORDER BY position DESC LIMIT ?"
        ))
        .bind(i64::try_from(MAX_CHANGES).unwrap_or(i64::MAX))
        .fetch_all(&mut tx)
        .await?;
        rows.reverse();
        self.events.load(parse(&rows)?);
        Ok(last.unwrap_or(0))
    }
}

impl Store {
    /// Publishes the changes of other servers, and wakes the lanes of their jobs, as long as the future is polled. On
    /// SQLite, there are no other servers.
    pub(crate) async fn follow_other_servers(&self) {
        let (Some(feed), Pool::Postgres(pool)) = (&self.event_feed, &self.read_pool) else { return };
        loop {
            let Err(error) = self.listen(feed, pool).await;
            tracing::warn!(%error, "the changes of other servers could not be read");
            sleep(RETRY_PAUSE).await;
            pool.wait_until_reachable().await;
        }
    }

    async fn listen(&self, feed: &EventFeed, pool: &SharedPool) -> Result<Infallible, Error> {
        let mut listener = pool.run(PgListener::connect_with(pool.connections())).await?;
        pool.run(listener.listen(CHANNEL)).await?;
        let mut cleaned_at = Instant::now();
        loop {
            // `None` after a lost connection, which the listener has replaced. Notifications may be lost.
            let received = timeout(POLL_INTERVAL, listener.try_recv()).await.unwrap_or(Ok(None))?;
            if let Some(notification) = &received {
                wake_lanes(&self.job_queued, notification);
                self.expect_directory_changes().await?;
            }
            feed.catch_up().await?;
            if cleaned_at.elapsed() >= CLEANING_INTERVAL {
                cleaned_at = Instant::now();
                delete_old_events(pool, self.clock.now()).await?;
            }
        }
    }
}

/// Deletes events that no client needs any more. Keeps the latest that names the position of new streams.
async fn delete_old_events(pool: &SharedPool, now: DateTime<Utc>) -> Result<(), sqlx::Error> {
    let delete = sqlx::query(concat!(
        "DELETE FROM events WHERE created_at < $1 AND position < (SELECT max(position) FROM events WHERE ",
        names_position!(),
        ")"
    ))
    .bind(millis(now - RETENTION))
    .execute(pool.connections());
    pool.run(delete).await?;
    Ok(())
}

/// Writes the events of a change, and notifies all servers after its commit, with the kinds of its new jobs.
pub(super) async fn write_events(
    tx: &mut Tx,
    now: DateTime<Utc>,
    changes: &[(Uuid, Change)],
    jobs: &[JobKind],
) -> Result<(), Error> {
    let rows: Vec<(Uuid, String)> = changes
        .iter()
        .map(|(id, change)| {
            let json =
                serde_json::to_string(change).map_err(|error| Error::InvalidData(error.to_string()))?;
            Ok((*id, json))
        })
        .collect::<Result<_, Error>>()?;
    batch::insert(tx, "events", ["id", "created_at", "change"], &rows, |row, (id, change)| {
        row.push_bind(id.as_bytes().to_vec()).push_bind(millis(now)).push_bind(change);
    })
    .await?;
    if !(changes.is_empty() && jobs.is_empty()) {
        let kinds: Vec<&str> = jobs.iter().map(|kind| kind.name()).collect();
        sql::query("SELECT pg_notify(?, ?)").bind(CHANNEL).bind(kinds.join(" ")).fetch_all(tx).await?;
    }
    Ok(())
}

fn wake_lanes(lanes: &JobNotifications, notification: &PgNotification) {
    let kinds = notification.payload().split(' ');
    for kind in kinds.filter_map(|name| JobKind::ALL.into_iter().find(|kind| kind.name() == name)) {
        lanes.of(kind).notify_one();
    }
}

fn parse(rows: &[Row]) -> Result<Vec<(Uuid, Change)>, Error> {
    rows.iter()
        .map(|row| {
            // A change that cannot be read was written by another version of the program.
            let change = serde_json::from_str(row.try_get("change")?).unwrap_or(Change::Reset);
            Ok((parse_uuid(row.try_get("id")?)?, change))
        })
        .collect()
}
