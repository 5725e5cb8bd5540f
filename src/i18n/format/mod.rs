//! Numbers, dates and lists as their language has them: by the browser's `Intl`, and where the page is drawn without a
//! browser by a few words of one's own.

#[cfg(target_family = "wasm")]
mod intl;
#[cfg(not(target_family = "wasm"))]
mod plain;

use chrono::{DateTime, Utc};
use studio_users_domain::Language;

#[cfg(target_family = "wasm")]
use intl as by;
#[cfg(not(target_family = "wasm"))]
use plain as by;

use super::letters;

/// A whole number with its separators.
pub fn number(language: Language, value: u32) -> String {
    by::number(language, value)
}

/// "A, B or C".
pub fn either(language: Language, items: &[impl AsRef<str>]) -> String {
    by::list(language, Joined::Either, items)
}

/// "A, B and C".
pub fn all(language: Language, items: &[impl AsRef<str>]) -> String {
    by::list(language, Joined::All, items)
}

/// A unit of time that has passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Minutes.
    Minute,
    /// Hours.
    Hour,
    /// Days.
    Day,
}

/// "4 min ago", "yesterday": so many units before now, or after it where negative.
pub fn ago(language: Language, value: i32, unit: Unit) -> String {
    by::ago(language, value, unit)
}

/// Whether a language speaks of so many in the singular.
pub fn is_one(language: Language, number: u32) -> bool {
    by::is_one(language, number)
}

/// "17 Nov".
pub fn day(language: Language, time: DateTime<Utc>) -> String {
    by::date(language, Shape::Day, time)
}

/// "17 Nov 2025".
pub fn day_of_year(language: Language, time: DateTime<Utc>) -> String {
    by::date(language, Shape::DayOfYear, time)
}

/// "14:08".
pub fn time_of_day(language: Language, time: DateTime<Utc>) -> String {
    by::date(language, Shape::TimeOfDay, time)
}

/// "Monday 17 November", with the year where it is not this one.
pub fn weekday(language: Language, time: DateTime<Utc>, with_year: bool) -> String {
    by::date(language, if with_year { Shape::WeekdayOfYear } else { Shape::Weekday }, time)
}

/// "17 November".
pub fn long_day(language: Language, time: DateTime<Utc>) -> String {
    by::date(language, Shape::LongDay, time)
}

/// "17 November 2025, 10:02".
pub fn moment(language: Language, time: DateTime<Utc>) -> String {
    format!("{}, {}", by::date(language, Shape::LongDayOfYear, time), time_of_day(language, time))
}

/// "17 Nov, 10:02".
pub fn short_moment(language: Language, time: DateTime<Utc>) -> String {
    format!("{}, {}", day(language, time), time_of_day(language, time))
}

/// Date and time in full, for tooltips.
pub fn absolute(language: Language, time: DateTime<Utc>) -> String {
    by::date(language, Shape::Absolute, time)
}

/// The text with its first letter large.
pub fn capitalised(text: &str) -> String {
    let (first, rest) = text.split_at(text.chars().next().map_or(0, char::len_utf8));
    letters::large(first) + rest
}

/// How the last two of a list are joined.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Joined {
    All,
    Either,
}

/// What is said of a time.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Shape {
    Day,
    DayOfYear,
    TimeOfDay,
    Weekday,
    WeekdayOfYear,
    LongDay,
    LongDayOfYear,
    Absolute,
}
