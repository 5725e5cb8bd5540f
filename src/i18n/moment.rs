//! Times in words: how long ago, and how much is left.

use chrono::{DateTime, FixedOffset, Utc};

use super::format::{self, Unit};
use super::{Language, messages};

/// How long ago something was, as exactly as a reader wants to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ago {
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
    pub fn of(time: DateTime<Utc>, now: DateTime<Utc>, offset: FixedOffset) -> Self {
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
pub fn last_active(
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

/// How long ago something was, within a sentence.
pub fn ago(language: Language, time: DateTime<Utc>, now: DateTime<Utc>, offset: FixedOffset) -> String {
    match Ago::of(time, now, offset) {
        Ago::Now => messages::just_now(language).into(),
        Ago::Units(count, unit) => format::ago(language, count, unit),
        Ago::Day => format::day(language, time),
        Ago::DayOfYear => format::day_of_year(language, time),
    }
}

/// When the account was made: by the day, and by the minute if it was today.
pub fn created(language: Language, time: DateTime<Utc>, now: DateTime<Utc>, offset: FixedOffset) -> String {
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
pub enum TimeLeft {
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
    pub fn until(expires_at: DateTime<Utc>, now: DateTime<Utc>, offset: FixedOffset) -> Self {
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
}
