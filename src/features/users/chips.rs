use leptos::prelude::*;
use studio_users_domain::RowRole;

use super::cells::{Look, Shown};
use crate::i18n::{Language, format, messages};
use crate::ui::{Chip, Fold, Glyph, Icon, fold, text_width};

/// The space that chips and tags take beside their words, in px: the sheet's padding, border, gap and mark.
const CHIP: f64 = 30.0;
const CHIP_INHERITED: f64 = 34.0;
const TAG: f64 = 17.0;
const FOLD: Fold = Fold { gap: 4.0, more: 34.0 };

/// The roles, as many as fit, and how many more there are.
pub(super) fn roles(shown: Shown, look: Look) -> impl IntoView {
    let language = look.language;
    let fitting = Memo::new(move |_| {
        let font = look.font.read();
        let width = |held: &RowRole| {
            text_width(held.role.name(language), &font) + if held.inherited { CHIP_INHERITED } else { CHIP }
        };
        let widths: Vec<_> = shown.with(|row| row.roles.iter().map(width).collect());
        fold(&widths, look.roles_width.get(), FOLD)
    });
    // What is alike in two rows is not made anew for the second.
    let held = Memo::new(move |_| shown.with(|row| row.roles.clone()));
    move || {
        let held = held.read();
        let (fitting, hidden) = held.split_at(fitting.get().min(held.len()));
        let chips = fitting.iter().map(|&RowRole { role, inherited }| {
            let inherited = inherited.then(|| messages::inherited(language));
            view! { <Chip label=role.name(language) family=role.family().tag() inherited /> }
        });
        let names: Vec<_> = hidden.iter().map(|held| held.role.name(language)).collect();
        view! { <span class="chips">{chips.collect_view()} {more(language, hidden.len(), names.join(", "))}</span> }
    }
}

/// The environments, as many as fit, and how many more there are.
pub(super) fn environments(shown: Shown, look: Look) -> impl IntoView {
    let language = look.language;
    let held = Memo::new(move |_| shown.with(|row| Some(row.environments.clone())));
    let all = Memo::new(move |_| look.reader.read().managed_environments());
    let fitting = Memo::new(move |_| {
        let (font, held) = (look.font.read(), held.read());
        let Some(held) = &*held else { return 0 };
        let mut widths: Vec<_> = held.first.iter().map(|node| text_width(&node.name, &font) + TAG).collect();
        if held.total as usize > widths.len() {
            // What is not named cannot be shown: it takes all the room there is.
            widths.push(f64::INFINITY);
        }
        fold(&widths, look.environments_width.get(), FOLD).min(held.first.len())
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
        let more = more(language, total - fitting.len(), names.join(", "));
        Some(view! { <span class="chips">{tags.collect_view()} {more}</span> }.into_any())
    }
}

/// "+n", and for those who do not see what it stands beside, "n more" with their names.
fn more(language: Language, count: usize, names: String) -> Option<impl IntoView> {
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
