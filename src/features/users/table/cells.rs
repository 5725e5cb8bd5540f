use chrono::{DateTime, Utc};
use leptos::prelude::*;
use studio_users_contract::UserRow;
use studio_users_domain::Status;

use super::chips::{environments, roles};
use super::columns::Column;
use super::row_actions::actions;
use super::row_context::{RowContext, RowSignal};
use crate::features::users::data::model;
use crate::features::users::data::rows::CachedRow;
use crate::features::users::data::store::UsersStore;
use crate::i18n::{Language, clock, format, labels, messages, relative_time};
use crate::state::CurrentUser;
use crate::ui::Avatar;

/// The cells of the row at an index that can change. See [`RowSignal`].
pub(crate) fn row(store: UsersStore, index: Signal<usize>, context: RowContext) -> impl IntoView {
    let row = Memo::new(move |previous: Option<&(usize, Option<CachedRow>)>| match (index.get(), previous) {
        (index, Some(previous)) if previous.0 == index && store.can_defer(index) => previous.clone(),
        (index, _) => (index, store.rows.with(|rows| rows.as_ref()?.get(index))),
    });
    let is_loaded = Memo::new(move |_| row.read().1.is_some());
    let row_signal = RowSignal(Memo::new(move |previous: Option<&Option<CachedRow>>| {
        row.read().1.clone().or_else(|| previous.cloned().flatten())
    }));
    // Keeps the cells once they are rendered. While the next row loads, the `awaited` mark of the row hides them.
    let is_rendered = Memo::new(move |was: Option<&bool>| was == Some(&true) || is_loaded.get());
    move || {
        if is_rendered.get() {
            cells(row_signal, context).into_any()
        } else {
            placeholder(context).into_any()
        }
    }
}

fn cells(row_signal: RowSignal, context: RowContext) -> impl IntoView {
    let RowContext { language, current_user, selection, .. } = context;
    let id = Memo::new(move |_| row_signal.with(|row| Some(row.id)));
    let name = Memo::new(move |_| row_signal.with(|row| row.label().to_owned()));
    let avatar = move || {
        let seed = id.get().map(|id| id.to_string()).unwrap_or_default();
        let name = row_signal.with(|row| (row.status == Status::Active).then(|| row.label().to_owned()));
        view! { <Avatar name seed /> }
    };
    let subtitle = move || {
        row_signal.with(|row| {
            if row.status == Status::Active {
                return row.email.clone();
            }
            let is_inviter =
                row.invited_by.as_ref().is_some_and(|inviter| current_user.read().is_self(inviter.id));
            model::invitation_line(language, row, is_inviter, clock::now(), &clock::Zone)
        })
    };
    let is_you = Memo::new(move |_| id.get().is_some_and(|id| current_user.read().is_self(id)));
    let you =
        move || is_you.get().then(|| view! { <span class="person__you">{messages::you(language)}</span> });

    view! {
        <td class="users-table__cell users-table__cell--select" role="cell" aria-colindex="1">
            <input
                class="checkbox"
                type="checkbox"
                data-action="select"
                aria-label=move || messages::select_user(language, &name.read())
                prop:checked=move || {
                    id.get().is_some_and(|id| selection.selected.with(|selected| selected.contains(id)))
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
                            data-action="open"
                            href=move || id.get().map(|id| context.href.run(id))
                        >
                            <bdi>{move || name.get()}</bdi>
                        </a>
                        {you}
                    </span>
                    <span class="person__mail"><bdi>{subtitle}</bdi></span>
                </span>
            </span>
        </th>
        <For each=move || context.columns.get() key=|column| *column let:column>
            {cell(column, row_signal, context)}
        </For>
        <td
            class="users-table__cell users-table__actions"
            role="cell"
            aria-colindex=move || context.layout.aria_colcount().to_string()
        >
            {actions(row_signal, name, context)}
        </td>
    }
}

/// The cell of a column other than the name.
fn cell(column: Column, row_signal: RowSignal, context: RowContext) -> impl IntoView {
    let RowContext { language, current_user, .. } = context;
    let children = match column {
        Column::Status => view! {
            <span
                class="status"
                data-status=move || row_signal.with(|row| row.status.wire_name())
                data-hint=move || {
                    row_signal
                        .with(|row| {
                            let may_resend = row.allowed.resend.is_none();
                            may_resend.then(|| labels::status_hint(language, row.status)).flatten()
                        })
                }
            >
                {move || row_signal.with(|row| labels::status(language, row.status))}
            </span>
        }
        .into_any(),
        Column::Roles => roles(row_signal, context).into_any(),
        Column::Environments => environments(row_signal, context).into_any(),
        Column::LastActive => {
            let time = Memo::new(move |_| row_signal.with(|row| row.last_active_at));
            (move || match time.get() {
                Some(time) => {
                    let words = relative_time::last_active(language, time, clock::now(), &clock::Zone);
                    time_element(language, time, words)
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
            (move || row_signal.with(|row| Some(invited_by(row, &current_user.read(), language)))).into_any()
        }
        Column::Created => {
            let time = Memo::new(move |_| row_signal.with(|row| Some(row.created_at)));
            (move || {
                time.get().map(|time| {
                    time_element(
                        language,
                        time,
                        relative_time::created(language, time, clock::now(), &clock::Zone),
                    )
                })
            })
            .into_any()
        }
    };
    view! {
        <td class=column.class() role="cell" aria-colindex=move || context.layout.aria_colindex(column).to_string()>
            {children}
        </td>
    }
}

fn invited_by(row: &UserRow, current_user: &CurrentUser, language: Language) -> AnyView {
    match &row.invited_by {
        None => ().into_any(),
        Some(inviter) if current_user.is_self(inviter.id) => {
            view! { <span>{messages::you(language)}</span> }.into_any()
        }
        Some(inviter) => view! { <bdi class="truncate">{inviter.name.clone()}</bdi> }.into_any(),
    }
}

/// The skeleton cells of a row that is not loaded yet.
fn placeholder(context: RowContext) -> impl IntoView {
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
        <For each=move || context.columns.get() key=|column| *column let:column>
            {cell(column)}
        </For>
        <td class="users-table__cell users-table__actions" role="cell"></td>
    }
}

fn time_element(language: Language, time: DateTime<Utc>, words: String) -> AnyView {
    view! {
        <time
            class="users-table__time"
            datetime=time.to_rfc3339()
            title=format::full_date_time(language, time)
        >
            {words}
        </time>
    }
    .into_any()
}
