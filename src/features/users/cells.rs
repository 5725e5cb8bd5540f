use std::sync::Arc;

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use studio_users_contract::UserRow;
use studio_users_domain::Status;

use super::model;
use crate::i18n::{Language, clock, format, messages, moment};
use crate::state::Reader;
use crate::ui::{Avatar, Chip, Fold, Glyph, Icon, fold, text_width};

/// What every row's cells are shown with.
#[derive(Clone, Copy)]
pub(super) struct Look {
    /// The language.
    pub(super) language: Language,
    /// The CSS font of chips and tags.
    pub(super) font: Signal<String>,
    /// The width of the roles' column, in px.
    pub(super) roles_width: Signal<f64>,
    /// The width of the environments' column, in px.
    pub(super) environments_width: Signal<f64>,
}

/// The space that chips and tags take beside their words, in px: the sheet's padding, border, gap and mark.
const CHIP: f64 = 30.0;
const CHIP_INHERITED: f64 = 34.0;
const TAG: f64 = 17.0;
const FOLD: Fold = Fold { gap: 4.0, more: 34.0 };

/// The cells of a user's row.
pub(super) fn cells(row: &UserRow, reader: &Arc<Reader>, look: Look) -> impl IntoView + use<> {
    let Look { language, .. } = look;
    let (now, offset) = (clock::now(), clock::offset());
    let is_pending = row.status != Status::Active;
    let by_reader = row.invitation.as_ref().and_then(|invitation| invitation.invited_by.as_ref());
    let by_reader = by_reader.is_some_and(|inviter| reader.is(inviter.id));
    let below = if is_pending {
        model::invitation_line(language, row, by_reader, now, offset)
    } else {
        row.email.clone()
    };
    let name = row.name.clone().unwrap_or_else(|| row.email.clone());
    let avatar = (!is_pending).then(|| name.clone());
    let you = reader.is(row.id).then(|| view! { <span class="person__you">{messages::you(language)}</span> });

    view! {
        <th class="users-table__cell users-table__cell--name" role="rowheader" scope="row">
            <span class="person">
                <Avatar name=avatar seed=row.id.to_string() />
                <span class="person__text">
                    <span class="person__name"><bdi>{name}</bdi>{you}</span>
                    <span class="person__mail"><bdi>{below}</bdi></span>
                </span>
            </span>
        </th>
        <td class="users-table__cell users-table__cell--status" role="cell">
            <span class="status" data-status=row.status.wire_name()>
                {model::status_name(language, row.status)}
            </span>
        </td>
        <td class="users-table__cell users-table__cell--roles" role="cell">{roles(row, look)}</td>
        <td class="users-table__cell users-table__cell--envs" role="cell">
            {environments(row, reader, look)}
        </td>
        <td class="users-table__cell users-table__cell--last" role="cell">
            {row
                .last_active_at
                .map_or_else(
                    || {
                        view! {
                            <span class="users-table__time" data-never="">
                                {messages::never(language)}
                            </span>
                        }
                            .into_any()
                    },
                    |time| time_of(language, time, moment::last_active(language, time, now, offset)),
                )}
        </td>
        <td class="users-table__cell users-table__cell--created" role="cell">
            {time_of(language, row.created_at, moment::created(language, row.created_at, now, offset))}
        </td>
    }
}

/// The cells of a row that has not come yet.
pub(super) fn placeholder() -> impl IntoView {
    view! {
        <td class="users-table__cell users-table__cell--name" role="cell">
            <span class="person">
                <i class="skeleton skeleton--avatar"></i>
                <span class="person__text person__text--skeleton">
                    <i class="skeleton skeleton--name"></i>
                    <i class="skeleton skeleton--mail"></i>
                </span>
            </span>
        </td>
        <td class="users-table__cell users-table__cell--status" role="cell">
            <i class="skeleton"></i>
        </td>
        <td class="users-table__cell users-table__cell--roles" role="cell">
            <i class="skeleton skeleton--name"></i>
        </td>
        <td class="users-table__cell users-table__cell--envs" role="cell">
            <i class="skeleton skeleton--name"></i>
        </td>
        <td class="users-table__cell users-table__cell--last" role="cell">
            <i class="skeleton"></i>
        </td>
        <td class="users-table__cell users-table__cell--created" role="cell">
            <i class="skeleton"></i>
        </td>
    }
}

fn time_of(language: Language, time: DateTime<Utc>, words: String) -> AnyView {
    view! {
        <time
            class="users-table__time"
            datetime=time.to_rfc3339()
            title=format::absolute(language, time)
        >
            {words}
        </time>
    }
    .into_any()
}

fn roles(row: &UserRow, look: Look) -> impl IntoView + use<> {
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

fn environments(row: &UserRow, reader: &Arc<Reader>, look: Look) -> AnyView {
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
