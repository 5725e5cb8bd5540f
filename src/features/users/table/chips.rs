use studio_users_contract::UserRow;
use studio_users_domain::RowRole;

use super::row_context::RowSettings;
use crate::i18n::{Language, format, messages};
use crate::ui::{Glyph, Markup, OverflowLayout, chip, count_visible, icon, text_width};

/// The width of a chip or tag without its text, in px: the padding, border, gap and icon from the stylesheet.
const CHIP: f64 = 30.0;
const CHIP_INHERITED: f64 = 34.0;
const TAG: f64 = 17.0;
const OVERFLOW_LAYOUT: OverflowLayout = OverflowLayout { gap: 4.0, counter: 34.0 };

/// The role chips that fit into the column, and a "+n" tag for the others.
pub(super) fn roles(row: &UserRow, settings: &RowSettings) -> Markup {
    let language = settings.language;
    let width = |held: &RowRole| {
        text_width(held.role.name(language), &settings.font)
            + if held.inherited { CHIP_INHERITED } else { CHIP }
    };
    let widths: Vec<_> = row.roles.iter().map(width).collect();
    let fitting = count_visible(&widths, settings.roles_width, OVERFLOW_LAYOUT);
    let (fitting, hidden) = row.roles.split_at(fitting.min(row.roles.len()));
    let chips = fitting.iter().map(|&RowRole { role, inherited }| {
        let inherited = inherited.then(|| messages::inherited(language));
        chip(role.name(language), role.family().tag(), inherited)
    });
    let names: Vec<_> = hidden.iter().map(|held| held.role.name(language)).collect();
    Markup::new("span").class("chips").children(chips).children(overflow_tag(language, hidden.len(), &names))
}

/// The environment tags that fit into the column, and a "+n" tag for the others.
pub(super) fn environments(row: &UserRow, settings: &RowSettings) -> Markup {
    let language = settings.language;
    let held = &row.environments;
    let chips = Markup::new("span").class("chips");
    let total = held.total as usize;
    if held.are_all(settings.managed_environments) {
        let all = tag().child(icon(Glyph::Layers, true)).text(messages::all_environments(language));
        return chips.child(all);
    }
    let mut widths: Vec<_> =
        held.first.iter().map(|node| text_width(&node.name, &settings.font) + TAG).collect();
    if total > widths.len() {
        // Adds an infinite width for environments without a name in the response, so that they never fit.
        widths.push(f64::INFINITY);
    }
    let fitting = count_visible(&widths, settings.environments_width, OVERFLOW_LAYOUT);
    let (fitting, hidden) = held.first.split_at(fitting.min(held.first.len()));
    let tags = fitting.iter().map(|node| tag().child(Markup::new("bdi").text(node.name.clone())));
    let names: Vec<_> = hidden.iter().map(|node| node.name.as_str()).collect();
    chips.children(tags).children(overflow_tag(language, total - fitting.len(), &names))
}

fn tag() -> Markup {
    Markup::new("span").class("tag")
}

/// A "+n" tag. Screen readers get "n more" with the names.
fn overflow_tag(language: Language, count: usize, names: &[&str]) -> Option<Markup> {
    if count == 0 {
        return None;
    }
    let number = format::number(language, u32::try_from(count).unwrap_or(u32::MAX));
    let names = names.join(", ");
    let more = format!("{} {names}", messages::more(language, &number));
    let tag = Markup::new("span")
        .class("tag tag--more")
        .set("title", names)
        .child(Markup::new("span").set("aria-hidden", "true").text(format!("+{number}")))
        .child(Markup::new("span").class("visually-hidden").text(more));
    Some(tag)
}
