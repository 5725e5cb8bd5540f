use chrono::{DateTime, Utc};
use studio_users_contract::UserRow;
use studio_users_domain::Status;

use super::chips::{environments, roles};
use super::columns::Column;
use super::row_actions::actions;
use super::row_context::RowSettings;
use crate::features::users::data::model;
use crate::i18n::{Language, clock, format, labels, messages, relative_time};
use crate::ui::{Markup, avatar};

/// The cells of a user. `href` is the URL that opens the user, and `is_selected` reads whether the row is selected.
pub(super) fn cells(
    row: &UserRow,
    settings: &RowSettings,
    href: String,
    is_selected: impl Fn() -> bool + Send + 'static,
) -> Vec<Markup> {
    let checkbox = Markup::new("input")
        .class("checkbox")
        .set("type", "checkbox")
        .set("data-action", "select")
        .set("aria-label", messages::select_user(settings.language, row.label()))
        .live_property("checked", is_selected);
    let mut cells =
        vec![cell(SELECT).set("aria-colindex", "1").child(checkbox), name_cell(row, settings, href)];
    cells.extend(settings.columns.iter().map(|(column, index)| {
        cell(column.class()).set("aria-colindex", index.to_string()).children(content(*column, row, settings))
    }));
    let last = settings.aria_colcount.to_string();
    cells.push(cell(ACTIONS).set("aria-colindex", last).children(actions(row, settings)));
    cells
}

/// The skeleton cells of a row that is not loaded yet.
pub(super) fn placeholder(settings: &RowSettings) -> Vec<Markup> {
    let skeleton = |class| Markup::new("i").class(class);
    let name =
        Markup::new("span").class("person person--empty").child(skeleton("skeleton skeleton--avatar")).child(
            Markup::new("span")
                .class("person__text person__text--skeleton")
                .child(skeleton("skeleton skeleton--name"))
                .child(skeleton("skeleton skeleton--mail")),
        );
    let mut cells = vec![cell(SELECT), cell(NAME).child(name)];
    cells.extend(settings.columns.iter().map(|(column, _)| {
        let class = match column {
            Column::Roles | Column::Environments => "skeleton skeleton--name",
            _ => "skeleton",
        };
        cell(column.class()).child(skeleton(class))
    }));
    cells.push(cell(ACTIONS));
    cells
}

const SELECT: &str = "users-table__cell users-table__cell--select";
const NAME: &str = "users-table__cell users-table__cell--name";
const ACTIONS: &str = "users-table__cell users-table__actions";

fn cell(class: &'static str) -> Markup {
    Markup::new("td").class(class).set("role", "cell")
}

fn name_cell(row: &UserRow, settings: &RowSettings, href: String) -> Markup {
    let language = settings.language;
    let has_joined = row.status == Status::Active;
    let subtitle = if has_joined {
        row.email.clone()
    } else {
        let is_inviter = row.invited_by.as_ref().is_some_and(|inviter| inviter.id == settings.current_user);
        model::invitation_line(language, row, is_inviter, clock::now(), &clock::Zone)
    };
    let link = Markup::new("a")
        .class("person__link")
        .set("data-action", "open")
        .set("href", href)
        .child(Markup::new("bdi").text(row.label().to_owned()));
    let you = (row.id == settings.current_user)
        .then(|| Markup::new("span").class("person__you").text(messages::you(language)));
    let text = Markup::new("span")
        .class("person__text")
        .child(Markup::new("span").class("person__name").child(link).children(you))
        .child(Markup::new("span").class("person__mail").child(Markup::new("bdi").text(subtitle)));
    let person = Markup::new("span")
        .class("person")
        .child(avatar(has_joined.then(|| row.label()), &row.id.to_string()))
        .child(text);
    Markup::new("th")
        .class(NAME)
        .set("role", "rowheader")
        .set("scope", "row")
        .set("aria-colindex", "2")
        .child(person)
}

/// The content of a column other than the name.
fn content(column: Column, row: &UserRow, settings: &RowSettings) -> Option<Markup> {
    let language = settings.language;
    match column {
        Column::Status => {
            let hint =
                row.allowed.resend.is_none().then(|| labels::status_hint(language, row.status)).flatten();
            let status = Markup::new("span")
                .class("status")
                .set("data-status", row.status.wire_name())
                .attribute("data-hint", hint.map(Into::into))
                .text(labels::status(language, row.status));
            Some(status)
        }
        Column::Roles => Some(roles(row, settings)),
        Column::Environments => Some(environments(row, settings)),
        Column::LastActive => Some(match row.last_active_at {
            Some(time) => {
                let words = relative_time::last_active(language, time, clock::now(), &clock::Zone);
                time_element(language, time, words)
            }
            None => Markup::new("span")
                .class("users-table__time")
                .set("data-never", "")
                .text(messages::never(language)),
        }),
        Column::InvitedBy => row.invited_by.as_ref().map(|inviter| {
            if inviter.id == settings.current_user {
                Markup::new("span").text(messages::you(language))
            } else {
                Markup::new("bdi").class("truncate").text(inviter.name.clone())
            }
        }),
        Column::Created => {
            let words = relative_time::created(language, row.created_at, clock::now(), &clock::Zone);
            Some(time_element(language, row.created_at, words))
        }
    }
}

fn time_element(language: Language, time: DateTime<Utc>, words: String) -> Markup {
    Markup::new("time")
        .class("users-table__time")
        .set("datetime", time.to_rfc3339())
        .set("title", format::full_date_time(language, time))
        .text(words)
}
