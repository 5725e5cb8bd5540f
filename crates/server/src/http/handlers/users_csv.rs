use axum::body::{Body, Bytes};
use axum::extract::{RawQuery, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, SecondsFormat, Utc};
use futures_util::stream;
use studio_users_contract::{Action, AuditDetails, ExportFilters, Problem, Sort, UserFilters, path};
use studio_users_domain::{Language, NodeId, Scope};

use super::users::parse;
use crate::audit::Entry;
use crate::csv::{BYTE_ORDER_MARK, encode};
use crate::error::AppError;
use crate::services::impersonation::Impersonation;
use crate::services::{AuthUser, ContinuedAccess, Interrupted};
use crate::state::AppState;
use crate::store::{Cursor, CursorPage, Organisation, Scopes, UserRecord};

/// The number of users that are read at a time.
const PAGE_SIZE: u32 = 500;
const COLUMNS: [&str; 7] = ["name", "email", "status", "roles", "environments", "last active", "created"];

/// Exports the users that the caller may see as CSV, with a byte-order mark. The export is recorded in the audit log before any data is sent.
#[utoipa::path(
    get, path = path::USERS_CSV, params(UserFilters, ("sort" = Option<String>, Query, description = "The order, as in `GET /users`.")),
    responses((status = 200, description = "All matching users, in the order of the list.", content_type = "text/csv"),
        (status = "4XX", description = "Error.", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn download(
    State(state): State<AppState>,
    auth: AuthUser,
    RawQuery(query): RawQuery,
) -> Result<Response, AppError> {
    let query = parse(query.as_deref().unwrap_or_default())?;
    let paging_fields = [("offset", query.offset.is_some()), ("limit", query.limit.is_some())];
    if let Some((field, _)) = paging_fields.into_iter().find(|(_, is_present)| *is_present) {
        return Err(AppError::UnknownField(field.into()));
    }
    let within = auth.scope_within(&query.filters.nodes)?;
    let (nodes, sort) = (query.filters.nodes.clone(), query.sort.unwrap_or_default());
    let access = ContinuedAccess::of(&state, &auth);
    let AuthUser { impersonation, organisation, account, mut tx, .. } = auth;
    let view_id = impersonation.as_ref().map(Impersonation::id);
    let filters = query.filters;
    let total = state.store.total(&mut tx, &organisation, &within, &filters).await?;
    // Returns the connection to the pool before another is taken.
    drop(tx);
    let details = AuditDetails {
        count: total.exact.then_some(total.value),
        exported: Some(export_filters(&within, &filters)),
        ..AuditDetails::default()
    };
    let mut write = state.store.write().await?;
    let entry = Entry::of(Action::UsersExported, write.now()).by((&account).into()).with(details);
    write.record(&Entry { view: view_id, ..entry }).await?;
    write.commit().await?;
    let export = Export { state, access, nodes, sort, filters, progress: Progress::Start };
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"users.csv\""),
    ];
    let pages = stream::try_unfold(export, Export::next);
    Ok((headers, Body::from_stream(pages)).into_response())
}

/// Returns the filters of an export for the audit log.
fn export_filters(within: &Scope, filters: &UserFilters) -> ExportFilters {
    let UserFilters { search, roles, assigned, statuses, undelivered, active_since, .. } = filters.clone();
    let nodes = within.parts().iter().map(|part| part.node()).collect();
    ExportFilters { nodes, search, roles, assigned, statuses, undelivered, active_since }
}

/// An export in progress.
struct Export {
    state: AppState,
    access: ContinuedAccess,
    nodes: Vec<NodeId>,
    sort: Sort,
    filters: UserFilters,
    progress: Progress,
}

enum Progress {
    Start,
    After(Cursor),
    Done,
}

impl Export {
    /// Reads the next page in a transaction of its own. So a long export blocks nobody, and each page contains only
    /// what the user may see at that moment.
    async fn next(mut self) -> Result<Option<(Bytes, Self)>, Interrupted> {
        let cursor = match &self.progress {
            Progress::Start => None,
            Progress::After(cursor) => Some(cursor),
            Progress::Done => return Ok(None),
        };
        let auth = self.access.require_unchanged().await?;
        let within = auth
            .scope_within(&self.nodes)
            .map_err(|_: AppError| Interrupted("the user no longer has access"))?;
        let now = self.state.clock.now();
        let AuthUser { organisation, mut tx, scope, .. } = auth;
        let store = &self.state.store;
        let scopes = Scopes { visible: &scope, within: &within };
        let window = CursorPage { sort: self.sort, limit: PAGE_SIZE, after: cursor };
        let reading =
            async { store.users_after(&mut tx, &organisation, scopes, &self.filters, window, now).await };
        let (rows, end) = reading.await.map_err(|error| {
            tracing::error!(%error, "the export of users was interrupted");
            Interrupted("the database could not be read")
        })?;
        let header = cursor.is_none().then(|| COLUMNS.map(str::to_owned));
        let cells = header.into_iter().chain(rows.iter().map(|row| cells(&organisation, row)));
        let mut bytes = encode(cells).map_err(|_| Interrupted("the rows could not be written"))?;
        if cursor.is_none() {
            bytes.splice(..0, BYTE_ORDER_MARK.bytes());
        }
        self.progress = end.map_or(Progress::Done, Progress::After);
        Ok(Some((bytes.into(), self)))
    }
}

fn cells(organisation: &Organisation, row: &UserRecord) -> [String; 7] {
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
