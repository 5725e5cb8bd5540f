use leptos::prelude::*;
use studio_users_domain::RowRole;

use super::row_context::{RowContext, RowSignal};
use crate::i18n::{Language, format, messages};
use crate::ui::{Chip, Glyph, Icon, OverflowLayout, count_visible, text_width};

/// The width of a chip or tag without its text, in px: the padding, border, gap and icon from the stylesheet.
const CHIP: f64 = 30.0;
const CHIP_INHERITED: f64 = 34.0;
const TAG: f64 = 17.0;
const OVERFLOW_LAYOUT: OverflowLayout = OverflowLayout { gap: 4.0, counter: 34.0 };

/// The role chips that fit into the column, and a "+n" tag for the others.
pub(crate) fn roles(row_signal: RowSignal, context: RowContext) -> impl IntoView {
    let language = context.language;
    let fitting = Memo::new(move |_| {
        let font = context.font.read();
        let width = |held: &RowRole| {
            text_width(held.role.name(language), &font) + if held.inherited { CHIP_INHERITED } else { CHIP }
        };
        let widths: Vec<_> = row_signal.with(|row| row.roles.iter().map(width).collect());
        count_visible(&widths, context.roles_width.get(), OVERFLOW_LAYOUT)
    });
    // Compares the roles, so that chips do not render again when a recycled row has the same roles.
    let held = Memo::new(move |_| row_signal.with(|row| row.roles.clone()));
    move || {
        let held = held.read();
        let (fitting, hidden) = held.split_at(fitting.get().min(held.len()));
        let chips = fitting.iter().map(|&RowRole { role, inherited }| {
            let inherited = inherited.then(|| messages::inherited(language));
            view! { <Chip label=role.name(language) family=role.family().tag() inherited /> }
        });
        let names: Vec<_> = hidden.iter().map(|held| held.role.name(language)).collect();
        view! { <span class="chips">{chips.collect_view()} {overflow_tag(language, hidden.len(), names.join(", "))}</span> }
    }
}

/// The environment tags that fit into the column, and a "+n" tag for the others.
pub(crate) fn environments(row_signal: RowSignal, context: RowContext) -> impl IntoView {
    let language = context.language;
    let held = Memo::new(move |_| row_signal.with(|row| Some(row.environments.clone())));
    let all = Memo::new(move |_| context.current_user.read().managed_environments());
    let fitting = Memo::new(move |_| {
        let (font, held) = (context.font.read(), held.read());
        let Some(held) = &*held else { return 0 };
        let mut widths: Vec<_> = held.first.iter().map(|node| text_width(&node.name, &font) + TAG).collect();
        if held.total as usize > widths.len() {
            // Adds an infinite width for environments without a name in the response, so that they never fit.
            widths.push(f64::INFINITY);
        }
        count_visible(&widths, context.environments_width.get(), OVERFLOW_LAYOUT).min(held.first.len())
    });
    move || {
        let held = held.read();
        let held = held.as_ref()?;
        let total = held.total as usize;
        if total > 1 && total == all.get() {
            let all = view! {
                <span class="chips">
                    <span class="tag">
                        <Icon glyph=Glyph::Layers small=true />
                        {messages::all_environments(language)}
                    </span>
                </span>
            };
            return Some(all.into_any());
        }
        let (fitting, hidden) = held.first.split_at(fitting.get().min(held.first.len()));
        let tags = fitting.iter().map(|node| {
            view! { <span class="tag"><bdi>{node.name.clone()}</bdi></span> }
        });
        let names: Vec<_> = hidden.iter().map(|node| node.name.as_str()).collect();
        let more = overflow_tag(language, total - fitting.len(), names.join(", "));
        Some(view! { <span class="chips">{tags.collect_view()} {more}</span> }.into_any())
    }
}

/// A "+n" tag. Screen readers get "n more" with the names.
fn overflow_tag(language: Language, count: usize, names: String) -> Option<impl IntoView> {
    let number = format::number(language, u32::try_from(count).unwrap_or(u32::MAX));
    (count > 0).then(move || {
        let title = names.clone();
        view! {
            <span class="tag tag--more" title=title>
                <span aria-hidden="true">"+"{number.clone()}</span>
                <span class="visually-hidden">{messages::more(language, &number)} " " {names}</span>
            </span>
        }
    })
}
