//! The row ids of users and nodes, and times as the database stores them. Modules below the store use them
//! too.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use studio_users_domain::UserId;

/// The row id of a user: the first 31 bits of their UUID.
///
/// UUIDs of version 4 are random, so these bits are too; the store draws another UUID while the row id is
/// taken. The order by row id is then the order by UUID, which breaks ties in lists, and the search index
/// stores small numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct UserKey(pub(crate) i64);

/// The row id of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct NodeKey(pub(crate) i64);

impl UserKey {
    /// Returns the row id of an account that was read from the database, or that is created with this id.
    ///
    /// Another id may have the same first bits. So an id from anywhere else, such as a request or the audit log, is
    /// looked up with [`user_keys`](crate::store::user_keys), which compares whole ids. `tests/architecture.rs` lists
    /// the modules that may call this function.
    pub(crate) fn of_account(id: UserId) -> Self {
        let bytes = id.0.as_bytes();
        Self(i64::from(u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]) >> 1))
    }
}

/// Returns a time as the database stores it: in milliseconds since 1970.
pub(crate) fn millis(time: DateTime<Utc>) -> i64 {
    time.timestamp_millis()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn row_ids_sort_like_uuids() {
        let id = |text: &str| text.parse::<UserId>().unwrap();
        let low = id("0fffffff-0000-4000-8000-000000000000");
        let high = id("f0000000-0000-4000-8000-000000000000");
        assert!(UserKey::of_account(low) < UserKey::of_account(high));
        assert!(UserKey::of_account(high).0 <= i64::from(i32::MAX));
    }
}
