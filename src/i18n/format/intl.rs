//! By the browser's `Intl`, with one formatter kept for each language and shape: making one costs many times what using it
//! does.

use std::cell::RefCell;
use std::collections::HashMap;

use chrono::{DateTime, Utc};
use js_sys::{Array, Date, Function, Intl, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use super::{Joined, Language, Shape, Unit};

thread_local! {
    static NUMBERS: RefCell<HashMap<Language, Function>> = RefCell::default();
    static DATES: RefCell<HashMap<(Language, Shape), Function>> = RefCell::default();
    static PLURALS: RefCell<HashMap<Language, Intl::PluralRules>> = RefCell::default();
    static RELATIVE: RefCell<HashMap<Language, Intl::RelativeTimeFormat>> = RefCell::default();
}

pub(super) fn number(language: Language, value: u32) -> String {
    let make = || Intl::NumberFormat::new(&locales(language), &Object::new()).format();
    let formatter = NUMBERS.with_borrow_mut(|kept| kept.entry(language).or_insert_with(make).clone());
    call(&formatter, &value.into())
}

pub(super) fn list(language: Language, by: Joined, items: &[impl AsRef<str>]) -> String {
    let kind = match by {
        Joined::All => "conjunction",
        Joined::Either => "disjunction",
    };
    let items: Array = items.iter().map(|item| JsValue::from_str(item.as_ref())).collect();
    Intl::ListFormat::new(&locales(language), &options(&[("type", kind)])).format(&items).into()
}

pub(super) fn ago(language: Language, value: i32, unit: Unit) -> String {
    let make = || {
        let options = options(&[("numeric", "auto"), ("style", "short")]);
        Intl::RelativeTimeFormat::new(&locales(language), &options)
    };
    let formatter = RELATIVE.with_borrow_mut(|kept| kept.entry(language).or_insert_with(make).clone());
    let unit = match unit {
        Unit::Minute => "minute",
        Unit::Hour => "hour",
        Unit::Day => "day",
    };
    formatter.format(-f64::from(value), unit).into()
}

pub(super) fn is_one(language: Language, number: u32) -> bool {
    let make = || Intl::PluralRules::new(&locales(language), &Object::new());
    let rules = PLURALS.with_borrow_mut(|kept| kept.entry(language).or_insert_with(make).clone());
    rules.select(f64::from(number)) == "one"
}

pub(super) fn date(language: Language, shape: Shape, time: DateTime<Utc>) -> String {
    let make = || Intl::DateTimeFormat::new(&locales(language), &options(parts(shape))).format();
    let formatter = DATES.with_borrow_mut(|kept| kept.entry((language, shape)).or_insert_with(make).clone());
    #[allow(clippy::cast_precision_loss, reason = "milliseconds of our era are exact in a double")]
    call(&formatter, &Date::new(&JsValue::from_f64(time.timestamp_millis() as f64)))
}

const fn parts(shape: Shape) -> &'static [(&'static str, &'static str)] {
    match shape {
        Shape::Day => &[("day", "numeric"), ("month", "short")],
        Shape::DayOfYear => &[("day", "numeric"), ("month", "short"), ("year", "numeric")],
        Shape::TimeOfDay => &[("hour", "2-digit"), ("minute", "2-digit"), ("hourCycle", "h23")],
        Shape::Weekday => &[("weekday", "long"), ("day", "numeric"), ("month", "long")],
        Shape::WeekdayOfYear => {
            &[("weekday", "long"), ("day", "numeric"), ("month", "long"), ("year", "numeric")]
        }
        Shape::LongDay => &[("day", "numeric"), ("month", "long")],
        Shape::LongDayOfYear => &[("day", "numeric"), ("month", "long"), ("year", "numeric")],
        Shape::Absolute => &[("dateStyle", "full"), ("timeStyle", "short")],
    }
}

/// English dates have the day before the month here, as the studio's manual does.
fn locales(language: Language) -> Array {
    Array::of1(&JsValue::from_str(match language {
        Language::En => "en-GB",
        Language::Nl => "nl",
    }))
}

fn options(parts: &[(&str, &str)]) -> Object {
    let options = Object::new();
    for (name, value) in parts {
        // Setting a field of a plain object cannot fail.
        let _ = Reflect::set(&options, &JsValue::from_str(name), &JsValue::from_str(value));
    }
    options
}

fn call(formatter: &Function, value: &JsValue) -> String {
    let text = formatter.call1(&JsValue::UNDEFINED, value);
    text.ok().and_then(|text| text.dyn_into::<js_sys::JsString>().ok()).map(String::from).unwrap_or_default()
}
