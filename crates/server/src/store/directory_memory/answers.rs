//! Answers from the directory in memory.

use studio_users_contract::Total;

use crate::directory_index::{IndexQuery, Snapshot};
use crate::store::directory::query::{DirectoryQuery, ListWindow};
use crate::store::directory::search::Term;
use crate::store::{Error, Store, Tx, UserKey};

/// The number of rows in a scope from which an answer may take more than a millisecond. Other threads compute it.
const MANY_ROWS: usize = if cfg!(test) { 100 } else { 20_000 };

impl Store {
    /// Returns one window of the users that match, and the total. `None` if SQL must answer.
    pub(in crate::store) async fn find_in_memory(
        &self,
        tx: &mut Tx,
        query: &DirectoryQuery<'_>,
    ) -> Result<Option<(Total, Vec<UserKey>)>, Error> {
        let ListWindow { sort, offset, limit } = query.window;
        let found = self.ask_memory(tx, query, move |snapshot, query| {
            snapshot.window(query, sort, offset as usize, limit as usize)
        });
        let found = found.await?;
        Ok(found.map(|(total, users)| (exact(total), users.into_iter().map(UserKey).collect())))
    }

    /// Counts the users that match. `None` if SQL must answer.
    pub(in crate::store) async fn total_in_memory(
        &self,
        tx: &mut Tx,
        query: &DirectoryQuery<'_>,
    ) -> Result<Option<Total>, Error> {
        Ok(self.ask_memory(tx, query, Snapshot::total).await?.map(exact))
    }

    /// Returns the position of a user among those that match. The outer `None` means that SQL must answer.
    pub(in crate::store) async fn position_in_memory(
        &self,
        tx: &mut Tx,
        query: &DirectoryQuery<'_>,
        user: UserKey,
    ) -> Result<Option<Option<u32>>, Error> {
        let sort = query.window.sort;
        let found = self.ask_memory(tx, query, move |snapshot, query| snapshot.position(query, sort, user.0));
        Ok(found.await?.map(|position| position.and_then(|position| u32::try_from(position).ok())))
    }

    async fn ask_memory<T: Send + 'static>(
        &self,
        tx: &mut Tx,
        query: &DirectoryQuery<'_>,
        ask: impl FnOnce(&Snapshot, IndexQuery<'_>) -> T + Send + 'static,
    ) -> Result<Option<T>, Error> {
        let Some(snapshot) = self.directory_snapshot(tx).await? else { return Ok(None) };
        let term = query.filters.search.as_deref().and_then(Term::new);
        let words = term.as_ref().map(Term::words).unwrap_or_default();
        let DirectoryQuery { parts, filters, .. } = query;
        if snapshot.row_count(parts) < MANY_ROWS {
            return Ok(Some(ask(&snapshot, IndexQuery { parts, filters, words })));
        }
        let (parts, filters, words) = (parts.clone(), (*filters).clone(), words.to_vec());
        let asking = tokio::task::spawn_blocking(move || {
            ask(&snapshot, IndexQuery { parts: &parts, filters: &filters, words: &words })
        });
        Ok(Some(asking.await?))
    }
}

fn exact(total: usize) -> Total {
    Total { value: u32::try_from(total).unwrap_or(u32::MAX), exact: true }
}
