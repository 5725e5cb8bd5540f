use axum::body::{Body, Bytes};
use axum::extract::{RawQuery, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, SecondsFormat, Utc};
use futures_util::stream;
use studio_users_contract::{Action, AuditDetails, Exported, Problem, Sort, UsersQuery, path};
use studio_users_domain::{Language, NodeId, Scope};
use uuid::Uuid;

use super::users::{parse, selection_of};
use crate::app::App;
use crate::audit::Entry;
use crate::csv::lines;
use crate::problem::Refusal;
use crate::reader::Reader;
use crate::store::{Following, Organisation, Place, Row, Selection};
use crate::token::TokenHash;
use crate::viewing::Viewing;

/// How many users are read at once.
const AT_ONCE: u32 = 500;
const COLUMNS: [&str; 7] = ["name", "email", "status", "roles", "environments", "last active", "created"];

/// The users whom the reader may see, as a table for a spreadsheet. That it was asked for stands in the audit log
/// before anything is sent.
#[utoipa::path(
    get, path = path::USERS_CSV, params(UsersQuery),
    responses((status = 200, description = "All who match, in the list's order.", content_type = "text/csv"),
        (status = "4XX", description = "Refused.", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn download(
    State(app): State<App>,
    reader: Reader,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let query = parse(query.as_deref().unwrap_or_default())?;
    let asked_window = [("offset", query.offset.is_some()), ("limit", query.limit.is_some())];
    if let Some((field, _)) = asked_window.into_iter().find(|(_, is_asked)| *is_asked) {
        return Err(Refusal::UnknownField(field.into()));
    }
    let within = reader.within(&query.nodes)?;
    let (nodes, sort) = (query.nodes.clone(), query.sort.unwrap_or_default());
    let Reader { token, view, scope, organisation, account, tx, .. } = reader;
    let view = view.as_ref().map(Viewing::id);
    let selection = selection_of(query);
    let now = app.clock.now();
    let mut tx = app.store.settle(tx, now).await?;
    let total = app.store.total(&mut tx, &organisation, &within, &selection).await?;
    // Given back before another is asked for.
    drop(tx);
    let details = AuditDetails {
        count: total.exact.then_some(total.value),
        exported: Some(exported(&within, &selection)),
        ..AuditDetails::default()
    };
    let entry = Entry::of(Action::UsersExported, now).by((&account).into()).with(details);
    let mut write = app.store.write().await?;
    write.record(&Entry { view, ..entry }).await?;
    write.commit().await?;
    let export = Export { app, token, view, scope, nodes, sort, selection, progress: Progress::Begun };
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"users.csv\""),
    ];
    let windows = stream::try_unfold(export, Export::next);
    Ok((headers, Body::from_stream(windows)).into_response())
}

/// What a table is made of, for the audit log.
fn exported(within: &Scope, selection: &Selection) -> Exported {
    let Selection { search, roles, is_assigned, statuses, active_since } = selection.clone();
    let nodes = within.parts().iter().map(|part| part.node()).collect();
    Exported { nodes, search, roles, assigned: is_assigned, statuses, active_since }
}

/// A table under way.
struct Export {
    app: App,
    token: TokenHash,
    view: Option<Uuid>,
    scope: Scope,
    nodes: Vec<NodeId>,
    sort: Sort,
    selection: Selection,
    progress: Progress,
}

enum Progress {
    Begun,
    At(Place),
    Ended,
}

/// Breaks a table off, so that nobody takes a part of it for the whole.
#[derive(Debug, thiserror::Error)]
#[error("the table is broken off: {0}")]
struct BrokenOff(&'static str);

impl Export {
    /// The next window, read by itself: nobody waits for a long table, and nobody gets more of it than they may
    /// read at that moment.
    async fn next(mut self) -> Result<Option<(Bytes, Self)>, BrokenOff> {
        let refused = |_: Refusal| BrokenOff("its reader may not read it any more");
        let place = match &self.progress {
            Progress::Begun => None,
            Progress::At(place) => Some(place),
            Progress::Ended => return Ok(None),
        };
        let reader = Reader::of(&self.app, self.token, self.view).await.map_err(refused)?;
        if reader.scope != self.scope {
            return Err(BrokenOff("its reader has another scope by now"));
        }
        let within = reader.within(&self.nodes).map_err(refused)?;
        let now = self.app.clock.now();
        let Reader { organisation, tx, scope, .. } = reader;
        let store = &self.app.store;
        let scopes = (&scope, &within);
        let window = Following { sort: self.sort, limit: AT_ONCE, place };
        let reading = async {
            let mut tx = store.settle(tx, now).await?;
            store.users_after(&mut tx, &organisation, scopes, &self.selection, window, now).await
        };
        let (rows, end) = reading.await.map_err(|error| {
            tracing::error!(%error, "a table of users is broken off");
            BrokenOff("the store failed")
        })?;
        let header = place.is_none().then(|| COLUMNS.map(str::to_owned));
        let cells = header.into_iter().chain(rows.iter().map(|row| cells(&organisation, row)));
        let bytes = lines(cells).map_err(|_| BrokenOff("it cannot be written"))?;
        self.progress = end.map_or(Progress::Ended, Progress::At);
        Ok(Some((bytes.into(), self)))
    }
}

fn cells(organisation: &Organisation, row: &Row) -> [String; 7] {
    let roles = row.overview.row_roles();
    let roles: Vec<&str> = roles.iter().map(|held| held.role.name(Language::En)).collect();
    let environments = &row.overview.environments;
    let named: Vec<&str> = environments
        .iter()
        .filter_map(|&id| organisation.tree.node(id).map(|node| node.name.as_str()))
        .collect();
    let environments = match environments.len() {
        0 => "0".to_owned(),
        count => format!("{count}: {}", named.join(", ")),
    };
    let time = |time: DateTime<Utc>| time.to_rfc3339_opts(SecondsFormat::Secs, true);
    [
        row.account.name.clone().unwrap_or_default(),
        row.account.email.clone(),
        row.overview.status.wire_name().to_owned(),
        roles.join(", "),
        environments,
        row.account.last_active_at.map(time).unwrap_or_default(),
        time(row.account.created_at),
    ]
}
