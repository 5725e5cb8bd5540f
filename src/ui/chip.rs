use leptos::prelude::*;

use super::{Glyph, Icon};

/// A round label: with a dot what belongs here, with an arrow what comes from above.
#[component]
pub fn Chip(
    /// The word.
    #[prop(into)]
    label: String,
    /// Names the colour of the mark in the sheet. The word carries the meaning.
    family: &'static str,
    /// What to add for those who do not see the arrow; none where the chip belongs here.
    #[prop(optional_no_strip)]
    inherited: Option<&'static str>,
) -> impl IntoView {
    view! {
        <span class="chip" data-family=family data-inherited=inherited.map(|_| "")>
            {inherited.map(|_| view! { <Icon glyph=Glyph::Inherit small=true /> })}
            {label}
            {inherited.map(|words| view! { <span class="visually-hidden">" "{words}</span> })}
        </span>
    }
}

/// How a row of labels is laid out, in px.
#[derive(Debug, Clone, Copy)]
pub struct Fold {
    /// The space between two labels.
    pub gap: f64,
    /// The width of the "+n" that stands for those left out.
    pub more: f64,
}

/// How many of the labels fit into the width, with room for "+n" where not all do. The first is always shown.
pub fn fold(widths: &[f64], available: f64, layout: Fold) -> usize {
    let all: f64 = widths.iter().map(|width| width + layout.gap).sum();
    if all - layout.gap <= available {
        return widths.len();
    }
    let mut used = layout.more;
    let fitting = widths.iter().take_while(|&&width| {
        used += width + layout.gap;
        used <= available
    });
    fitting.count().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAYOUT: Fold = Fold { gap: 4.0, more: 20.0 };

    #[test]
    fn all_labels_stand_where_they_fit() {
        assert_eq!(fold(&[50.0, 46.0], 100.0, LAYOUT), 2);
        assert_eq!(fold(&[], 0.0, LAYOUT), 0);
    }

    #[test]
    fn what_does_not_fit_leaves_room_for_the_count() {
        assert_eq!(fold(&[50.0, 47.0], 100.0, LAYOUT), 1);
        assert_eq!(fold(&[30.0, 30.0, 60.0], 100.0, LAYOUT), 2);
    }

    #[test]
    fn the_first_label_is_always_shown() {
        assert_eq!(fold(&[300.0, 10.0], 100.0, LAYOUT), 1);
    }
}
