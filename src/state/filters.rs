use chrono::{DateTime, TimeDelta, Utc};
use studio_users_contract::{Sort, UserFilters};
use studio_users_domain::{NodeId, RoleSet, Status};

/// The filters of the users table. A user must match all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filters {
    /// The search text. Empty for no search.
    pub search: String,
    /// Only users with access at or below any of these nodes. Empty for all.
    pub nodes: Vec<NodeId>,
    /// Only users with a role assigned at these nodes, not users who only inherit one.
    pub assigned: bool,
    /// Only users with any of these roles. Empty for all.
    pub roles: RoleSet,
    /// Only users with any of these statuses. Empty for all.
    pub statuses: Vec<Status>,
    /// Only users whose invitation e-mail did not arrive.
    pub undelivered: bool,
    /// Only users active within this time.
    pub active: Option<ActiveWithin>,
}

/// A time span that ends now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ActiveWithin {
    /// 24 hours.
    Day,
    /// 7 days.
    Week,
    /// 30 days.
    Month,
    /// 90 days.
    Quarter,
}

/// The filters and the sort order that identify a list of users.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct List {
    /// The filters.
    pub filters: Filters,
    /// The sort order.
    pub sort: Sort,
}

impl Filters {
    /// Returns the filters as the backend knows them at this time.
    pub fn at(&self, now: DateTime<Utc>) -> UserFilters {
        let search = Some(self.search.trim().to_owned()).filter(|search| !search.is_empty());
        UserFilters { search, active_since: self.active.map(|span| span.since(now)), ..self.timeless() }
    }

    /// Returns the filters that do not depend on the time, as the URL has them.
    pub(super) fn timeless(&self) -> UserFilters {
        let Self { search, nodes, assigned, roles, statuses, undelivered, .. } = self.clone();
        let search = Some(search).filter(|search| !search.is_empty());
        UserFilters { search, nodes, roles, assigned, statuses, undelivered, active_since: None }
    }

    /// Whether any filter besides the search is set.
    pub fn are_set(&self) -> bool {
        *self != Self { search: self.search.clone(), ..Self::default() }
    }

    /// Whether neither a filter nor a search is set.
    pub fn are_empty(&self) -> bool {
        !self.are_set() && self.search.trim().is_empty()
    }
}

impl ActiveWithin {
    /// Every span, the shortest first.
    pub const ALL: [Self; 4] = [Self::Day, Self::Week, Self::Month, Self::Quarter];

    /// The length in days.
    pub const fn days(self) -> u32 {
        match self {
            Self::Day => 1,
            Self::Week => 7,
            Self::Month => 30,
            Self::Quarter => 90,
        }
    }

    /// The start of the span.
    pub fn since(self, now: DateTime<Utc>) -> DateTime<Utc> {
        now - TimeDelta::days(self.days().into())
    }
}
