use std::sync::Arc;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::header;
use axum::response::IntoResponse;
use futures_util::stream;
use studio_users_contract::{
    Action, ActivityQuery, AuditEntry, AuditPage, AuditPerson, AuditQuery, MAX_LIMIT, NodeName, Problem, path,
};
use studio_users_domain::{Language, RoleSet, Scope, UserId};

use crate::app::App;
use crate::cli::Failure;
use crate::csv;
use crate::problem::Refusal;
use crate::reader::Reader;
use crate::store::{ActivityWindow, Happened, Organisation, Tx};

const DEFAULT_LIMIT: u32 = 50;
const EXPORTED_AT_ONCE: u32 = 1_000;

/// The log as one reader sees it.
struct Seen {
    app: App,
    organisation: Arc<Organisation>,
    scope: Scope,
}

/// What a user did and what was done to them, at the nodes that the reader manages; of what concerns no node, all.
#[utoipa::path(
    get, path = path::USER_ACTIVITY, params(("id" = UserId, Path, description = "The user."), ActivityQuery),
    responses((status = 200, description = "Some of it, the newest first.", body = AuditPage),
        (status = "4XX", description = "Refused.", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn of_user(
    State(app): State<App>,
    mut reader: Reader,
    id: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
) -> Result<Json<AuditPage>, Refusal> {
    let user: UserId = id.ok().and_then(|Path(id)| id.parse().ok()).ok_or(Refusal::NotFound)?;
    if !app.store.sees(&mut reader.tx, &reader.organisation, &reader.scope, user).await? {
        return Err(Refusal::NotFound);
    }
    let window = parse(query.as_deref(), &["before", "limit", "action"])?;
    Seen { app, organisation: reader.organisation, scope: reader.scope }
        .page(&mut reader.tx, ActivityWindow { user: Some(user), ..window })
        .await
        .map(Json)
}

/// What anybody did, as far as the reader may see.
#[utoipa::path(
    get, path = path::AUDIT, params(AuditQuery),
    responses((status = 200, description = "Some of it, the newest first.", body = AuditPage),
        (status = "4XX", description = "Refused.", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn list(
    State(app): State<App>,
    mut reader: Reader,
    RawQuery(query): RawQuery,
) -> Result<Json<AuditPage>, Refusal> {
    let window = parse(query.as_deref(), &["before", "limit", "action", "user"])?;
    Seen { app, organisation: reader.organisation, scope: reader.scope }
        .page(&mut reader.tx, window)
        .await
        .map(Json)
}

/// The same, whole, for a spreadsheet: cells that begin like a formula are made inert.
#[utoipa::path(
    get, path = path::AUDIT_CSV,
    params(("action" = Option<Action>, Query, description = "Only entries of this action."),
        ("user" = Option<UserId>, Query, description = "Only entries in which this user is actor or target.")),
    responses((status = 200, description = "All of it, the newest first.", body = String, content_type = "text/csv"),
        (status = "4XX", description = "Refused.", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn export(
    State(app): State<App>,
    mut reader: Reader,
    RawQuery(query): RawQuery,
) -> Result<impl IntoResponse, Refusal> {
    let window = ActivityWindow { limit: EXPORTED_AT_ONCE, ..parse(query.as_deref(), &["action", "user"])? };
    let seen = Seen { app, organisation: reader.organisation, scope: reader.scope };
    let first = seen.page(&mut reader.tx, window).await?;
    drop(reader.tx);
    let heading = csv::lines([COLUMNS]).map_err(|_| Refusal::Unavailable)?;
    // Each part is read when the one before is on its way. Entries stay what they are, so the parts fit.
    let parts = stream::try_unfold((seen, Some((heading, first))), move |(seen, part)| async move {
        let Some((mut text, page)) = part else { return Ok::<_, Failure>(None) };
        text.extend(csv::lines(page.items.iter().map(cells))?);
        let next = match page.next {
            None => None,
            Some(before) => {
                let window = ActivityWindow { before: before.parse().ok(), ..window };
                let mut tx = seen.app.store.read().await?;
                let page = seen.page(&mut tx, window).await;
                Some((Vec::new(), page.map_err(|_| "the export was broken off")?))
            }
        };
        Ok(Some((Bytes::from(text), (seen, next))))
    });
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"audit.csv\""),
    ];
    Ok((headers, Body::from_stream(parts)))
}

impl Seen {
    async fn page(&self, tx: &mut Tx, window: ActivityWindow) -> Result<AuditPage, Refusal> {
        let found = self.app.store.activity(tx, &self.organisation, &self.scope, window).await?;
        let (entries, has_more) = found.ok_or_else(unknown_cursor)?;
        let next = entries.last().filter(|_| has_more).map(|last| last.id.to_string());
        Ok(AuditPage { items: entries.into_iter().map(|entry| self.describe(entry)).collect(), next })
    }

    fn describe(&self, entry: Happened) -> AuditEntry {
        let node = entry.node.and_then(|id| {
            self.organisation.tree.node(id).map(|node| NodeName { id, name: node.name.clone() })
        });
        let Happened { id, at, action, actor, target, view, details, .. } = entry;
        AuditEntry { id, at, action, actor, target, node, view, details }
    }
}

const COLUMNS: [&str; 16] = [
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
    ]
}

/// Nothing where none are assigned; "none" where it was assigned that there are none.
fn roles(roles: Option<RoleSet>) -> String {
    roles.map_or_else(String::new, |roles| {
        let names: Vec<_> = roles.iter().map(|role| role.name(Language::En)).collect();
        if names.is_empty() { "none".into() } else { names.join(", ") }
    })
}

/// Reads the query field by field, so that a refusal names the one at fault.
fn parse(text: Option<&str>, fields: &[&str]) -> Result<ActivityWindow, Refusal> {
    let mut window = ActivityWindow { limit: DEFAULT_LIMIT, ..ActivityWindow::default() };
    for (field, value) in form_urlencoded::parse(text.unwrap_or_default().as_bytes()) {
        let field = field.as_ref();
        match field {
            unknown if !fields.contains(&unknown) => return Err(Refusal::UnknownField(unknown.into())),
            "before" => window.before = Some(value.parse().map_err(|_| unknown_cursor())?),
            "limit" => {
                let limit = value.parse().ok().filter(|limit| (1..=MAX_LIMIT).contains(limit));
                window.limit = limit.ok_or_else(|| {
                    Refusal::InvalidField("limit", format!("a number from 1 to {MAX_LIMIT}"))
                })?;
            }
            "action" => {
                let action = Action::from_wire_name(&value);
                window.action = Some(
                    action
                        .ok_or_else(|| Refusal::InvalidField("action", "there is no such action".into()))?,
                );
            }
            _ => {
                window.user =
                    Some(value.parse().map_err(|_| Refusal::InvalidField("user", "an id is a UUID".into()))?);
            }
        }
    }
    Ok(window)
}

/// The same for a cursor that was never given and for one that is of what the reader does not see.
fn unknown_cursor() -> Refusal {
    Refusal::InvalidField("before", "no page that you were given ended so".into())
}
