//! The current time and the UTC offset: from the browser, or, during prerendering, from a context value.

#[cfg(target_family = "wasm")]
pub use browser::{now, offset};
#[cfg(not(target_family = "wasm"))]
pub use native::{PrerenderedAt, now, offset};

#[cfg(target_family = "wasm")]
mod browser {
    use chrono::{DateTime, FixedOffset, Utc};
    use js_sys::Date;

    /// Returns the current time.
    pub fn now() -> DateTime<Utc> {
        #[allow(clippy::cast_possible_truncation, reason = "whole milliseconds of our era")]
        DateTime::from_timestamp_millis(Date::now() as i64).unwrap_or_default()
    }

    /// Returns the current UTC offset of the user's time zone.
    pub fn offset() -> FixedOffset {
        // `getTimezoneOffset` returns UTC minus local time, in minutes. `east_opt` expects local time minus UTC, in seconds.
        // https://developer.mozilla.org/docs/Web/JavaScript/Reference/Global_Objects/Date/getTimezoneOffset
        #[allow(clippy::cast_possible_truncation, reason = "within a day, in whole minutes")]
        let seconds = -Date::new_0().get_timezone_offset() as i32 * 60;
        FixedOffset::east_opt(seconds).unwrap_or(chrono::Offset::fix(&Utc))
    }
}

#[cfg(not(target_family = "wasm"))]
mod native {
    use chrono::{DateTime, FixedOffset, Offset, Utc};
    use leptos::prelude::use_context;

    /// The time of the prerendering, in the user's time zone. Provided as context.
    #[derive(Debug, Clone, Copy)]
    pub struct PrerenderedAt(pub DateTime<FixedOffset>);

    /// Returns the current time.
    pub fn now() -> DateTime<Utc> {
        use_context().map_or_else(DateTime::default, |PrerenderedAt(now)| now.to_utc())
    }

    /// Returns the UTC offset of the user's time zone.
    pub fn offset() -> FixedOffset {
        use_context().map_or_else(|| Utc.fix(), |PrerenderedAt(now)| *now.offset())
    }
}
