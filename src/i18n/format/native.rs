//! Native formatting for the prerenderer. Returns the same texts as the browser's `Intl`, so that nothing changes when the
//! client replaces the prerendered page.

use chrono::{DateTime, Datelike, Utc};

use super::{DateStyle, Language, ListType, Unit};
use crate::i18n::clock;

/// The names of the weekdays, starting with Monday, and of the months.
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
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            number.push(separator);
        }
        number.push(digit);
    }
    number
}

pub(super) fn list(language: Language, list_type: ListType, items: &[impl AsRef<str>]) -> String {
    let items: Vec<_> = items.iter().map(AsRef::as_ref).collect();
    let word = match (language, list_type) {
        (Language::En, ListType::Conjunction) => "and",
        (Language::En, ListType::Disjunction) => "or",
        (Language::Nl, ListType::Conjunction) => "en",
        (Language::Nl, ListType::Disjunction) => "of",
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

pub(super) fn is_singular(_: Language, number: u32) -> bool {
    number == 1
}

pub(super) fn date(language: Language, style: DateStyle, time: DateTime<Utc>) -> String {
    let time = time.with_timezone(&clock::Zone);
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
    match (style, language) {
        (DateStyle::Short, _) => format!("{day} {short}"),
        (DateStyle::ShortWithYear, _) => format!("{day} {short} {year}"),
        (DateStyle::TimeOfDay, _) => clock.to_string(),
        (DateStyle::Weekday, _) => format!("{weekday} {day} {long}"),
        (DateStyle::WeekdayWithYear, _) => format!("{weekday} {day} {long} {year}"),
        (DateStyle::Long, _) => format!("{day} {long}"),
        (DateStyle::LongWithYear, _) => format!("{day} {long} {year}"),
        (DateStyle::FullDateTime, Language::En) => format!("{weekday}, {day} {long} {year} at {clock}"),
        (DateStyle::FullDateTime, Language::Nl) => format!("{weekday} {day} {long} {year} om {clock}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    #[test]
    fn formats_numbers_and_lists_like_the_browser() {
        assert_eq!(
            [0, 999, 1_000, 1_234_567].map(|value| number(Language::En, value)),
            ["0", "999", "1,000", "1,234,567"]
        );
        assert_eq!(number(Language::Nl, 12_345), "12.345");
        assert_eq!(list(Language::Nl, ListType::Disjunction, &["a", "b", "c"]), "a, b of c");
        assert_eq!(list(Language::En, ListType::Conjunction, &["a"]), "a");
    }

    #[test]
    fn formats_times_like_the_browser() {
        let time = Utc.with_ymd_and_hms(2025, 9, 7, 9, 5, 0).unwrap();
        assert_eq!(date(Language::En, DateStyle::ShortWithYear, time), "7 Sept 2025");
        assert_eq!(date(Language::Nl, DateStyle::Short, time), "7 sep");
        assert_eq!(date(Language::En, DateStyle::FullDateTime, time), "Sunday, 7 September 2025 at 09:05");
        assert_eq!(date(Language::Nl, DateStyle::FullDateTime, time), "zondag 7 september 2025 om 09:05");
        assert_eq!(ago(Language::En, 5, Unit::Hour), "5 hr ago");
        assert_eq!(ago(Language::Nl, 2, Unit::Day), "eergisteren");
    }
}
