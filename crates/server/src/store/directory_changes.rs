//! The changes of the directory, for the directories in memory of all servers.
//!
//! A change writes the row ids of its users to the table `directory_changes`, in its own transaction. The write lock makes
//! the order of the positions that of the commits. A server that has read up to a position reads the rows after it.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicI64, Ordering};

use tokio::sync::Notify;

use super::{Error, MetaKey, Tx, UserKey, meta, set_meta};
use crate::sql::{self, QueryBuilder, either};

/// The maximum number of users in one change. Above it, reading everything is faster.
const MAX_USERS: usize = if cfg!(test) { 10 } else { 1_000 };
/// The number of rows that are kept. A server that has missed more reads everything.
const KEPT_ROWS: i64 = if cfg!(test) { 50 } else { 10_000 };
/// Old rows are deleted whenever this many were added.
const DELETION_INTERVAL: i64 = if cfg!(test) { 10 } else { 1_000 };

/// The changes of one transaction.
#[derive(Debug, Default)]
pub(super) struct DirectoryChanges {
    users: BTreeSet<i64>,
    version: Option<i64>,
}

/// The users that changed after a position.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum ChangedUsers {
    /// These users, up to the second position.
    Some(BTreeSet<i64>, i64),
    /// All users may have changed.
    All,
}

/// Tells the directory in memory of the changes.
#[derive(Debug, Default)]
pub(super) struct ChangeNotification {
    /// The highest version that is committed as far as this server knows, so that it will be in memory soon.
    expected: AtomicI64,
    /// Wakes the task that updates the directory in memory.
    changed: Notify,
}

impl ChangeNotification {
    /// Records that a version is committed, or is about to be.
    pub(super) fn expect(&self, version: i64) {
        self.expected.fetch_max(version, Ordering::Relaxed);
    }

    /// Returns the highest version that is expected.
    pub(super) fn expected(&self) -> i64 {
        self.expected.load(Ordering::Relaxed)
    }

    /// Wakes the task that updates the directory in memory.
    pub(super) fn wake(&self) {
        self.changed.notify_one();
    }

    /// Waits until [`Self::wake`].
    pub(super) async fn woken(&self) {
        self.changed.notified().await;
    }
}

impl DirectoryChanges {
    /// Adds a user.
    pub(super) fn add(&mut self, user: UserKey) {
        self.users.insert(user.0);
    }

    /// Sets the version of the directory after the changes.
    pub(super) fn set_version(&mut self, version: i64) {
        self.version = Some(version);
    }

    /// Returns the version of the directory after the changes. `None` if there are none apart from activity.
    pub(super) fn version(&self) -> Option<i64> {
        self.version
    }

    /// Writes the changes to the table.
    pub(super) async fn write(&self, tx: &mut Tx) -> Result<(), Error> {
        if self.users.len() > MAX_USERS {
            return mark_all_changed(tx).await;
        }
        if self.users.is_empty() {
            return Ok(());
        }
        let positions: Vec<i64> = sql::query_scalar(either(
            "INSERT INTO directory_changes (user_pk) SELECT value FROM json_each(?) RETURNING position",
            "INSERT INTO directory_changes (user_pk) SELECT unnest(CAST(? AS BIGINT[])) RETURNING position",
        ))
        .bind(self.users.iter().copied().collect::<Vec<i64>>())
        .fetch_all(tx)
        .await?;
        let (first, last) = (positions.iter().min().copied(), positions.iter().max().copied());
        if let (Some(first), Some(last)) = (first, last)
            && last / DELETION_INTERVAL > (first - 1) / DELETION_INTERVAL
        {
            delete_old(tx, last - KEPT_ROWS).await?;
        }
        Ok(())
    }
}

/// Writes that the rows of all users may have changed.
pub(super) async fn mark_all_changed(tx: &mut Tx) -> Result<(), Error> {
    sql::query("INSERT INTO directory_changes (user_pk) VALUES (NULL)").execute(tx).await?;
    Ok(())
}

async fn delete_old(tx: &mut Tx, before: i64) -> Result<(), Error> {
    let deleted =
        sql::query("DELETE FROM directory_changes WHERE position < ?").bind(before).execute(tx).await?;
    if deleted > 0 {
        set_meta(tx, MetaKey::DirectoryChangesFrom, Some(before - 1)).await?;
    }
    Ok(())
}

