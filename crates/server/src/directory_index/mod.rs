//! The directory in memory: answers windows, totals and searches of the list of users without the database.
//!
//! It holds the rows of the `directory` table and the folded texts of the users, and gives the same results as
//! `store::directory`. It knows no database: the store loads it and hands over each change.
//!
//! # Versions
//!
//! A [`Snapshot`] is an immutable version. A change creates the next one, and copies only the pieces that differ: pages of
//! 2048 numbers, and chunks of 2048 entries of the sorted lists. So readers never wait for a writer, and all answers of one
//! snapshot agree. A change of thousands of users copies most pieces, so it takes up to twice the memory while a reader
//! has an older snapshot.
//!
//! # Row ids
//!
//! Callers name users by their row ids, which must be below 2³¹. Inside, a user has a number in the bitmaps and pages
//! (`numbers.rs`), which breaks ties in all orders. A load numbers all users, with free numbers between them. With a
//! million users, a new one finds no free number after about 19,000 others, and everything is loaded again. Keys of parts
//! must be below 2³².
//!
//! # Erased users
//!
//! No version after [`DirectoryIndex::update`] contains the texts of a removed user, because a change rewrites the page of
//! the user. There is no garbage to collect later. Earlier versions are released when their last reader ends, and at the
//! first use of the index after 2 seconds. The caches contain user numbers and the words of recent searches, and no
//! texts of users.

mod bitmap;
mod cache;
mod changes;
mod chunks;
mod columns;
mod found;
mod load;
mod matches;
mod numbers;
mod orders;
mod parts;
mod search;
mod signature;
mod texts;
mod update;
mod versions;
mod walk;
mod window;

#[cfg(test)]
mod tests;

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use studio_users_contract::UserFilters;

use bitmap::Bitmap;
use cache::Cache;
use changes::ChangeLog;
use chunks::Chunks;
use columns::{Slices, Times};
pub(crate) use load::Loader;
use matches::{Matches, ScopeKey};
use numbers::Numbers;
use orders::{SortTexts, TextEntry, TimeEntry};
pub(crate) use parts::IndexRow;
use parts::{Part, Parts};
use search::WordMatches;
use texts::Texts;
use update::CreatedRow;
pub(crate) use update::UserEntry;
pub(crate) use versions::DirectoryIndex;

/// Why the index cannot hold a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum IndexError {
    /// A row id of a user, or a key of a part, is out of range. Or a load adds a user with a row id below another one.
    #[error("the id {0} does not fit in the directory in memory")]
    OutOfRange(i64),
    /// There is no free number between those of the neighbours of a new user. The next load numbers all users again.
    #[error("the directory in memory has no free number for a new user")]
    NoFreeNumber,
}

/// The users that a list contains.
#[derive(Debug, Clone, Copy)]
pub(crate) struct IndexQuery<'a> {
    /// The keys of the parts of the scope.
    pub(crate) parts: &'a [i64],
    /// The filters. The index ignores `search` and `nodes`: the caller derives `words` and `parts` from them.
    pub(crate) filters: &'a UserFilters,
    /// The folded words of the search. Each must occur in the address, or in the name of a user who has joined.
    pub(crate) words: &'a [String],
}

/// A version of the directory.
#[derive(Debug, Clone, Default)]
pub(crate) struct Snapshot {
    version: Option<i64>,
    /// All versions since a load have the same numbers.
    numbers: Arc<RwLock<Numbers>>,
    emails: Texts,
    names: Texts,
    named: Arc<Bitmap>,
    last_active: Times,
    with_activity: Arc<Bitmap>,
    /// The creation time of users with the same one in all rows.
    created: Times,
    /// The rows of users with several creation times: a user who joined one part and is invited to another.
    created_by_row: Slices<CreatedRow>,
    parts: Parts,
    /// The parts of each user.
    parts_of_users: Slices<u32>,
    by_text: Chunks<TextEntry>,
    by_creation: Chunks<TimeEntry>,
    by_activity: Chunks<TimeEntry>,
    changes: ChangeLog,
    caches: Arc<Caches>,
}

/// The caches, which all versions share.
#[derive(Debug, Default)]
struct Caches {
    scopes: Cache<ScopeKey, Matches>,
    words: Cache<String, WordMatches>,
}

impl Snapshot {
    /// Returns the version that the last update set. `None` before the load, and before the first update after it.
    pub(crate) fn version(&self) -> Option<i64> {
        self.version
    }

    /// Returns the number of rows in these parts: a measure of the time that a query takes.
    pub(crate) fn row_count(&self, parts: &[i64]) -> usize {
        let parts = parts.iter().filter_map(|&part| part_number(part).ok());
        parts.filter_map(|part| self.parts.get(part)).map(Part::len).sum()
    }

    fn numbers(&self) -> RwLockReadGuard<'_, Numbers> {
        self.numbers.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn sort_texts(&self) -> SortTexts<'_> {
        SortTexts { names: &self.names, emails: &self.emails }
    }
}

fn part_number(part: i64) -> Result<u32, IndexError> {
    u32::try_from(part).map_err(|_| IndexError::OutOfRange(part))
}
