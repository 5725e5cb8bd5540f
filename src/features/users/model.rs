use chrono::{DateTime, FixedOffset, Utc};
use studio_users_contract::{Sort, SortKey, Total, UserRow, UsersQuery};
use studio_users_domain::Status;

use crate::i18n::format::{self, Unit};
use crate::i18n::moment::TimeLeft;
use crate::i18n::{Language, isolated, messages};
use crate::state::UsersPlace;

/// The line below the address of somebody who has not joined.
pub(super) fn invitation_line(
    language: Language,
    row: &UserRow,
    by_reader: bool,
    now: DateTime<Utc>,
    offset: FixedOffset,
) -> String {
    let Some(invitation) = &row.invitation else { return String::new() };
    let who = match &invitation.invited_by {
        Some(_) if by_reader => messages::invited_by_you(language).into(),
        Some(inviter) => messages::invited_by(language, &isolated(&inviter.name)),
        None => messages::invitation(language).to_string(),
    };
    match TimeLeft::until(invitation.expires_at, now, offset) {
        TimeLeft::Days(days) => {
            messages::invitation_days_left(language, &who, &format::number(language, days))
        }
        TimeLeft::OneDay => messages::invitation_one_day_left(language, &who),
        TimeLeft::Today => messages::invitation_ends_today(language, &who),
        TimeLeft::Expired(days) => {
            messages::invitation_expired(language, &format::ago(language, days, Unit::Day))
        }
    }
}

/// What is asked of the backend for a list.
pub(super) fn query(place: &UsersPlace, now: DateTime<Utc>) -> UsersQuery {
    let filters = &place.filters;
    UsersQuery {
        search: Some(filters.search.trim().to_owned()).filter(|search| !search.is_empty()),
        nodes: filters.nodes.clone(),
        roles: filters.roles,
        statuses: filters.statuses.clone(),
        active_since: filters.active.map(|span| span.since(now)),
        sort: Some(place.sort),
        ..UsersQuery::default()
    }
}

/// A number of users, with a mark where there are more.
pub(super) fn total(language: Language, total: Total) -> String {
    let number = format::number(language, total.value);
    if total.exact { number } else { messages::at_least(language, &number) }
}

/// The order that a click on a column's header asks for: the other way round where it is ordered by already, else
/// letters from the first and times from the latest.
pub(super) fn toggled(sort: Sort, key: SortKey) -> Sort {
    let descending = if sort.key == key {
        !sort.descending
    } else {
        matches!(key, SortKey::LastActiveAt | SortKey::CreatedAt)
    };
    Sort { key, descending }
}

pub(super) const fn status_name(language: Language, status: Status) -> &'static str {
    match status {
        Status::Active => messages::active(language),
        Status::Invited => messages::invited(language),
        Status::Expired => messages::expired(language),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_click_turns_the_order_round() {
        let by_name = toggled(Sort { key: SortKey::CreatedAt, descending: true }, SortKey::Name);
        assert_eq!(by_name, Sort { key: SortKey::Name, descending: false });
        assert!(toggled(by_name, SortKey::Name).descending);
        assert!(toggled(by_name, SortKey::LastActiveAt).descending);
    }
}
