use std::sync::Arc;

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use studio_users_contract::UserRow;
use studio_users_domain::{Status, UserId};

use super::chips::{environments, roles};
use super::columns::{Column, Layout};
use super::model;
use super::row_actions::actions;
use super::rows::KeptRow;
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
    /// The columns besides the name.
    pub(super) columns: Signal<Vec<Column>>,
    /// The address at which a user is open.
    pub(super) href: Callback<UserId, String>,
}

/// The row that cells show, which may become another's while they stay: to make them anew costs far more than to say what
/// is different. Of a row that has gone they say what it was.
#[derive(Clone, Copy)]
pub(super) struct Shown(Memo<Option<KeptRow>>);

impl Shown {
    /// What this reads of the row, as it changes.
    pub(super) fn with<T: Default>(self, read: impl FnOnce(&UserRow) -> T) -> T {
        self.0.with(|row| row.as_deref().map(read)).unwrap_or_default()
    }
}

/// The cells of the row at a place in the list, which may become another's.
pub(super) fn row(store: Store, at: Signal<usize>, look: Look) -> impl IntoView {
    let row = Memo::new(move |before: Option<&(usize, Option<KeptRow>)>| match (at.get(), before) {
        (at, Some(before)) if before.0 == at && store.can_wait(at) => before.clone(),
        (at, _) => (at, store.rows.with(|rows| rows.as_ref()?.get(at))),
    });
    let has_come = Memo::new(move |_| row.read().1.is_some());
    let shown = Shown(Memo::new(move |before: Option<&Option<KeptRow>>| {
        row.read().1.clone().or_else(|| before.cloned().flatten())
    }));
    // Once made they stay, unseen while another row is awaited in their place: its marks say so.
    let is_made = Memo::new(move |was: Option<&bool>| was == Some(&true) || has_come.get());
    move || if is_made.get() { cells(shown, look).into_any() } else { placeholder(look).into_any() }
}

fn cells(shown: Shown, look: Look) -> impl IntoView {
    let Look { language, reader, selection, .. } = look;
    let id = Memo::new(move |_| shown.with(|row| Some(row.id)));
    let name = Memo::new(move |_| shown.with(|row| row.label().to_owned()));
    let avatar = move || {
        let seed = id.get().map(|id| id.to_string()).unwrap_or_default();
        let name = shown.with(|row| (row.status == Status::Active).then(|| row.label().to_owned()));
        view! { <Avatar name seed /> }
    };
    let below = move || {
        shown.with(|row| {
            if row.status == Status::Active {
                return row.email.clone();
            }
            let by_reader = row.invited_by.as_ref().is_some_and(|inviter| reader.read().is(inviter.id));
            model::invitation_line(language, row, by_reader, clock::now(), clock::offset())
        })
    };
    let is_you = Memo::new(move |_| id.get().is_some_and(|id| reader.read().is(id)));
    let you =
        move || is_you.get().then(|| view! { <span class="person__you">{messages::you(language)}</span> });

    view! {
        <td class="users-table__cell users-table__cell--select" role="cell" aria-colindex="1">
            <input
                class="checkbox"
                type="checkbox"
                data-deed="select"
                aria-label=move || messages::select_user(language, &name.read())
                prop:checked=move || {
                    id.get().is_some_and(|id| selection.selected.with(|selected| selected.has(id)))
                }
            />
        </td>
        <th class="users-table__cell users-table__cell--name" role="rowheader" scope="row" aria-colindex="2">
            <span class="person">
                {avatar}
                <span class="person__text">
                    <span class="person__name">
                        <a
                            class="person__link"
                            data-deed="open"
                            href=move || id.get().map(|id| look.href.run(id))
                        >
                            <bdi>{move || name.get()}</bdi>
                        </a>
                        {you}
                    </span>
                    <span class="person__mail"><bdi>{below}</bdi></span>
                </span>
            </span>
        </th>
        <For each=move || look.columns.get() key=|column| *column let:column>
            {cell(column, shown, look)}
        </For>
        <td
            class="users-table__cell users-table__actions"
            role="cell"
            aria-colindex=move || look.layout.places().to_string()
        >
            {actions(shown, name, look)}
        </td>
    }
}

/// A cell of one of the columns besides the name.
fn cell(column: Column, shown: Shown, look: Look) -> impl IntoView {
    let Look { language, reader, .. } = look;
    let within = match column {
        Column::Status => view! {
            <span class="status" data-status=move || shown.with(|row| row.status.wire_name())>
                {move || shown.with(|row| words::status(language, row.status))}
            </span>
        }
        .into_any(),
        Column::Roles => roles(shown, look).into_any(),
        Column::Environments => environments(shown, look).into_any(),
        Column::LastActive => {
            let time = Memo::new(move |_| shown.with(|row| row.last_active_at));
            (move || match time.get() {
                Some(time) => {
                    let words = moment::last_active(language, time, clock::now(), clock::offset());
                    time_of(language, time, words)
                }
                None => view! {
                    <span class="users-table__time" data-never="">
                        {messages::never(language)}
                    </span>
                }
                .into_any(),
            })
            .into_any()
        }
        Column::InvitedBy => {
            (move || shown.with(|row| Some(invited_by(row, &reader.read(), language)))).into_any()
        }
        Column::Created => {
            let time = Memo::new(move |_| shown.with(|row| Some(row.created_at)));
            (move || {
                time.get().map(|time| {
                    time_of(language, time, moment::created(language, time, clock::now(), clock::offset()))
                })
            })
            .into_any()
        }
    };
    view! {
        <td class=column.class() role="cell" aria-colindex=move || look.layout.place(column).to_string()>
            {within}
        </td>
    }
}

fn invited_by(row: &UserRow, reader: &Reader, language: Language) -> AnyView {
    match &row.invited_by {
        None => ().into_any(),
        Some(inviter) if reader.is(inviter.id) => view! { <span>{messages::you(language)}</span> }.into_any(),
        Some(inviter) => view! { <bdi class="truncate">{inviter.name.clone()}</bdi> }.into_any(),
    }
}

/// The cells of a row that has not come yet.
fn placeholder(look: Look) -> impl IntoView {
    let cell = |column: Column| {
        let skeleton = match column {
            Column::Roles | Column::Environments => "skeleton skeleton--name",
            _ => "skeleton",
        };
        view! {
            <td class=column.class() role="cell">
                <i class=skeleton></i>
            </td>
        }
    };
    view! {
        <td class="users-table__cell users-table__cell--select" role="cell"></td>
        <td class="users-table__cell users-table__cell--name" role="cell">
            <span class="person person--empty">
                <i class="skeleton skeleton--avatar"></i>
                <span class="person__text person__text--skeleton">
                    <i class="skeleton skeleton--name"></i>
                    <i class="skeleton skeleton--mail"></i>
                </span>
            </span>
        </td>
        <For each=move || look.columns.get() key=|column| *column let:column>
            {cell(column)}
        </For>
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
