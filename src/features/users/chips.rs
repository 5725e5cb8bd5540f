use std::sync::Arc;

use leptos::prelude::*;
use studio_users_contract::UserRow;

use super::cells::Look;
use crate::i18n::{Language, format, messages};
use crate::state::Reader;
use crate::ui::{Chip, Fold, Glyph, Icon, fold, text_width};

/// The space that chips and tags take beside their words, in px: the sheet's padding, border, gap and mark.
const CHIP: f64 = 30.0;
const CHIP_INHERITED: f64 = 34.0;
const TAG: f64 = 17.0;
const FOLD: Fold = Fold { gap: 4.0, more: 34.0 };

/// The roles, as many as fit, and how many more there are.
pub(super) fn roles(row: &UserRow, look: Look) -> impl IntoView + use<> {
    let language = look.language;
    let roles: Arc<Vec<_>> = Arc::new(
        row.roles.iter().map(|held| (held.role, held.role.name(language), held.inherited)).collect(),
    );
    let widths = {
        let roles = Arc::clone(&roles);
        Memo::new(move |_| {
            let width = |&(_, name, inherited): &(_, &str, bool)| {
                text_width(name, &look.font.read()) + if inherited { CHIP_INHERITED } else { CHIP }
            };
            roles.iter().map(width).collect::<Vec<_>>()
        })
    };
    let shown = Memo::new(move |_| fold(&widths.read(), look.roles_width.get(), FOLD));
    move || {
        let (shown, hidden) = roles.split_at(shown.get().min(roles.len()));
        let chips = shown.iter().map(|&(role, name, inherited)| {
            let inherited = inherited.then(|| messages::inherited(language));
            view! { <Chip label=name family=role.family().tag() inherited /> }
        });
        let names: Vec<_> = hidden.iter().map(|(_, name, _)| *name).collect();
        view! { <span class="chips">{chips.collect_view()} {more(language, hidden.len(), names.join(", "))}</span> }
    }
}

/// The environments, as many as fit, and how many more there are.
pub(super) fn environments(row: &UserRow, reader: &Reader, look: Look) -> AnyView {
    let language = look.language;
    let total = row.environments.total as usize;
    if total > 1 && total == reader.managed_environments() {
        return view! {
            <span class="chips">
                <span class="tag">
                    <Icon glyph=Glyph::Layers small=true />
                    {messages::all_environments(language)}
                </span>
            </span>
        }
        .into_any();
    }
    let first = Arc::new(row.environments.first.clone());
    let shown = {
        let first = Arc::clone(&first);
        Memo::new(move |_| {
            let font = look.font.read();
            let mut widths: Vec<_> = first.iter().map(|node| text_width(&node.name, &font) + TAG).collect();
            if total > widths.len() {
                // What is not named cannot be shown: it takes all the room there is.
                widths.push(f64::INFINITY);
            }
            fold(&widths, look.environments_width.get(), FOLD).min(first.len())
        })
    };
    let view = move || {
        let shown = shown.get();
        let tags = first[..shown].iter().map(|node| {
            view! { <span class="tag"><bdi>{node.name.clone()}</bdi></span> }
        });
        let names: Vec<_> = first[shown..].iter().map(|node| node.name.as_str()).collect();
        view! { <span class="chips">{tags.collect_view()} {more(language, total - shown, names.join(", "))}</span> }
    };
    view.into_any()
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
