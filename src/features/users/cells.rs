use std::sync::Arc;

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use studio_users_contract::UserRow;
use studio_users_domain::{Denial, Status, UserId};

use super::columns::{Column, Layout};
use super::model;
use super::selection::Selection;
use super::store::Store;
use crate::i18n::{Language, clock, format, isolated, messages, moment};
use crate::state::{OFFLINE_ID, Reader, denial_id, use_links};
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
    /// Whether the backend is out of reach: then nothing can be changed.
    pub(super) is_offline: Signal<bool>,
    /// Who is selected.
    pub(super) selection: Selection,
    /// Who reads.
    pub(super) reader: Signal<Arc<Reader>>,
    /// How the reader likes the table.
    pub(super) layout: Layout,
    /// The columns besides the name that there is room for.
    pub(super) columns: Signal<Vec<Column>>,
    /// The address at which a user is open.
    pub(super) href: Callback<UserId, String>,
}

/// The space that chips and tags take beside their words, in px: the sheet's padding, border, gap and mark.
const CHIP: f64 = 30.0;
const CHIP_INHERITED: f64 = 34.0;
const TAG: f64 = 17.0;
const FOLD: Fold = Fold { gap: 4.0, more: 34.0 };

/// The cells of the row at a place in the list, which may become another's.
pub(super) fn row(store: Store, at: Signal<usize>, look: Look) -> impl IntoView {
    let row = Memo::new(move |_| store.rows.with(|rows| rows.as_ref()?.get(at.get())));
    move || match &*row.read() {
        Some(row) => cells(row, look).into_any(),
        None => placeholder(&look.columns.read()).into_any(),
    }
}

fn cells(row: &UserRow, look: Look) -> impl IntoView + use<> {
    let Look { language, reader, selection, .. } = look;
    let (now, offset) = (clock::now(), clock::offset());
    let reader = reader.read();
    let is_pending = row.status != Status::Active;
    let by_reader = row.invitation.as_ref().and_then(|invitation| invitation.invited_by.as_ref());
    let by_reader = by_reader.is_some_and(|inviter| reader.is(inviter.id));
    let below = if is_pending {
        model::invitation_line(language, row, by_reader, now, offset)
    } else {
        row.email.clone()
    };
    let id = row.id;
    let name = row.label().to_owned();
    let avatar = (!is_pending).then(|| name.clone());
    let you = reader.is(id).then(|| view! { <span class="person__you">{messages::you(language)}</span> });
    let columns = look.columns.get();
    let cells = columns.iter().map(|&column| cell(column, row, &reader, look, (now, offset)));

    view! {
        <td class="users-table__cell users-table__cell--select" role="cell" aria-colindex="1">
            <input
                class="checkbox"
                type="checkbox"
                data-deed="select"
                aria-label=messages::select_user(language, &isolated(&name))
                prop:checked=move || selection.selected.with(|selected| selected.has(id))
            />
        </td>
        <th class="users-table__cell users-table__cell--name" role="rowheader" scope="row" aria-colindex="2">
            <span class="person">
                <Avatar name=avatar seed=id.to_string() />
                <span class="person__text">
                    <span class="person__name">
                        <a class="person__link" data-deed="open" href=look.href.run(id)>
                            <bdi>{name.clone()}</bdi>
                        </a>
                        {you}
                    </span>
                    <span class="person__mail"><bdi>{below}</bdi></span>
                </span>
            </span>
        </th>
        {cells.collect_view()}
        <td class="users-table__cell users-table__actions" role="cell" aria-colindex=look.layout.places().to_string()>
            {actions(row, &isolated(&name), look)}
        </td>
    }
}

