//! The browser's clock.

use chrono::{DateTime, FixedOffset, Utc};
use js_sys::Date;

/// The time now.
pub fn now() -> DateTime<Utc> {
    #[allow(clippy::cast_possible_truncation, reason = "whole milliseconds of our era")]
    DateTime::from_timestamp_millis(Date::now() as i64).unwrap_or_default()
}

/// How far the reader's wall clock is from UTC.
pub fn offset() -> FixedOffset {
    // The browser counts minutes towards UTC, chrono seconds away from it.
    #[allow(clippy::cast_possible_truncation, reason = "within a day, in whole minutes")]
    let seconds = -Date::new_0().get_timezone_offset() as i32 * 60;
    FixedOffset::east_opt(seconds).unwrap_or(chrono::Offset::fix(&Utc))
}