/// Returns the last position.
pub(super) async fn last_position(tx: &mut Tx) -> Result<i64, Error> {
    let last: Option<i64> =
        sql::query_scalar("SELECT max(position) FROM directory_changes").fetch_one(tx).await?;
    Ok(last.unwrap_or(0))
}

/// Returns the users that changed after a position.
pub(super) async fn changed_users(tx: &mut Tx, after: i64) -> Result<ChangedUsers, Error> {
    let mut sql = QueryBuilder::new(tx.dialect(), "SELECT position, user_pk FROM directory_changes");
    sql.push(" WHERE position > ").push_bind(after).push(" ORDER BY position");
    let rows: Vec<(i64, Option<i64>)> = sql.build_query_as().fetch_all(tx).await?;
    let Some(&(last, _)) = rows.last() else { return Ok(ChangedUsers::Some(BTreeSet::new(), after)) };
    // The latest rows are always kept, so some are missing only if there are later ones.
    let has_all = meta(tx, MetaKey::DirectoryChangesFrom).await?.is_none_or(|deleted| deleted <= after);
    let users: Option<BTreeSet<i64>> = rows.into_iter().map(|(_, user)| user).collect();
    Ok(users.filter(|_| has_all).map_or(ChangedUsers::All, |users| ChangedUsers::Some(users, last)))
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;
    use crate::store::Store;
    use crate::testing::open_store;

    async fn commit(store: &Store, users: impl IntoIterator<Item = i64>) -> i64 {
        let mut write = store.write().await.unwrap();
        users.into_iter().for_each(|user| write.mark_listed_user_changed(UserKey(user)));
        write.commit().await.unwrap();
        last_position(&mut store.read().await.unwrap()).await.unwrap()
    }

    async fn changed(store: &Store, after: i64) -> ChangedUsers {
        changed_users(&mut store.read().await.unwrap(), after).await.unwrap()
    }

    #[tokio::test]
    async fn lists_the_users_after_a_position() {
        let folder = TempDir::new().unwrap();
        let store = open_store(folder.path()).await;
        let start = last_position(&mut store.read().await.unwrap()).await.unwrap();
        let first = commit(&store, [7, 5, 7]).await;
        let second = commit(&store, [9]).await;
        assert_eq!(changed(&store, start).await, ChangedUsers::Some([5, 7, 9].into(), second));
        assert_eq!(changed(&store, first).await, ChangedUsers::Some([9].into(), second));
        assert_eq!(commit(&store, []).await, second);
        assert_eq!(changed(&store, second).await, ChangedUsers::Some([].into(), second));
        let third = commit(&store, 0..=10).await;
        assert_eq!(changed(&store, second).await, ChangedUsers::All, "too many users");
        assert_eq!(changed(&store, third).await, ChangedUsers::Some([].into(), third));
        let mut write = store.write().await.unwrap();
        write.mark_listed_user_changed(UserKey(1));
        mark_all_changed(&mut write).await.unwrap();
        write.commit().await.unwrap();
        assert_eq!(changed(&store, third).await, ChangedUsers::All);
    }

    #[tokio::test]
    async fn notices_that_rows_were_deleted() {
        let folder = TempDir::new().unwrap();
        let store = open_store(folder.path()).await;
        let mut positions = Vec::new();
        for user in 0..60 {
            positions.push(commit(&store, [2 * user, 2 * user + 1]).await);
        }
        let mut tx = store.read().await.unwrap();
        let kept: i64 =
            sql::query_scalar("SELECT count(*) FROM directory_changes").fetch_one(&mut tx).await.unwrap();
        assert!((KEPT_ROWS..=KEPT_ROWS + DELETION_INTERVAL).contains(&kept), "{kept}");
        let mut known = 0;
        for (user, &position) in (0..60).zip(&positions) {
            match changed_users(&mut tx, position).await.unwrap() {
                ChangedUsers::All => assert_eq!(known, 0, "only old positions"),
                ChangedUsers::Some(users, last) => {
                    known += 1;
                    assert_eq!((users, Some(&last)), ((2 * user + 2..120).collect(), positions.last()));
                }
            }
        }
        assert!((KEPT_ROWS / 2..60).contains(&known), "{known}");
    }
}
