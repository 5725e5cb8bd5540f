use std::sync::Arc;

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use studio_users_contract::UserRow;
use studio_users_domain::{Status, UserId};

use super::chips::{environments, roles};
use super::columns::{Column, Layout};
use super::model;
use super::row_actions::actions;
use super::selection::Selection;
use super::store::Store;
use crate::i18n::{Language, clock, format, messages, moment, words};
use crate::state::{Lock, Reader};
use crate::ui::Avatar;

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
    /// What locks all that changes something.
    pub(super) lock: Signal<Option<Lock>>,
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
    let by_reader = row.invited_by.as_ref().is_some_and(|inviter| reader.is(inviter.id));
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
                aria-label=messages::select_user(language, &name)
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
            {actions(row, &name, look)}
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
                {words::status(language, row.status)}
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
        Column::InvitedBy => invited_by(row, reader, language),
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

fn invited_by(row: &UserRow, reader: &Reader, language: Language) -> AnyView {
    match &row.invited_by {
        None => ().into_any(),
        Some(inviter) if reader.is(inviter.id) => messages::you(language).into_any(),
        Some(inviter) => view! { <bdi class="truncate">{inviter.name.clone()}</bdi> }.into_any(),
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
