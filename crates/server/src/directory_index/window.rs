//! Windows of a list, and positions in it.

use studio_users_contract::{Sort, SortKey};

use super::bitmap::Bitmap;
use super::matches::{Matches, ScopeKey};
use super::orders::{TextEntry, TimeEntry};
use super::walk::Walk;
use super::{IndexQuery, Snapshot};

/// A piece of a list.
enum Segment<'a> {
    /// Users in the order of their numbers.
    Numbers(Bitmap),
    /// Users in the order of their names or addresses.
    Texts(Walk<'a, TextEntry>),
    /// Users in the order of a time.
    Times(Walk<'a, TimeEntry>),
}

impl Segment<'_> {
    fn len(&self) -> usize {
        match self {
            Self::Numbers(users) => users.len(),
            Self::Texts(walk) => walk.len(),
            Self::Times(walk) => walk.len(),
        }
    }

    fn window(&self, skip: usize, take: usize) -> Vec<u32> {
        match self {
            Self::Numbers(users) => users.iter_from(skip).take(take).collect(),
            Self::Texts(walk) => walk.window(skip, take),
            Self::Times(walk) => walk.window(skip, take),
        }
    }

    /// Returns the position of a user. `None` if the piece does not contain the user.
    fn rank(&self, user: u32) -> Option<usize> {
        match self {
            Self::Numbers(users) => users.contains(user).then(|| users.rank(user)),
            Self::Texts(walk) => walk.contains(user).then(|| walk.rank(user)),
            Self::Times(walk) => walk.contains(user).then(|| walk.rank(user)),
        }
    }
}

impl Snapshot {
    /// Returns the row ids of `limit` users after `offset` ones, and the number of users that match.
    pub(crate) fn window(
        &self,
        query: IndexQuery<'_>,
        sort: Sort,
        offset: usize,
        limit: usize,
    ) -> (usize, Vec<i64>) {
        let key = ScopeKey::new(query);
        let matches = self.matches(&key, query);
        let total = matches.len();
        let (mut skip, mut users) = (offset, Vec::new());
        for segment in self.segments(&key, &matches, sort) {
            let length = segment.len();
            if users.len() < limit && skip < length {
                users.extend(segment.window(skip, limit - users.len()));
            }
            skip = skip.saturating_sub(length);
        }
        let numbers = self.numbers();
        (total, users.into_iter().filter_map(|user| numbers.row_id(user)).collect())
    }

    /// Returns the position of a user in the list, from 0. `None` if the user does not match.
    pub(crate) fn position(&self, query: IndexQuery<'_>, sort: Sort, user: i64) -> Option<usize> {
        let user = self.numbers().get(user)?;
        let key = ScopeKey::new(query);
        let matches = self.matches(&key, query);
        let mut before = 0;
        for segment in self.segments(&key, &matches, sort) {
            if let Some(rank) = segment.rank(user) {
                return Some(before + rank);
            }
            before += segment.len();
        }
        None
    }

    /// Splits a list into pieces, in their order.
    fn segments<'a>(&'a self, scope: &'a ScopeKey, matches: &Matches, sort: Sort) -> Vec<Segment<'a>> {
        let Sort { key, descending } = sort;
        let active = &matches.by_status[0];
        let texts = |users: [Bitmap; 2]| {
            let entry = |walk: &Walk<'_, TextEntry>, user| {
                if walk.users[1].contains(user) { TextEntry::name(user) } else { TextEntry::email(user) }
            };
            vec![Segment::Texts(Walk {
                snapshot: self,
                scope,
                list: &self.by_text,
                users,
                entry,
                descending,
            })]
        };
        match key {
            SortKey::Name => {
                let by_name = active.and(&self.named);
                texts([matches.all().minus(&by_name), by_name])
            }
            SortKey::Email => texts([matches.all(), Bitmap::default()]),
            SortKey::Status => {
                let mut segments = matches.by_status.clone().map(Segment::Numbers);
                if descending {
                    segments.reverse();
                }
                segments.into()
            }
            SortKey::LastActiveAt => {
                // Managers do not see the activity of users who have not joined.
                let with_activity = active.and(&self.with_activity);
                let without = Segment::Numbers(matches.all().minus(&with_activity));
                let entry = |walk: &Walk<'_, TimeEntry>, user| {
                    TimeEntry::new(walk.snapshot.last_active.get(user).unwrap_or_default(), user)
                };
                let (list, users) = (&self.by_activity, [with_activity, Bitmap::default()]);
                vec![Segment::Times(Walk { snapshot: self, scope, list, users, entry, descending }), without]
            }
            SortKey::CreatedAt => {
                let entry = |walk: &Walk<'_, TimeEntry>, user| {
                    let time = walk.snapshot.created_in(walk.scope, user);
                    TimeEntry::new(time.unwrap_or_default(), user)
                };
                let (list, users) = (&self.by_creation, [matches.all(), Bitmap::default()]);
                vec![Segment::Times(Walk { snapshot: self, scope, list, users, entry, descending })]
            }
        }
    }

    /// Returns the creation time of a user as the managers of a scope see it: that of the account, or of the oldest
    /// invitation in the scope if the user has not joined there.
    pub(super) fn created_in(&self, scope: &ScopeKey, user: u32) -> Option<i64> {
        let single = self.created.get(user);
        if single.is_some() {
            return single;
        }
        let is_within = |part| scope.parts.binary_search(&part).is_ok();
        let within = self.created_by_row.get(user).iter().filter(|row| is_within(row.part));
        let joined = within.clone().filter(|row| row.is_joined).map(|row| row.created_at).max();
        joined.or_else(|| within.map(|row| row.created_at).min())
    }
}
