//! Numbers, dates and lists by the browser's `Intl`, with one formatter kept for each language and shape:
//! making one costs many times what using it does.

use std::cell::RefCell;
use std::collections::HashMap;

use chrono::{DateTime, Utc};
use js_sys::{Array, Date, Function, Intl, Object, Reflect};
use studio_users_domain::Language;
use wasm_bindgen::{JsCast, JsValue};

use super::letters;

/// A whole number with its separators.
pub fn number(language: Language, value: u32) -> String {
    let formatter = kept(language, Shape::Number, || {
        Intl::NumberFormat::new(&locales(language), &Object::new()).format()
    });
    call(&formatter, &value.into())
}

/// "A, B or C".
pub fn either(language: Language, items: &[impl AsRef<str>]) -> String {
    list(language, "disjunction", items)
}

/// "A, B and C".
pub fn all(language: Language, items: &[impl AsRef<str>]) -> String {
    list(language, "conjunction", items)
}

fn list(language: Language, kind: &str, items: &[impl AsRef<str>]) -> String {
    let options = options(&[("type", kind.into())]);
    let list: Array = items.iter().map(|item| JsValue::from_str(item.as_ref())).collect();
    Intl::ListFormat::new(&locales(language), &options).format(&list).into()
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

/// "4 min. ago", "yesterday": so many units before now, or after it where negative.
pub fn ago(language: Language, value: i32, unit: Unit) -> String {
    let formatter = RELATIVE.with_borrow_mut(|relative| {
        relative
            .entry(language)
            .or_insert_with(|| {
                let options = options(&[("numeric", "auto".into()), ("style", "short".into())]);
                Intl::RelativeTimeFormat::new(&locales(language), &options)
            })
            .clone()
    });
    let unit = match unit {
        Unit::Minute => "minute",
        Unit::Hour => "hour",
        Unit::Day => "day",
    };
    formatter.format(-f64::from(value), unit).into()
}

/// Whether a language speaks of so many in the singular.
pub fn is_one(language: Language, number: u32) -> bool {
    let rules = PLURALS.with_borrow_mut(|plurals| {
        let make = || Intl::PluralRules::new(&locales(language), &Object::new());
        plurals.entry(language).or_insert_with(make).clone()
    });
    rules.select(f64::from(number)) == "one"
}

/// "17 Nov".
pub fn day(language: Language, time: DateTime<Utc>) -> String {
    date(language, Shape::Day, time, &[("day", "numeric".into()), ("month", "short".into())])
}

/// "17 Nov 2025".
pub fn day_of_year(language: Language, time: DateTime<Utc>) -> String {
    let parts = [("day", "numeric".into()), ("month", "short".into()), ("year", "numeric".into())];
    date(language, Shape::DayOfYear, time, &parts)
}

/// "14:08".
pub fn time_of_day(language: Language, time: DateTime<Utc>) -> String {
    let parts = [("hour", "2-digit".into()), ("minute", "2-digit".into()), ("hourCycle", "h23".into())];
    date(language, Shape::TimeOfDay, time, &parts)
}

/// "Monday 17 November", with the year where it is not this one.
pub fn weekday(language: Language, time: DateTime<Utc>, with_year: bool) -> String {
    let parts = [("weekday", "long".into()), ("day", "numeric".into()), ("month", "long".into())];
    if with_year {
        let parts: Vec<_> = parts.into_iter().chain([("year", "numeric".into())]).collect();
        return date(language, Shape::WeekdayOfYear, time, &parts);
    }
    date(language, Shape::Weekday, time, &parts)
}

/// "17 November".
pub fn long_day(language: Language, time: DateTime<Utc>) -> String {
    date(language, Shape::LongDay, time, &[("day", "numeric".into()), ("month", "long".into())])
}

/// "17 November 2025, 10:02".
pub fn moment(language: Language, time: DateTime<Utc>) -> String {
    let parts = [("day", "numeric".into()), ("month", "long".into()), ("year", "numeric".into())];
    format!("{}, {}", date(language, Shape::LongDayOfYear, time, &parts), time_of_day(language, time))
}

/// "17 Nov, 10:02".
pub fn short_moment(language: Language, time: DateTime<Utc>) -> String {
    format!("{}, {}", day(language, time), time_of_day(language, time))
}

/// Date and time in full, for tooltips.
pub fn absolute(language: Language, time: DateTime<Utc>) -> String {
    date(language, Shape::Absolute, time, &[("dateStyle", "full".into()), ("timeStyle", "short".into())])
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Shape {
    Number,
    Day,
    DayOfYear,
    TimeOfDay,
    Weekday,
    WeekdayOfYear,
    LongDay,
    LongDayOfYear,
    Absolute,
}

thread_local! {
    static FORMATTERS: RefCell<HashMap<(Language, Shape), Function>> = RefCell::default();
    static PLURALS: RefCell<HashMap<Language, Intl::PluralRules>> = RefCell::default();
    static RELATIVE: RefCell<HashMap<Language, Intl::RelativeTimeFormat>> = RefCell::default();
}

fn kept(language: Language, shape: Shape, make: impl FnOnce() -> Function) -> Function {
    FORMATTERS.with_borrow_mut(|kept| kept.entry((language, shape)).or_insert_with(make).clone())
}

fn date(language: Language, shape: Shape, time: DateTime<Utc>, parts: &[(&str, JsValue)]) -> String {
    let formatter =
        kept(language, shape, || Intl::DateTimeFormat::new(&locales(language), &options(parts)).format());
    #[allow(clippy::cast_precision_loss, reason = "milliseconds of our era are exact in a double")]
    call(&formatter, &Date::new(&JsValue::from_f64(time.timestamp_millis() as f64)))
}

/// English dates have the day before the month here, as the studio's manual does.
fn locales(language: Language) -> Array {
    Array::of1(&JsValue::from_str(match language {
        Language::En => "en-GB",
        Language::Nl => "nl",
    }))
}

fn options(parts: &[(&str, JsValue)]) -> Object {
    let options = Object::new();
    for (name, value) in parts {
        // Setting a field of a plain object cannot fail.
        let _ = Reflect::set(&options, &JsValue::from_str(name), value);
    }
    options
}

fn call(formatter: &Function, value: &JsValue) -> String {
    let text = formatter.call1(&JsValue::UNDEFINED, value);
    text.ok().and_then(|text| text.dyn_into::<js_sys::JsString>().ok()).map(String::from).unwrap_or_default()
}

/// The text with its first letter large.
pub fn capitalised(text: &str) -> String {
    let (first, rest) = text.split_at(text.chars().next().map_or(0, char::len_utf8));
    letters::large(first) + rest
}
