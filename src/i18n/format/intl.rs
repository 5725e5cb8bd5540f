//! Formatting with the browser's [`Intl`](https://developer.mozilla.org/docs/Web/JavaScript/Reference/Global_Objects/Intl).
//! Caches one formatter per language and style, because creating a formatter costs many times more than using it.

use std::cell::RefCell;
use std::collections::HashMap;

use chrono::{DateTime, Utc};
use js_sys::{Array, Date, Function, Intl, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use super::{DateStyle, Language, ListType, Unit};

thread_local! {
    static NUMBERS: RefCell<HashMap<Language, Function>> = RefCell::default();
    static DATES: RefCell<HashMap<(Language, DateStyle), Function>> = RefCell::default();
    static PLURALS: RefCell<HashMap<Language, Intl::PluralRules>> = RefCell::default();
    static RELATIVE: RefCell<HashMap<Language, Intl::RelativeTimeFormat>> = RefCell::default();
}

pub(super) fn number(language: Language, value: u32) -> String {
    let create = || Intl::NumberFormat::new(&locales(language), &Object::new()).format();
    let formatter =
        NUMBERS.with_borrow_mut(|formatters| formatters.entry(language).or_insert_with(create).clone());
    call(&formatter, &value.into())
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
    let create = || {
        let options = options(&[("numeric", "auto"), ("style", "short")]);
        Intl::RelativeTimeFormat::new(&locales(language), &options)
    };
    let formatter =
        RELATIVE.with_borrow_mut(|formatters| formatters.entry(language).or_insert_with(create).clone());
    let unit = match unit {
        Unit::Minute => "minute",
        Unit::Hour => "hour",
        Unit::Day => "day",
    };
    formatter.format(-f64::from(value), unit).into()
}

pub(super) fn is_singular(language: Language, number: u32) -> bool {
    let create = || Intl::PluralRules::new(&locales(language), &Object::new());
    let rules =
        PLURALS.with_borrow_mut(|formatters| formatters.entry(language).or_insert_with(create).clone());
    rules.select(f64::from(number)) == "one"
}

pub(super) fn date(language: Language, style: DateStyle, time: DateTime<Utc>) -> String {
    let create = || Intl::DateTimeFormat::new(&locales(language), &options(parts(style))).format();
    let formatter = DATES
        .with_borrow_mut(|formatters| formatters.entry((language, style)).or_insert_with(create).clone());
    #[allow(clippy::cast_precision_loss, reason = "milliseconds of our era are exact in a double")]
    call(&formatter, &Date::new(&JsValue::from_f64(time.timestamp_millis() as f64)))
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

fn call(formatter: &Function, value: &JsValue) -> String {
    let text = formatter.call1(&JsValue::UNDEFINED, value);
    text.ok().and_then(|text| text.dyn_into::<js_sys::JsString>().ok()).map(String::from).unwrap_or_default()
}
