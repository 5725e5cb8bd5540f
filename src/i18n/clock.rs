//! The browser's clock. Where the page is drawn without a browser, whoever has it drawn says what time it is.

#[cfg(target_family = "wasm")]
pub use browser::{now, offset};
#[cfg(not(target_family = "wasm"))]
pub use told::{DrawnAt, now, offset};

#[cfg(target_family = "wasm")]
mod browser {
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
}

#[cfg(not(target_family = "wasm"))]
mod told {
    use chrono::{DateTime, FixedOffset, Offset, Utc};
    use leptos::prelude::use_context;

    /// When the page is drawn, by the reader's wall clock; found by context.
    #[derive(Debug, Clone, Copy)]
    pub struct DrawnAt(pub DateTime<FixedOffset>);

    /// The time now.
    pub fn now() -> DateTime<Utc> {
        use_context().map_or_else(DateTime::default, |DrawnAt(now)| now.to_utc())
    }

    /// How far the reader's wall clock is from UTC.
    pub fn offset() -> FixedOffset {
        use_context().map_or_else(|| Utc.fix(), |DrawnAt(now)| *now.offset())
    }
}
