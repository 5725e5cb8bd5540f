use std::sync::Arc;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{RawQuery, State};
use axum::http::header;
use axum::response::IntoResponse;
use futures_util::stream;
use studio_users_contract::{
    Action, ActivityQuery, AuditEntry, AuditPage, AuditPerson, AuditQuery, MAX_LIMIT, NodeName, Problem, path,
};
use studio_users_domain::{Language, RoleSet, Scope, UserId};

use crate::audit::Entry;
use crate::csv;
use crate::error::AppError;
use crate::failure::Failure;
use crate::http::auth::Id;
use crate::services::impersonation::Impersonation;
use crate::services::{AuthUser, ContinuedAccess};
use crate::state::AppState;
use crate::store::{ActivityPage, ActivityWindow, AuditLogEntry, Organisation, Tx};

const DEFAULT_LIMIT: u32 = 50;
const EXPORT_PAGE_SIZE: u32 = 1_000;

/// Reads the audit log with the visibility of one user.
struct AuditReader {
    state: AppState,
    organisation: Arc<Organisation>,
    scope: Scope,
}

/// Lists the audit log entries in which a user is actor or target, at the nodes that the caller manages. Entries without
/// a node, such as sign-ins, are all included.
#[utoipa::path(
    get, path = path::USER_ACTIVITY, params(("id" = UserId, Path, description = "The user."), ActivityQuery),
    responses((status = 200, description = "A page of entries, newest first.", body = AuditPage),
        (status = "4XX", description = "Error.", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn of_user(
    State(state): State<AppState>,
    mut auth: AuthUser,
    Id(user): Id<UserId>,
    RawQuery(query): RawQuery,
) -> Result<Json<AuditPage>, AppError> {
    if !state.store.can_see(&mut auth.tx, &auth.organisation, &auth.scope, user).await? {
        return Err(AppError::NotFound);
    }
    let window = parse(query.as_deref(), &["before", "limit", "action"])?;
    AuditReader { state, organisation: auth.organisation, scope: auth.scope }
        .page(&mut auth.tx, ActivityWindow { user: Some(user), ..window })
        .await
        .map(Json)
}

/// Lists the audit log entries that the caller may see.
#[utoipa::path(
    get, path = path::AUDIT, params(AuditQuery),
    responses((status = 200, description = "A page of entries, newest first.", body = AuditPage),
        (status = "4XX", description = "Error.", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn list(
    State(state): State<AppState>,
    mut auth: AuthUser,
    RawQuery(query): RawQuery,
) -> Result<Json<AuditPage>, AppError> {
    let window = parse(query.as_deref(), &["before", "limit", "action", "user"])?;
    AuditReader { state, organisation: auth.organisation, scope: auth.scope }
        .page(&mut auth.tx, window)
        .await
        .map(Json)
}

/// Exports all audit log entries that the caller may see as CSV, with a byte-order mark. The export is recorded itself. Text
/// that a spreadsheet would run as a formula is escaped.
#[utoipa::path(
    get, path = path::AUDIT_CSV,
    params(("action" = Option<Action>, Query, description = "Only entries of this action."),
        ("user" = Option<UserId>, Query, description = "Only entries in which this user is actor or target.")),
    responses((status = 200, description = "All entries as CSV, newest first.", body = String, content_type = "text/csv"),
        (status = "4XX", description = "Error.", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn export(
    State(state): State<AppState>,
    auth: AuthUser,
    RawQuery(query): RawQuery,
) -> Result<impl IntoResponse, AppError> {
    let window = ActivityWindow { limit: EXPORT_PAGE_SIZE, ..parse(query.as_deref(), &["action", "user"])? };
    let access = ContinuedAccess::of(&state, &auth);
    let AuthUser { impersonation, organisation, scope, account, mut tx, .. } = auth;
    let first = AuditReader { state: state.clone(), organisation, scope }.page(&mut tx, window).await?;
    // Returns the connection to the pool before another is taken.
    drop(tx);
    let mut write = state.store.write().await?;
    let entry = Entry::of(Action::AuditExported, write.now()).by((&account).into());
    let view = impersonation.as_ref().map(Impersonation::id);
    write.record(&Entry { view, ..entry }).await?;
    write.commit().await?;
    let mut header_row = csv::encode([COLUMNS]).map_err(AppError::unexpected)?;
    header_row.splice(..0, csv::BYTE_ORDER_MARK.bytes());
    // Reads each page after the one before was sent. Entries never change, so the pages fit together.
    let start = (state, access, Some((header_row, first)));
    let chunks = stream::try_unfold(start, move |(state, access, chunk)| async move {
        let Some((mut text, page)) = chunk else { return Ok::<_, Failure>(None) };
        text.extend(csv::encode(page.items.iter().map(cells))?);
        let next = match page.next {
            None => None,
            Some(before) => {
                let window = ActivityWindow { before: before.parse().ok(), ..window };
                let AuthUser { organisation, scope, mut tx, .. } = access.require_unchanged().await?;
                let reader = AuditReader { state: state.clone(), organisation, scope };
                let page = reader.page(&mut tx, window).await;
                Some((Vec::new(), page.map_err(|_| "the export was interrupted")?))
            }
        };
        Ok(Some((Bytes::from(text), (state, access, next))))
    });
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"audit.csv\""),
    ];
    Ok((headers, Body::from_stream(chunks)))
}

impl AuditReader {
    async fn page(&self, tx: &mut Tx, window: ActivityWindow) -> Result<AuditPage, AppError> {
        let found = self.state.store.activity(tx, &self.organisation, &self.scope, window).await?;
        let ActivityPage { entries, has_more, deleted_before } = found.ok_or_else(unknown_cursor)?;
        let next = entries.last().filter(|_| has_more).map(|last| last.id.to_string());
        let items = entries.into_iter().map(|entry| self.describe(entry)).collect();
        Ok(AuditPage { items, next, deleted_before })
    }

    fn describe(&self, entry: AuditLogEntry) -> AuditEntry {
        let node = entry.node.and_then(|id| {
            self.organisation.tree.node(id).map(|node| NodeName { id, name: node.name.clone() })
        });
        let AuditLogEntry { id, at, action, actor_kind, actor, target, view, details, .. } = entry;
        AuditEntry { id, at, action, actor_kind, actor, target, node, view, details }
    }
}

const COLUMNS: [&str; 18] = [
    "at",
    "action",
    "actor",
    "actor_id",
    "target",
    "target_id",
    "node",
    "view",
    "before",
    "after",
    "reason",
    "operation",
    "count",
    "seconds",
    "device",
    "exported",
    "actor_kind",
    "moved",
];

fn cells(entry: &AuditEntry) -> [String; COLUMNS.len()] {
    let name = |person: &Option<AuditPerson>| person.as_ref().map_or_else(String::new, |it| it.name.clone());
    let id = |person: &Option<AuditPerson>| person.as_ref().map_or_else(String::new, |it| it.id.to_string());
    let number = |number: Option<u32>| number.map_or_else(String::new, |number| number.to_string());
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let details = &entry.details;
    [
        entry.at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
        entry.action.wire_name().into(),
        name(&entry.actor),
        id(&entry.actor),
        name(&entry.target),
        id(&entry.target),
        entry.node.as_ref().map_or_else(String::new, |node| node.name.clone()),
        entry.view.map_or_else(String::new, |view| view.to_string()),
        roles(details.before),
        roles(details.after),
        text(&details.reason),
        text(&details.operation),
        number(details.count),
        number(details.seconds),
        text(&details.device),
        details.exported.as_ref().and_then(|it| serde_json::to_string(it).ok()).unwrap_or_default(),
        entry.actor_kind.wire_name().into(),
        details.moved.and_then(|it| serde_json::to_string(&it).ok()).unwrap_or_default(),
    ]
}

/// Returns the names of the roles: empty if nothing is assigned, and "none" if no role is assigned explicitly.
fn roles(roles: Option<RoleSet>) -> String {
    roles.map_or_else(String::new, |roles| {
        let names: Vec<_> = roles.iter().map(|role| role.name(Language::En)).collect();
        if names.is_empty() { "none".into() } else { names.join(", ") }
    })
}

/// Parses the query field by field, so that an error names the invalid field.
fn parse(text: Option<&str>, fields: &[&str]) -> Result<ActivityWindow, AppError> {
    let mut window = ActivityWindow { limit: DEFAULT_LIMIT, ..ActivityWindow::default() };
    for (field, value) in form_urlencoded::parse(text.unwrap_or_default().as_bytes()) {
        let field = field.as_ref();
        match field {
            unknown if !fields.contains(&unknown) => return Err(AppError::UnknownField(unknown.into())),
            "before" => window.before = Some(value.parse().map_err(|_| unknown_cursor())?),
            "limit" => {
                let limit = value.parse().ok().filter(|limit| (1..=MAX_LIMIT).contains(limit));
                window.limit = limit.ok_or_else(|| {
                    AppError::InvalidField("limit", format!("a number from 1 to {MAX_LIMIT}"))
                })?;
            }
            "action" => {
                let action = Action::from_wire_name(&value);
                window.action =
                    Some(action.ok_or_else(|| AppError::InvalidField("action", "unknown action".into()))?);
            }
            _ => {
                window.user =
                    Some(value.parse().map_err(|_| AppError::InvalidField("user", "must be a UUID".into()))?);
            }
        }
    }
    Ok(window)
}

/// The error for an unknown cursor. It is the same for an entry that the caller may not see.
fn unknown_cursor() -> AppError {
    AppError::InvalidField("before", "unknown cursor".into())
}
