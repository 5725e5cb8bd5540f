use chrono::{DateTime, FixedOffset, Utc};
use studio_users_contract::{Sort, SortKey, Total, UserRow};
use studio_users_domain::Status;

use crate::i18n::format::{self, Unit};
use crate::i18n::{Language, isolated, messages};

/// How long ago something was, as exactly as a reader wants to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ago {
    /// Within this minute, or ahead of a clock that is behind.
    Now,
    /// So many of a unit.
    Units(i32, Unit),
    /// A day of this year.
    Day,
    /// A day of another year.
    DayOfYear,
}

impl Ago {
    /// How long before now the time is. Minutes and hours as they have passed; days by the reader's calendar.
    pub(super) fn of(time: DateTime<Utc>, now: DateTime<Utc>, offset: FixedOffset) -> Self {
        let passed = now - time;
        let (then, today) =
            (time.with_timezone(&offset).date_naive(), now.with_timezone(&offset).date_naive());
        let units = |count: i64, unit| Self::Units(i32::try_from(count).unwrap_or(i32::MAX), unit);
        match ((today - then).num_days(), passed.num_minutes()) {
            (_, ..1) => Self::Now,
            (_, minutes @ 1..60) => units(minutes, Unit::Minute),
            (_, minutes) if passed.num_hours() < 12 => units(minutes / 60, Unit::Hour),
            (0, minutes) => units(minutes / 60, Unit::Hour),
            (days @ 1..7, _) => units(days, Unit::Day),
            _ if chrono::Datelike::year(&then) == chrono::Datelike::year(&today) => Self::Day,
            _ => Self::DayOfYear,
        }
    }
}

/// When the user was last active.
pub(super) fn last_active(
    language: Language,
    time: DateTime<Utc>,
    now: DateTime<Utc>,
    offset: FixedOffset,
) -> String {
    match Ago::of(time, now, offset) {
        Ago::Now => messages::now(language).into(),
        Ago::Units(count, unit) => format::capitalised(&format::ago(language, count, unit)),
        Ago::Day => format::day(language, time),
        Ago::DayOfYear => format::day_of_year(language, time),
    }
}

/// When the account was made: by the day, and by the minute if it was today.
pub(super) fn created(
    language: Language,
    time: DateTime<Utc>,
    now: DateTime<Utc>,
    offset: FixedOffset,
) -> String {
    let day = |time: DateTime<Utc>| time.with_timezone(&offset).date_naive();
    match (day(now) - day(time)).num_days() {
        ..=0 => messages::today_at(language, &format::time_of_day(language, time)),
        1 => format::capitalised(&format::ago(language, 1, Unit::Day)),
        _ if Ago::of(time, now, offset) == Ago::DayOfYear => format::day_of_year(language, time),
        _ => format::day(language, time),
    }
}

/// What is left of an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TimeLeft {
    /// So many days, at least two.
    Days(u32),
    /// It ends tomorrow.
    OneDay,
    /// It ends today.
    Today,
    /// None, since so many days.
    Expired(i32),
}

impl TimeLeft {
    /// What is left until the time of expiry, in days of the reader's calendar.
    pub(super) fn until(expires_at: DateTime<Utc>, now: DateTime<Utc>, offset: FixedOffset) -> Self {
        let day = |time: DateTime<Utc>| time.with_timezone(&offset).date_naive();
        let days = (day(expires_at) - day(now)).num_days();
        if expires_at <= now {
            return Self::Expired(i32::try_from(-days).unwrap_or(i32::MAX));
        }
        match u32::try_from(days).unwrap_or(0) {
            0 => Self::Today,
            1 => Self::OneDay,
            days => Self::Days(days),
        }
    }
}

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
    use chrono::TimeDelta;

    /// Noon in London, one o'clock in Amsterdam.
    const NOW: DateTime<Utc> = DateTime::from_timestamp(1_795_435_200, 0).unwrap();

    fn ago(passed: TimeDelta) -> Ago {
        Ago::of(NOW - passed, NOW, FixedOffset::east_opt(3_600).unwrap())
    }

    #[test]
    fn minutes_and_hours_are_counted_as_they_pass() {
        assert_eq!(ago(TimeDelta::seconds(59)), Ago::Now);
        assert_eq!(ago(TimeDelta::minutes(59)), Ago::Units(59, Unit::Minute));
        assert_eq!(ago(TimeDelta::minutes(119)), Ago::Units(1, Unit::Hour));
        assert_eq!(ago(TimeDelta::hours(11)), Ago::Units(11, Unit::Hour));
    }

    #[test]
    fn days_are_those_of_the_readers_calendar() {
        // At half past midnight local time it is still the evening before in UTC.
        assert_eq!(ago(TimeDelta::minutes(12 * 60 + 30)), Ago::Units(12, Unit::Hour));
        assert_eq!(ago(TimeDelta::minutes(13 * 60 + 1)), Ago::Units(1, Unit::Day));
        assert_eq!(ago(TimeDelta::days(6)), Ago::Units(6, Unit::Day));
        assert_eq!(ago(TimeDelta::days(7)), Ago::Day);
        assert_eq!(ago(TimeDelta::days(360)), Ago::DayOfYear);
    }

    #[test]
    fn a_clock_that_is_behind_still_says_now() {
        assert_eq!(ago(TimeDelta::minutes(-5)), Ago::Now);
    }

    #[test]
    fn an_invitation_counts_down_and_then_back() {
        // It is one o'clock in the afternoon for the reader.
        let left = |time| TimeLeft::until(NOW + time, NOW, FixedOffset::east_opt(3_600).unwrap());
        assert_eq!(left(TimeDelta::days(14)), TimeLeft::Days(14));
        assert_eq!(left(TimeDelta::hours(35)), TimeLeft::Days(2));
        assert_eq!(left(TimeDelta::hours(34)), TimeLeft::OneDay);
        assert_eq!(left(TimeDelta::hours(11)), TimeLeft::OneDay);
        assert_eq!(left(TimeDelta::hours(10)), TimeLeft::Today);
        assert_eq!(left(TimeDelta::zero()), TimeLeft::Expired(0));
        assert_eq!(left(TimeDelta::hours(-14)), TimeLeft::Expired(1));
    }

    #[test]
    fn a_second_click_turns_the_order_round() {
        let by_name = toggled(Sort { key: SortKey::CreatedAt, descending: true }, SortKey::Name);
        assert_eq!(by_name, Sort { key: SortKey::Name, descending: false });
        assert!(toggled(by_name, SortKey::Name).descending);
        assert!(toggled(by_name, SortKey::LastActiveAt).descending);
    }
}
