//! Formatting with the browser's [`Intl`](https://developer.mozilla.org/docs/Web/JavaScript/Reference/Global_Objects/Intl).
//! Caches one formatter per language and style, because creating a formatter costs many times more than using it.

use std::cell::RefCell;

use chrono::{DateTime, Utc};
use js_sys::{Array, Date, Function, Intl, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use super::{DateStyle, Language, ListType, Unit};

thread_local! {
    /// The cached formatters. There are few, so finding one is fast without the code of a hash map.
    static FORMATTERS: RefCell<Vec<(Language, Kind, Object)>> = const { RefCell::new(Vec::new()) };
}

/// A kind of formatter.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// The `format` function of an `Intl.NumberFormat`.
    Number,
    /// The `format` function of an `Intl.DateTimeFormat`.
    Date(DateStyle),
    /// An `Intl.PluralRules`.
    Plural,
    /// An `Intl.RelativeTimeFormat`.
    RelativeTime,
}

pub(super) fn number(language: Language, value: u32) -> String {
    call(&formatter(language, Kind::Number), &value.into())
}

pub(super) fn list(language: Language, list_type: ListType, items: &[impl AsRef<str>]) -> String {
    let kind = match list_type {
        ListType::Conjunction => "conjunction",
        ListType::Disjunction => "disjunction",
    };
    let items: Array = items.iter().map(|item| JsValue::from_str(item.as_ref())).collect();
    Intl::ListFormat::new(&locales(language), &options(&[("type", kind)])).format(&items).into()
}

pub(super) fn ago(language: Language, value: i32, unit: Unit) -> String {
    let formatter = formatter(language, Kind::RelativeTime);
    let unit = match unit {
        Unit::Minute => "minute",
        Unit::Hour => "hour",
        Unit::Day => "day",
    };
    formatter.unchecked_ref::<Intl::RelativeTimeFormat>().format(-f64::from(value), unit).into()
}

pub(super) fn is_singular(language: Language, number: u32) -> bool {
    let rules = formatter(language, Kind::Plural);
    rules.unchecked_ref::<Intl::PluralRules>().select(f64::from(number)) == "one"
}

pub(super) fn date(language: Language, style: DateStyle, time: DateTime<Utc>) -> String {
    #[allow(clippy::cast_precision_loss, reason = "milliseconds of our era are exact in a double")]
    let time = Date::new(&JsValue::from_f64(time.timestamp_millis() as f64));
    call(&formatter(language, Kind::Date(style)), &time)
}

/// Returns the cached formatter, or creates it.
fn formatter(language: Language, kind: Kind) -> Object {
    let cached = FORMATTERS.with_borrow(|formatters| {
        let is_match = |(of, other, _): &&(Language, Kind, Object)| *of == language && *other == kind;
        formatters.iter().find(is_match).map(|(.., formatter)| formatter.clone())
    });
    cached.unwrap_or_else(|| {
        let locales = locales(language);
        let formatter: Object = match kind {
            Kind::Number => Intl::NumberFormat::new(&locales, &Object::new()).format().into(),
            Kind::Date(style) => Intl::DateTimeFormat::new(&locales, &options(parts(style))).format().into(),
            Kind::Plural => Intl::PluralRules::new(&locales, &Object::new()).into(),
            Kind::RelativeTime => {
                let options = options(&[("numeric", "auto"), ("style", "short")]);
                Intl::RelativeTimeFormat::new(&locales, &options).into()
            }
        };
        FORMATTERS.with_borrow_mut(|formatters| formatters.push((language, kind, formatter.clone())));
        formatter
    })
}

const fn parts(style: DateStyle) -> &'static [(&'static str, &'static str)] {
    match style {
        DateStyle::Short => &[("day", "numeric"), ("month", "short")],
        DateStyle::ShortWithYear => &[("day", "numeric"), ("month", "short"), ("year", "numeric")],
        DateStyle::TimeOfDay => &[("hour", "2-digit"), ("minute", "2-digit"), ("hourCycle", "h23")],
        DateStyle::Weekday => &[("weekday", "long"), ("day", "numeric"), ("month", "long")],
        DateStyle::WeekdayWithYear => {
            &[("weekday", "long"), ("day", "numeric"), ("month", "long"), ("year", "numeric")]
        }
        DateStyle::Long => &[("day", "numeric"), ("month", "long")],
        DateStyle::LongWithYear => &[("day", "numeric"), ("month", "long"), ("year", "numeric")],
        DateStyle::FullDateTime => &[("dateStyle", "full"), ("timeStyle", "short")],
    }
}

/// Returns the BCP 47 tag of a language. English is British: the day precedes the month, as in the studio's manual.
fn locales(language: Language) -> Array {
    Array::of1(&JsValue::from_str(match language {
        Language::En => "en-GB",
        Language::Nl => "nl",
    }))
}

fn options(parts: &[(&str, &str)]) -> Object {
    let options = Object::new();
    for (name, value) in parts {
        // Setting a property of a plain object cannot fail.
        let _ = Reflect::set(&options, &JsValue::from_str(name), &JsValue::from_str(value));
    }
    options
}

fn call(formatter: &Object, value: &JsValue) -> String {
    let text = formatter.unchecked_ref::<Function>().call1(&JsValue::UNDEFINED, value);
    text.ok().and_then(|text| text.dyn_into::<js_sys::JsString>().ok()).map(String::from).unwrap_or_default()
}
