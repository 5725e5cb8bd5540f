//! Relative times: how long ago something happened, and how long an invitation remains valid.

use chrono::{DateTime, NaiveDate, TimeZone, Utc};

use super::format::{self, Unit};
use super::{Language, messages};

/// The age of an event, with a precision that decreases with the age.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ago {
    /// Less than a minute ago, or in the future because a clock is slow.
    Now,
    /// A number of minutes, hours or days.
    Units(i32, Unit),
    /// A date in the current year.
    Date,
    /// A date in another year.
    DateWithYear,
}

impl Ago {
    /// Computes the age of `time`. Counts minutes and hours as elapsed time, and days by the user's calendar.
    pub fn of(time: DateTime<Utc>, now: DateTime<Utc>, zone: &impl TimeZone) -> Self {
        let elapsed = now - time;
        let (then, today) = (day(time, zone), day(now, zone));
        let units = |count: i64, unit| Self::Units(i32::try_from(count).unwrap_or(i32::MAX), unit);
        match ((today - then).num_days(), elapsed.num_minutes()) {
            (_, ..1) => Self::Now,
            (_, minutes @ 1..60) => units(minutes, Unit::Minute),
            (_, minutes) if elapsed.num_hours() < 12 => units(minutes / 60, Unit::Hour),
            (0, minutes) => units(minutes / 60, Unit::Hour),
            (days @ 1..7, _) => units(days, Unit::Day),
            _ if chrono::Datelike::year(&then) == chrono::Datelike::year(&today) => Self::Date,
            _ => Self::DateWithYear,
        }
    }
}

/// Formats the time of the last activity, for a table cell.
pub fn last_active(
    language: Language,
    time: DateTime<Utc>,
    now: DateTime<Utc>,
    zone: &impl TimeZone,
) -> String {
    match Ago::of(time, now, zone) {
        Ago::Now => messages::now(language).into(),
        Ago::Units(count, unit) => format::capitalised(&format::ago(language, count, unit)),
        Ago::Date => format::short_date(language, time),
        Ago::DateWithYear => format::short_date_with_year(language, time),
    }
}

/// Formats the age of an event, for use within a sentence.
pub fn ago(language: Language, time: DateTime<Utc>, now: DateTime<Utc>, zone: &impl TimeZone) -> String {
    match Ago::of(time, now, zone) {
        Ago::Now => messages::just_now(language).into(),
        Ago::Units(count, unit) => format::ago(language, count, unit),
        Ago::Date => format::short_date(language, time),
        Ago::DateWithYear => format::short_date_with_year(language, time),
    }
}

/// Formats the creation time of an account: the time of day for today, and the date for earlier days.
pub fn created(language: Language, time: DateTime<Utc>, now: DateTime<Utc>, zone: &impl TimeZone) -> String {
    match (day(now, zone) - day(time, zone)).num_days() {
        ..=0 => messages::today_at(language, &format::time_of_day(language, time)),
        1 => format::capitalised(&format::ago(language, 1, Unit::Day)),
        _ if Ago::of(time, now, zone) == Ago::DateWithYear => format::short_date_with_year(language, time),
        _ => format::short_date(language, time),
    }
}

/// The remaining validity of an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeLeft {
    /// A number of days, at least two.
    Days(u32),
    /// The invitation expires tomorrow.
    OneDay,
    /// The invitation expires today.
    Today,
    /// The invitation expired this number of days ago.
    Expired(i32),
}

impl TimeLeft {
    /// Computes the time left until `expires_at`, in days of the user's calendar.
    pub fn until(expires_at: DateTime<Utc>, now: DateTime<Utc>, zone: &impl TimeZone) -> Self {
        let days = (day(expires_at, zone) - day(now, zone)).num_days();
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

/// Returns the calendar day of a time.
pub fn day(time: DateTime<Utc>, zone: &impl TimeZone) -> NaiveDate {
    time.with_timezone(zone).date_naive()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{FixedOffset, TimeDelta};

    /// 12:00 in London, 13:00 in Amsterdam.
    const NOW: DateTime<Utc> = DateTime::from_timestamp(1_795_435_200, 0).unwrap();

    fn ago(elapsed: TimeDelta) -> Ago {
        Ago::of(NOW - elapsed, NOW, &FixedOffset::east_opt(3_600).unwrap())
    }

    #[test]
    fn counts_minutes_and_hours_as_elapsed_time() {
        assert_eq!(ago(TimeDelta::seconds(59)), Ago::Now);
        assert_eq!(ago(TimeDelta::minutes(59)), Ago::Units(59, Unit::Minute));
        assert_eq!(ago(TimeDelta::minutes(119)), Ago::Units(1, Unit::Hour));
        assert_eq!(ago(TimeDelta::hours(11)), Ago::Units(11, Unit::Hour));
    }

    #[test]
    fn counts_days_by_the_users_calendar() {
        // At 00:30 local time the UTC date is still the previous day.
        assert_eq!(ago(TimeDelta::minutes(12 * 60 + 30)), Ago::Units(12, Unit::Hour));
        assert_eq!(ago(TimeDelta::minutes(13 * 60 + 1)), Ago::Units(1, Unit::Day));
        assert_eq!(ago(TimeDelta::days(6)), Ago::Units(6, Unit::Day));
        assert_eq!(ago(TimeDelta::days(7)), Ago::Date);
        assert_eq!(ago(TimeDelta::days(360)), Ago::DateWithYear);
    }

    #[test]
    fn treats_future_times_as_now() {
        assert_eq!(ago(TimeDelta::minutes(-5)), Ago::Now);
    }

    #[test]
    fn counts_the_days_until_and_after_expiry() {
        // The local time of the user is 13:00.
        let left = |time| TimeLeft::until(NOW + time, NOW, &FixedOffset::east_opt(3_600).unwrap());
        assert_eq!(left(TimeDelta::days(14)), TimeLeft::Days(14));
        assert_eq!(left(TimeDelta::hours(35)), TimeLeft::Days(2));
        assert_eq!(left(TimeDelta::hours(34)), TimeLeft::OneDay);
        assert_eq!(left(TimeDelta::hours(11)), TimeLeft::OneDay);
        assert_eq!(left(TimeDelta::hours(10)), TimeLeft::Today);
        assert_eq!(left(TimeDelta::zero()), TimeLeft::Expired(0));
        assert_eq!(left(TimeDelta::hours(-14)), TimeLeft::Expired(1));
    }
}