/// A cell of one of the columns besides the name.
fn cell(
    column: Column,
    row: &UserRow,
    reader: &Reader,
    look: Look,
    (now, offset): (DateTime<Utc>, chrono::FixedOffset),
) -> impl IntoView + use<> {
    let language = look.language;
    let within = match column {
        Column::Status => view! {
            <span class="status" data-status=row.status.wire_name()>
                {model::status_name(language, row.status)}
            </span>
        }
        .into_any(),
        Column::Roles => roles(row, look).into_any(),
        Column::Environments => environments(row, reader, look),
        Column::LastActive => match row.last_active_at {
            Some(time) => time_of(language, time, moment::last_active(language, time, now, offset)),
            None => view! {
                <span class="users-table__time" data-never="">
                    {messages::never(language)}
                </span>
            }
            .into_any(),
        },
        Column::Created => {
            time_of(language, row.created_at, moment::created(language, row.created_at, now, offset))
        }
    };
    view! {
        <td class=column.class() role="cell" aria-colindex=look.layout.place(column).to_string()>
            {within}
        </td>
    }
}

/// What can be done with the user: a button that is refused stays, says why, and does nothing.
fn actions(row: &UserRow, name: &str, look: Look) -> impl IntoView + use<> {
    let language = look.language;
    let id = row.id;
    let links = use_links();
    let is_copied = move || links.copied.get() == Some(id);
    let refusal = move |denial: Option<Denial>| {
        if look.is_offline.get() {
            return Some((OFFLINE_ID.to_string(), messages::offline_reason(language)));
        }
        denial.map(|denial| (denial_id(denial), denial.sentence(language)))
    };
    let (copy, remove) = (row.allowed.copy_link, row.allowed.remove);
    view! {
        <button
            class="icon-button users-table__action"
            type="button"
            data-deed="copy-link"
            aria-label=messages::copy_link_for(language, name)
            aria-disabled=move || refusal(copy).map(|_| "true")
            aria-describedby=move || refusal(copy).map(|(id, _)| id)
            data-hint=move || {
                refusal(copy)
                    .map_or_else(
                        || {
                            Some(
                                if is_copied() {
                                    messages::copied(language)
                                } else {
                                    messages::copy_link(language)
                                },
                            )
                        },
                        |(_, words)| Some(words),
                    )
            }
            data-copied=move || is_copied().then_some("")
        >
            {move || {
                let glyph = if is_copied() { Glyph::Check } else { Glyph::Clipboard };
                view! { <Icon glyph /> }
            }}
        </button>
        <button
            class="icon-button icon-button--danger users-table__action"
            type="button"
            data-deed="remove"
            aria-label=messages::remove_named(language, name)
            aria-disabled=move || refusal(remove).map(|_| "true")
            aria-describedby=move || refusal(remove).map(|(id, _)| id)
            data-hint=move || refusal(remove).map_or(messages::remove(language), |(_, words)| words)
        >
            <Icon glyph=Glyph::Trash />
        </button>
        <button
            class="icon-button users-table__more"
            type="button"
            data-deed="more"
            aria-label=messages::actions_for(language, name)
            aria-haspopup="dialog"
        >
            <Icon glyph=Glyph::More />
        </button>
    }
}

/// The cells of a row that has not come yet.
fn placeholder(columns: &[Column]) -> impl IntoView + use<> {
    let cells = columns.iter().map(|column| {
        let skeleton = match column {
            Column::Roles | Column::Environments => "skeleton skeleton--name",
            _ => "skeleton",
        };
        view! {
            <td class=column.class() role="cell">
                <i class=skeleton></i>
            </td>
        }
    });
    view! {
        <td class="users-table__cell users-table__cell--select" role="cell"></td>
        <td class="users-table__cell users-table__cell--name" role="cell">
            <span class="person">
                <i class="skeleton skeleton--avatar"></i>
                <span class="person__text person__text--skeleton">
                    <i class="skeleton skeleton--name"></i>
                    <i class="skeleton skeleton--mail"></i>
                </span>
            </span>
        </td>
        {cells.collect_view()}
        <td class="users-table__cell users-table__actions" role="cell"></td>
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

fn environments(row: &UserRow, reader: &Reader, look: Look) -> AnyView {
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
