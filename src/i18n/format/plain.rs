//! Without a browser: what `Intl` says of the same.

use chrono::{DateTime, Datelike, Utc};

use super::{Joined, Language, Shape, Unit};
use crate::i18n::clock;

/// Of each language the weekdays, from Monday, and the months.
const ENGLISH: ([&str; 7], [&str; 12]) = (
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
);
const DUTCH: ([&str; 7], [&str; 12]) = (
    ["maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"],
    [
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
    ],
);

pub(super) fn number(language: Language, value: u32) -> String {
    let separator = match language {
        Language::En => ',',
        Language::Nl => '.',
    };
    let digits = value.to_string();
    let mut number = String::with_capacity(digits.len() + 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            number.push(separator);
        }
        number.push(digit);
    }
    number
}

pub(super) fn list(language: Language, by: Joined, items: &[impl AsRef<str>]) -> String {
    let items: Vec<_> = items.iter().map(AsRef::as_ref).collect();
    let word = match (language, by) {
        (Language::En, Joined::All) => "and",
        (Language::En, Joined::Either) => "or",
        (Language::Nl, Joined::All) => "en",
        (Language::Nl, Joined::Either) => "of",
    };
    match items.split_last() {
        Some((last, first)) if !first.is_empty() => format!("{} {word} {last}", first.join(", ")),
        Some((last, _)) => (*last).to_owned(),
        None => String::new(),
    }
}

pub(super) fn ago(language: Language, value: i32, unit: Unit) -> String {
    let word = match (language, unit, value) {
        (Language::En, Unit::Day, 1) => return "yesterday".into(),
        (Language::En, Unit::Day, 0) => return "today".into(),
        (Language::Nl, Unit::Day, 2) => return "eergisteren".into(),
        (Language::Nl, Unit::Day, 1) => return "gisteren".into(),
        (Language::Nl, Unit::Day, 0) => return "vandaag".into(),
        (Language::En, Unit::Minute, _) => "min",
        (Language::En, Unit::Hour, _) => "hr",
        (Language::En, Unit::Day, _) => "days",
        (Language::Nl, Unit::Minute, _) => "min.",
        (Language::Nl, Unit::Hour, _) => "uur",
        (Language::Nl, Unit::Day, _) => "dgn",
    };
    match language {
        Language::En => format!("{value} {word} ago"),
        Language::Nl => format!("{value} {word} geleden"),
    }
}

pub(super) fn is_one(_: Language, number: u32) -> bool {
    number == 1
}

pub(super) fn date(language: Language, shape: Shape, time: DateTime<Utc>) -> String {
    let time = time.with_timezone(&clock::offset());
    let (weekdays, months) = match language {
        Language::En => ENGLISH,
        Language::Nl => DUTCH,
    };
    let weekday = weekdays[time.weekday().num_days_from_monday() as usize];
    let long = months[time.month0() as usize];
    let short = match long {
        "September" => "Sept",
        "maart" => "mrt",
        long => &long[..3],
    };
    let (day, year, clock) = (time.day(), time.year(), time.format("%H:%M"));
    match (shape, language) {
        (Shape::Day, _) => format!("{day} {short}"),
        (Shape::DayOfYear, _) => format!("{day} {short} {year}"),
        (Shape::TimeOfDay, _) => clock.to_string(),
        (Shape::Weekday, _) => format!("{weekday} {day} {long}"),
        (Shape::WeekdayOfYear, _) => format!("{weekday} {day} {long} {year}"),
        (Shape::LongDay, _) => format!("{day} {long}"),
        (Shape::LongDayOfYear, _) => format!("{day} {long} {year}"),
        (Shape::Absolute, Language::En) => format!("{weekday}, {day} {long} {year} at {clock}"),
        (Shape::Absolute, Language::Nl) => format!("{weekday} {day} {long} {year} om {clock}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    #[test]
    fn numbers_and_lists_are_those_of_the_browser() {
        assert_eq!(
            [0, 999, 1_000, 1_234_567].map(|value| number(Language::En, value)),
            ["0", "999", "1,000", "1,234,567"]
        );
        assert_eq!(number(Language::Nl, 12_345), "12.345");
        assert_eq!(list(Language::Nl, Joined::Either, &["a", "b", "c"]), "a, b of c");
        assert_eq!(list(Language::En, Joined::All, &["a"]), "a");
    }

    #[test]
    fn times_are_those_of_the_browser() {
        let time = Utc.with_ymd_and_hms(2025, 9, 7, 9, 5, 0).unwrap();
        assert_eq!(date(Language::En, Shape::DayOfYear, time), "7 Sept 2025");
        assert_eq!(date(Language::Nl, Shape::Day, time), "7 sep");
        assert_eq!(date(Language::En, Shape::Absolute, time), "Sunday, 7 September 2025 at 09:05");
        assert_eq!(date(Language::Nl, Shape::Absolute, time), "zondag 7 september 2025 om 09:05");
        assert_eq!(ago(Language::En, 5, Unit::Hour), "5 hr ago");
        assert_eq!(ago(Language::Nl, 2, Unit::Day), "eergisteren");
    }
}
