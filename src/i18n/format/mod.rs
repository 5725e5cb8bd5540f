//! Formatting of numbers, dates and lists: with the browser's `Intl`, and with a small native implementation during
//! prerendering.

#[cfg(target_family = "wasm")]
mod intl;
#[cfg(not(target_family = "wasm"))]
mod native;

use chrono::{DateTime, Utc};
use studio_users_domain::Language;

#[cfg(target_family = "wasm")]
use intl as platform;
#[cfg(not(target_family = "wasm"))]
use native as platform;

use super::case;

/// Formats a whole number with group separators.
pub fn number(language: Language, value: u32) -> String {
    platform::number(language, value)
}

/// Formats a list as "A, B or C".
pub fn list_or(language: Language, items: &[impl AsRef<str>]) -> String {
    platform::list(language, ListType::Disjunction, items)
}

/// Formats a list as "A, B and C".
pub fn list_and(language: Language, items: &[impl AsRef<str>]) -> String {
    platform::list(language, ListType::Conjunction, items)
}

/// A unit of elapsed time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Minutes.
    Minute,
    /// Hours.
    Hour,
    /// Days.
    Day,
}

/// Formats a relative time such as "4 min ago" or "yesterday". A negative value is in the future.
pub fn ago(language: Language, value: i32, unit: Unit) -> String {
    platform::ago(language, value, unit)
}

/// Returns whether the language uses the singular for this number.
pub fn is_singular(language: Language, number: u32) -> bool {
    platform::is_singular(language, number)
}

/// Formats a date as "17 Nov".
pub fn short_date(language: Language, time: DateTime<Utc>) -> String {
    platform::date(language, DateStyle::Short, time)
}

/// Formats a date as "17 Nov 2025".
pub fn short_date_with_year(language: Language, time: DateTime<Utc>) -> String {
    platform::date(language, DateStyle::ShortWithYear, time)
}

/// Formats a time of day as "14:08".
pub fn time_of_day(language: Language, time: DateTime<Utc>) -> String {
    platform::date(language, DateStyle::TimeOfDay, time)
}

/// Formats a date as "Monday 17 November", or as "Monday 17 November 2025" with the year.
pub fn weekday_date(language: Language, time: DateTime<Utc>, with_year: bool) -> String {
    let style = if with_year { DateStyle::WeekdayWithYear } else { DateStyle::Weekday };
    platform::date(language, style, time)
}

/// Formats a date as "17 November".
pub fn long_date(language: Language, time: DateTime<Utc>) -> String {
    platform::date(language, DateStyle::Long, time)
}

/// Formats date and time as "17 November 2025, 10:02".
pub fn date_time(language: Language, time: DateTime<Utc>) -> String {
    format!("{}, {}", platform::date(language, DateStyle::LongWithYear, time), time_of_day(language, time))
}

/// Formats date and time as "17 Nov, 10:02".
pub fn short_date_time(language: Language, time: DateTime<Utc>) -> String {
    format!("{}, {}", short_date(language, time), time_of_day(language, time))
}

/// Formats date and time in full, for tooltips.
pub fn full_date_time(language: Language, time: DateTime<Utc>) -> String {
    platform::date(language, DateStyle::FullDateTime, time)
}

/// Converts the first letter of a text to upper case.
pub fn capitalised(text: &str) -> String {
    let (first, rest) = text.split_at(text.chars().next().map_or(0, char::len_utf8));
    case::to_uppercase(first) + rest
}

/// The type of a list, as in [`Intl.ListFormat`](https://developer.mozilla.org/docs/Web/JavaScript/Reference/Global_Objects/Intl/ListFormat).
#[derive(Clone, Copy, PartialEq, Eq)]
enum ListType {
    /// "A and B".
    Conjunction,
    /// "A or B".
    Disjunction,
}

/// The parts of a date or time that are shown, and their length.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum DateStyle {
    Short,
    ShortWithYear,
    TimeOfDay,
    Weekday,
    WeekdayWithYear,
    Long,
    LongWithYear,
    FullDateTime,
}
