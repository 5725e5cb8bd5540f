use chrono::{DateTime, TimeZone, Utc};
use studio_users_contract::{Sort, SortKey, Total, UserRow, UsersQuery};

use crate::i18n::format::{self, Unit};
use crate::i18n::relative_time::TimeLeft;
use crate::i18n::{Language, isolated, messages};
use crate::state::List;

/// Returns the line below the email address of a user who has an open or expired invitation.
///
/// `is_inviter` is whether the current user sent the invitation.
pub(crate) fn invitation_line(
    language: Language,
    row: &UserRow,
    is_inviter: bool,
    now: DateTime<Utc>,
    zone: &impl TimeZone,
) -> String {
    let Some(invitation) = &row.invitation else { return String::new() };
    if invitation.unacceptable {
        return messages::invitation_blocked(language).to_owned();
    }
    if invitation.undelivered {
        return messages::invitation_undelivered(language).to_owned();
    }
    let subject = match &row.invited_by {
        Some(_) if is_inviter => messages::invited_by_you(language).into(),
        Some(inviter) => messages::invited_by(language, &isolated(&inviter.name)),
        None => messages::invited(language).to_string(),
    };
    match TimeLeft::until(invitation.expires_at, now, zone) {
        TimeLeft::Days(days) => {
            messages::invitation_days_left(language, &subject, &format::number(language, days))
        }
        TimeLeft::OneDay => messages::invitation_one_day_left(language, &subject),
        TimeLeft::Today => messages::invitation_expires_today(language, &subject),
        TimeLeft::Expired(days) => {
            messages::invitation_expired(language, &format::ago(language, days, Unit::Day))
        }
    }
}

/// Builds the backend query for a list, without an offset and limit.
pub(crate) fn query(list: &List, now: DateTime<Utc>) -> UsersQuery {
    UsersQuery { filters: list.filters.at(now), sort: Some(list.sort), ..UsersQuery::default() }
}

/// Formats a number of users, with a plus sign where it is a lower bound.
pub(crate) fn format_total(language: Language, total: Total) -> String {
    let number = format::number(language, total.value);
    if total.exact { number } else { messages::at_least(language, &number) }
}

/// Returns the sort order after a click on a column's header. It reverses the current sort column, and otherwise sorts
/// text ascending and times descending.
pub(crate) fn toggled_sort(sort: Sort, key: SortKey) -> Sort {
    let descending = if sort.key == key {
        !sort.descending
    } else {
        matches!(key, SortKey::LastActiveAt | SortKey::CreatedAt)
    };
    Sort { key, descending }
}

/// The label of a sort key.
pub(crate) fn sort_name(language: Language, key: SortKey) -> &'static str {
    match key {
        SortKey::Name => messages::name(language),
        SortKey::Email => messages::email_address(language),
        SortKey::Status => messages::status(language),
        SortKey::LastActiveAt => messages::last_active(language),
        SortKey::CreatedAt => messages::created(language),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reverses_the_order_on_the_second_click() {
        let by_name = toggled_sort(Sort { key: SortKey::CreatedAt, descending: true }, SortKey::Name);
        assert_eq!(by_name, Sort { key: SortKey::Name, descending: false });
        assert!(toggled_sort(by_name, SortKey::Name).descending);
        assert!(toggled_sort(by_name, SortKey::LastActiveAt).descending);
    }
}
