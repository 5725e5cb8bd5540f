//! The current time and the user's time zone: from the browser, or, during prerendering, from a context value.

use chrono::{FixedOffset, MappedLocalTime, NaiveDate, NaiveDateTime, TimeZone};

#[cfg(target_family = "wasm")]
pub use browser::now;
#[cfg(not(target_family = "wasm"))]
pub use native::{OffsetAt, PrerenderedAt, now};

#[cfg(target_family = "wasm")]
use browser::offset_at;
#[cfg(not(target_family = "wasm"))]
use native::offset_at;

/// The user's time zone. Its UTC offset depends on the time, because of daylight saving time.
#[derive(Debug, Clone, Copy)]
pub struct Zone;

impl TimeZone for Zone {
    type Offset = FixedOffset;

    fn from_offset(_: &FixedOffset) -> Self {
        Self
    }

    fn offset_from_utc_datetime(&self, utc: &NaiveDateTime) -> FixedOffset {
        offset_at(utc.and_utc())
    }

    fn offset_from_utc_date(&self, utc: &NaiveDate) -> FixedOffset {
        self.offset_from_utc_datetime(&(*utc).into())
    }

    // The page only converts from UTC.
    fn offset_from_local_datetime(&self, _: &NaiveDateTime) -> MappedLocalTime<FixedOffset> {
        MappedLocalTime::None
    }

    fn offset_from_local_date(&self, _: &NaiveDate) -> MappedLocalTime<FixedOffset> {
        MappedLocalTime::None
    }
}

#[cfg(target_family = "wasm")]
mod browser {
    use chrono::{DateTime, FixedOffset, Offset, Utc};
    use js_sys::Date;

    /// Returns the current time.
    pub fn now() -> DateTime<Utc> {
        #[allow(clippy::cast_possible_truncation, reason = "whole milliseconds of our era")]
        DateTime::from_timestamp_millis(Date::now() as i64).unwrap_or_default()
    }

    pub(super) fn offset_at(time: DateTime<Utc>) -> FixedOffset {
        #[allow(clippy::cast_precision_loss, reason = "milliseconds of our era are exact in a double")]
        let date = Date::new(&(time.timestamp_millis() as f64).into());
        // `getTimezoneOffset` returns UTC minus local time, in minutes. `west_opt` expects the same in seconds.
        // https://developer.mozilla.org/docs/Web/JavaScript/Reference/Global_Objects/Date/getTimezoneOffset
        #[allow(clippy::cast_possible_truncation, reason = "within a day, in whole seconds")]
        FixedOffset::west_opt((date.get_timezone_offset() * 60.0) as i32).unwrap_or(Utc.fix())
    }
}

#[cfg(not(target_family = "wasm"))]
mod native {
    use std::sync::Arc;

    use chrono::{DateTime, FixedOffset, Offset, Utc};
    use leptos::prelude::use_context;

    /// Returns the UTC offset of a time zone at a time.
    pub type OffsetAt = Arc<dyn Fn(DateTime<Utc>) -> FixedOffset + Send + Sync>;

    /// The time of the prerendering and the user's time zone. Provided as context.
    #[derive(Clone)]
    pub struct PrerenderedAt {
        /// The time of the prerendering.
        pub now: DateTime<Utc>,
        /// The user's time zone.
        pub offset_at: OffsetAt,
    }

    /// Returns the current time.
    pub fn now() -> DateTime<Utc> {
        use_context::<PrerenderedAt>().map_or_else(DateTime::default, |at| at.now)
    }

    pub(super) fn offset_at(time: DateTime<Utc>) -> FixedOffset {
        use_context::<PrerenderedAt>().map_or_else(|| Utc.fix(), |at| (at.offset_at)(time))
    }
}
