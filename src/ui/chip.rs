use std::borrow::Cow;

use leptos::prelude::*;

use super::{Glyph, Markup, icon};

/// A role chip. A dot marks an assigned role, an arrow an inherited one.
#[component]
pub fn Chip(
    /// The name of the role.
    #[prop(into)]
    label: String,
    /// The role family, which sets the colour of the dot or arrow. The label alone carries the meaning.
    family: &'static str,
    /// A visually hidden text that replaces the arrow for screen readers. `None` if the role is assigned here.
    #[prop(optional_no_strip)]
    inherited: Option<&'static str>,
) -> impl IntoView {
    chip(label, family, inherited)
}

/// A [`Chip`], for markup.
pub fn chip(
    label: impl Into<Cow<'static, str>>,
    family: &'static str,
    inherited: Option<&'static str>,
) -> Markup {
    let chip = Markup::new("span")
        .class("chip")
        .set("data-family", family)
        .attribute("data-inherited", inherited.map(|_| Cow::Borrowed("")))
        .text(label)
        // The stylesheet moves the arrow before the label, which keeps its place when a chip changes.
        .children(inherited.map(|_| icon(Glyph::Inherit, true)));
    chip.children(inherited.map(|text| Markup::new("span").class("visually-hidden").text(format!(" {text}"))))
}

/// The layout of a row of labels that may not all fit, in px.
#[derive(Debug, Clone, Copy)]
pub struct OverflowLayout {
    /// The gap between two labels.
    pub gap: f64,
    /// The width of the "+n" counter.
    pub counter: f64,
}

/// Returns how many labels fit into the available width. Reserves room for the "+n" counter if not all fit. The first label
/// always counts as visible.
pub fn count_visible(widths: &[f64], available: f64, layout: OverflowLayout) -> usize {
    let all: f64 = widths.iter().map(|width| width + layout.gap).sum();
    if all - layout.gap <= available {
        return widths.len();
    }
    let mut used = layout.counter;
    let fitting = widths.iter().take_while(|&&width| {
        used += width + layout.gap;
        used <= available
    });
    fitting.count().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAYOUT: OverflowLayout = OverflowLayout { gap: 4.0, counter: 20.0 };

    #[test]
    fn shows_all_labels_that_fit() {
        assert_eq!(count_visible(&[50.0, 46.0], 100.0, LAYOUT), 2);
        assert_eq!(count_visible(&[], 0.0, LAYOUT), 0);
    }

    #[test]
    fn reserves_room_for_the_counter() {
        assert_eq!(count_visible(&[50.0, 47.0], 100.0, LAYOUT), 1);
        assert_eq!(count_visible(&[30.0, 30.0, 60.0], 100.0, LAYOUT), 2);
    }

    #[test]
    fn always_shows_the_first_label() {
        assert_eq!(count_visible(&[300.0, 10.0], 100.0, LAYOUT), 1);
    }
}
