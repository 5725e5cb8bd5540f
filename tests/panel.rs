//! Browser tests of the user panel with a scripted backend.

#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub, reason = "tests")]

mod support;

use std::sync::{Arc, Mutex};

use chrono::{DateTime, TimeDelta, Utc};
use studio_users::api::{Method, Request, Response};
use studio_users::i18n::clock;
use studio_users::state::{CurrentUser, History, OpenUser, Route, Tab, UsersRoute};
use studio_users_contract::{
    AccessChanges, AccessNode, Action, ActorKind, AddressCorrection, AuditDetails, AuditEntry, AuditPage,
    AuditPerson, CorrectedInvitation, DeliveryState, MailDelivery, NodeName, NodeView, SessionNode,
    UserAccess, UserDetails, UserInvitation, path,
};
use studio_users_domain::{
    Access, Assignments, Denial, Node, NodeId, NodeKind, Notified, Provenance, Role, RoleSet, Status, Tree,
    UserId, capabilities_of,
};
use support::{Page, Reply, current_user, environment_id as node, parameter, rendered, row, users_window};
use uuid::Uuid;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{HtmlElement, HtmlInputElement};

wasm_bindgen_test_configure!(run_in_browser);

/// Node 1 is an agency, nodes 2 and 3 are its environments.
fn nodes() -> Vec<NodeView> {
    let node = |number, parent: Option<u128>, kind, name: &str| NodeView {
        id: node(number),
        parent_id: parent.map(node),
        kind,
        name: name.into(),
        own_managers: Some(1),
        disabled_roles: Some(RoleSet::only(Role::Developer)),
    };
    vec![
        node(1, None, NodeKind::Agency, "Northwind"),
        node(2, Some(1), NodeKind::Environment, "Harbor Bank"),
        node(3, Some(1), NodeKind::Environment, "City Clinic"),
    ]
}

/// Returns Maud, a manager of these nodes.
fn manager(of: &[u128]) -> CurrentUser {
    let mut session = current_user().session;
    session.managed = of.iter().map(|&number| node(number)).collect();
    let assignments = of.iter().map(|&number| SessionNode {
        node_id: node(number),
        roles: Role::OrganisationManager.into(),
        inherited: false,
        capabilities: capabilities_of(Role::OrganisationManager.into()),
        notified: None,
    });
    session.nodes = assignments.collect();
    CurrentUser::new(session, nodes())
}

/// Returns the id of Sanne, user 2 of every list.
fn sanne() -> UserId {
    row(2, "").id
}

fn at(tab: Tab) -> Route {
    at_user(sanne(), tab)
}

fn at_user(id: UserId, tab: Tab) -> Route {
    Route::Users(UsersRoute { open: Some(OpenUser { id, tab }), ..UsersRoute::default() })
}

/// A scripted backend. It holds Sanne's access and records the changes that it receives.
#[derive(Clone, Default)]
struct Backend(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    assignments: Assignments,
    pending: Assignments,
    version: u32,
    managed: Vec<u128>,
    changes: Vec<(AccessChanges, String)>,
    /// The responses to the next changes, last one first. A refused change is not recorded.
    refusals: Vec<Reply>,
    /// The delay of the response with a user's details, in ms.
    details_delay: i32,
    /// Whether the users joined by a link that another manager copied, and their addresses are not confirmed.
    is_unconfirmed: bool,
    /// The delivery of the invitation.
    delivery: Option<MailDelivery>,
    /// The addresses of the corrections.
    corrections: Vec<String>,
}

impl Backend {
    fn new(managed: &[u128], assignments: &[(u128, RoleSet)]) -> Self {
        let assignments = assignments.iter().map(|&(number, roles)| (node(number), roles)).collect();
        let state = State { assignments, managed: managed.to_vec(), version: 1, ..State::default() };
        Self(Arc::new(Mutex::new(state)))
    }

    /// Assigns roles as another manager would.
    fn assign(&self, number: u128, roles: RoleSet) {
        let mut state = self.0.lock().unwrap();
        state.assignments.insert(node(number), roles);
        state.version += 1;
    }

    fn refuse_next(&self, reply: Reply) {
        self.0.lock().unwrap().refusals.push(reply);
    }

    fn changes(&self) -> Vec<(AccessChanges, String)> {
        self.0.lock().unwrap().changes.clone()
    }

    fn respond(&self, request: &Request) -> Reply {
        let url = request.url.as_str();
        if url.ends_with("/access") {
            return self.access(request);
        }
        if url.ends_with("/invitation/correct") {
            let correction: AddressCorrection = serde_json::from_str(request.body.as_ref().unwrap()).unwrap();
            self.0.lock().unwrap().corrections.push(correction.email);
            return json(&CorrectedInvitation { user_id: row(3, "").id }, None);
        }
        if url.contains("/activity") {
            return activity(url);
        }
        if url.starts_with(&format!("{}?", path::USERS)) {
            return users_window(url, 5);
        }
        let number = (0..5).find(|&number| url.ends_with(&row(number, "").id.to_string()));
        number.map_or_else(|| problem(404, "not_found"), |number| self.details(number))
    }

    fn details(&self, number: u32) -> Reply {
        let state = self.0.lock().unwrap();
        let mut row = row(number, &format!("User {number}"));
        row.address_unconfirmed = state.is_unconfirmed;
        row.allowed.give_roles = state.is_unconfirmed.then_some(Denial::AddressUnconfirmed);
        let mut pending = None;
        if !state.pending.is_empty() {
            (row.name, row.status) = (None, Status::Invited);
            pending = Some(UserInvitation {
                created_at: clock::now() - TimeDelta::days(1),
                sent_at: Some(clock::now() - TimeDelta::days(1)),
                expires_at: clock::now() + TimeDelta::days(13),
                delivery: state.delivery.clone(),
                links: 3,
                message: Some("Welcome!".into()),
            });
        }
        let joined_at = Some(clock::now() - TimeDelta::days(2));
        match json(&UserDetails { row, locale: None, joined_at, pending }, None) {
            Reply::After(_, response) => Reply::After(state.details_delay, response),
            reply @ Reply::Unreachable => reply,
        }
    }

    fn access(&self, request: &Request) -> Reply {
        let mut state = self.0.lock().unwrap();
        if request.method == Method::Patch {
            if let Some(refusal) = state.refusals.pop() {
                return refusal;
            }
            let version = request.headers.iter().find(|(name, _)| *name == "If-Match").unwrap().1.clone();
            if version != format!("\"{}\"", state.version) {
                return problem(412, "version_mismatch");
            }
            let request: AccessChanges = serde_json::from_str(request.body.as_ref().unwrap()).unwrap();
            for change in &request.changes {
                match change.roles {
                    Some(roles) => state.assignments.insert(change.node_id, roles),
                    None => state.assignments.remove(&change.node_id),
                };
            }
            state.version += 1;
            state.changes.push((request, version));
        }
        json(&state.access(), Some(format!("\"{}\"", state.version)))
    }
}

impl State {
    fn access(&self) -> UserAccess {
        let tree = nodes().into_iter().map(|node| Node {
            id: node.id,
            parent: node.parent_id,
            kind: node.kind,
            name: node.name,
            disabled_roles: None,
        });
        let tree = Tree::new(tree.collect()).unwrap();
        let access = Access::new(&tree, &self.assignments);
        let has_joined = self.pending.is_empty();
        let nodes = self.managed.iter().map(|&number| {
            let position = tree.position(node(number)).unwrap();
            let here = access.at(position);
            let (gained, lost) = match here.provenance() {
                Provenance::Overrides { gained, lost, .. } => (gained, lost),
                _ => (RoleSet::empty(), RoleSet::empty()),
            };
            let is_environment = tree.nodes()[position].kind == NodeKind::Environment;
            AccessNode {
                node_id: node(number),
                assigned: here.assigned,
                effective: here.effective,
                provenance: here.into(),
                gained,
                lost,
                pending: self.pending.get(&node(number)).copied().unwrap_or_default(),
                notified: is_environment.then(|| Notified::evaluate(here, has_joined)),
            }
        });
        UserAccess { nodes: nodes.collect(), warnings: Vec::new() }
    }
}

/// Returns a page of at most 50 of 60 entries, newest first, one a minute.
fn activity(url: &str) -> Reply {
    let start = DateTime::<Utc>::from_timestamp(1_700_000_000, 0).unwrap();
    let first: i64 = parameter(url, "before").and_then(|before| before.parse().ok()).unwrap_or(0);
    let is_changes = parameter(url, "action").as_deref() == Some(Action::RolesChanged.wire_name());
    let person = |id, name: &str| Some(AuditPerson { id, name: name.into() });
    let entry = |number: i64| AuditEntry {
        actor_kind: ActorKind::Person,
        id: Uuid::from_u128(u128::from(number.unsigned_abs()) + 1),
        at: start - TimeDelta::minutes(number),
        action: if is_changes { Action::RolesChanged } else { Action::SessionStarted },
        actor: if is_changes {
            person(UserId(Uuid::from_u128(7)), "Charlotte Pemberton")
        } else {
            person(sanne(), "Sanne de Vries")
        },
        target: is_changes.then(|| person(sanne(), "Sanne de Vries")).flatten(),
        node: is_changes.then(|| NodeName { id: node(2), name: "Harbor Bank".into() }),
        view: None,
        details: AuditDetails {
            before: is_changes.then(|| Role::Operator.into()),
            after: is_changes.then(|| Role::Agent.into()),
            reason: (number == 0 && !is_changes).then(|| "<b>because</b>".into()),
            device: (!is_changes).then(|| format!("device {number}")),
            ..AuditDetails::default()
        },
    };
    let items: Vec<_> = (first..60.min(first + 50)).map(entry).collect();
    let next = (first + 50 < 60).then(|| (first + 50).to_string());
    let deleted_before = next.is_none().then(|| DateTime::from_timestamp(1_700_000_000, 0).unwrap());
    json(&AuditPage { items, next, deleted_before }, None)
}

fn json(body: &impl serde::Serialize, etag: Option<String>) -> Reply {
    Reply::After(0, Response { status: 200, etag, body: serde_json::to_string(body).unwrap() })
}

fn problem(status: u16, code: &str) -> Reply {
    let body = format!(r#"{{"status":{status},"code":"{code}","title":"Refused"}}"#);
    Reply::After(0, Response { status, body, ..Response::default() })
}

/// Fails with 503 after a delay in milliseconds.
fn unavailable_after(delay: i32) -> Reply {
    Reply::After(delay, Response { status: 503, ..Response::default() })
}

fn mount(backend: &Backend, managed: &[u128], route: Route) -> Page {
    let backend = backend.clone();
    Page::mount_as(manager(managed), route, 1400, move |request| backend.respond(request))
}

fn heading(page: &Page) -> String {
    let name = page.all(".user-panel__name bdi").into_iter().next();
    name.and_then(|name| name.text_content()).unwrap_or_default()
}

/// Whether the Details tab shows data that only the details response contains.
fn has_details(page: &Page) -> bool {
    !page.all(".facts--rule").is_empty() && page.all(".facts--rule .skeleton--mail").is_empty()
}

/// Returns the text of a node's row in the access tree.
fn node_row(page: &Page, name: &str) -> String {
    let rows = page.all(".access-tree__node");
    let row = rows.into_iter().find(|row| row.text_content().unwrap().starts_with(name));
    row.unwrap_or_else(|| panic!("no row for {name}: {}", page.text())).text_content().unwrap()
}

/// Toggles a role in the role picker of a node.
async fn toggle(page: &Page, node: &str, role: Role) {
    let button: HtmlElement = page.one(&format!("[aria-label='Change roles in {node}']")).unchecked_into();
    button.click();
    let choice = format!("[aria-labelledby=role-{}]", role.wire_name());
    page.until("the role picker to open", |page| !page.all(&choice).is_empty()).await;
    page.one(&choice).unchecked_into::<HtmlInputElement>().click();
    page.click("Done");
    page.until("the role picker to close", |page| page.all(&choice).is_empty()).await;
}

fn change_of(changes: &AccessChanges) -> Vec<(NodeId, Option<RoleSet>)> {
    changes.changes.iter().map(|change| (change.node_id, change.roles)).collect()
}

const ALL: [u128; 3] = [1, 2, 3];

#[wasm_bindgen_test]
async fn opens_at_once_with_what_the_row_knows_and_moves_nothing_later() {
    let backend = Backend::new(&ALL, &[(1, Role::Operator.into())]);
    let page = mount(&backend, &ALL, Route::Users(UsersRoute::default()));
    page.until("the rows", |page| page.names().len() > 3).await;
    let open = |page: &Page, name: &str| {
        let links = page.all("tbody a");
        let link = links.into_iter().find(|link| link.text_content().as_deref() == Some(name)).unwrap();
        link.unchecked_into::<HtmlElement>().click();
    };
    // The code of the panel loads with the first user.
    open(&page, "User 1");
    page.until("user 1", |page| heading(page) == "User 1" && has_details(page)).await;
    backend.0.lock().unwrap().details_delay = 400;
    open(&page, "User 2");
    page.until("user 2", |page| heading(page) == "User 2").await;
    assert!(!has_details(&page), "the response takes 400 ms");
    let facts = || -> Vec<(String, f64)> {
        let rows = page.all(".facts__row, .user-panel__head, .user-panel__actions");
        let top = |row: &web_sys::Element| row.get_bounding_client_rect().top();
        rows.iter().map(|row| (row.text_content().unwrap(), top(row))).collect()
    };
    let before = facts();
    let text = page.one(".user-panel").text_content().unwrap();
    for known in ["user2@example.test", "Active", "Created", "Last active", "View as", "Remove"] {
        assert!(text.contains(known), "{known}: {text}");
    }
    page.until("the details", has_details).await;
    for ((text, before), (_, now)) in before.into_iter().zip(facts()) {
        // Lines with and without text differ by half a pixel in Firefox.
        assert!((before - now).abs() < 1.0, "{text} moved from {before} to {now}");
    }
}

/// Elements rendered anew leave subscribers behind in the signals that they read, as `reactive_graph` 0.2 does not
/// unsubscribe what was disposed.
#[wasm_bindgen_test]
async fn reuses_the_elements_for_the_next_user() {
    let backend = Backend::new(&ALL, &[(1, Role::Operator.into())]);
    let page = mount(&backend, &ALL, at(Tab::Details));
    page.until("user 2", |page| heading(page) == "User 2" && has_details(page)).await;
    let facts = page.one(".facts--rule");
    for name in ["User 1", "User 3", "User 3"] {
        page.press("Escape");
        page.until("it closed", |page| page.all(".user-panel").is_empty()).await;
        let link = page.all("tbody a").into_iter().find(|link| link.text_content().as_deref() == Some(name));
        link.unwrap().unchecked_into::<HtmlElement>().click();
        page.until("the next user", |page| heading(page) == name && has_details(page)).await;
        assert!(page.one(".facts--rule").is_same_node(Some(&facts)), "{name}");
        assert!(page.text().contains(&format!("{}@example.test", name.to_lowercase().replace(' ', ""))));
    }
}

#[wasm_bindgen_test]
async fn opening_focuses_the_heading_and_closing_returns_to_the_list() {
    let backend = Backend::new(&ALL, &[(1, Role::Operator.into())]);
    let page = mount(&backend, &ALL, at(Tab::Details));
    page.until("the name", |page| !page.all(".user-panel__name").is_empty() && heading(page) == "User 2")
        .await;
    page.until("the focus on the heading", |page| page.focused() == Some(page.one(".user-panel__name")))
        .await;
    let panel = page.one(".user-panel");
    let label = panel.get_attribute("aria-labelledby").unwrap();
    assert_eq!(page.one(&format!("#{label}")).text_content().as_deref(), Some("User 2"));
    assert_eq!(page.one("[role=tab][aria-selected=true]").text_content().as_deref(), Some("Details"));
    page.until("the details", |page| page.text().contains("user2@example.test")).await;

    page.press("Escape");
    page.until("it closed", |page| page.all(".user-panel").is_empty()).await;
    assert_eq!(page.navigation.route.users_route_untracked().open, None);
}

#[wasm_bindgen_test]
async fn stepping_keeps_the_tab_and_announces_the_user() {
    let backend = Backend::new(&ALL, &[(1, Role::Operator.into())]);
    let page = mount(&backend, &ALL, at(Tab::Access));
    page.until("the position in the list", |page| {
        page.one(".user-panel__position").text_content().unwrap() == "3 of 5"
    })
    .await;
    page.until("the focus in the panel", |page| page.focused().is_some()).await;
    page.press("j");
    page.until("user 3", |page| heading(page) == "User 3").await;
    assert_eq!(page.one("[role=tab][aria-selected=true]").text_content().as_deref(), Some("Access"));
    page.until("the announcement", |page| {
        page.one(".user-panel > [role=status]").text_content().unwrap() == "User 3"
    })
    .await;
    page.press("k");
    page.until("user 2 again", |page| heading(page) == "User 2").await;
}

#[wasm_bindgen_test]
async fn shows_that_an_unknown_user_does_not_exist() {
    let backend = Backend::new(&ALL, &[]);
    let page = mount(&backend, &ALL, at_user(UserId(Uuid::from_u128(77)), Tab::Access));
    page.until("the not found message", |page| page.text().contains("User not found")).await;
    page.click("Back to the list");
    page.until("it closed", |page| page.all(".user-panel").is_empty()).await;
}

#[wasm_bindgen_test]
async fn shows_where_roles_come_from_and_what_an_override_removes() {
    let backend = Backend::new(&ALL, &[(1, Role::Operator.into()), (3, Role::Agent.into())]);
    let page = mount(&backend, &ALL, at(Tab::Access));
    page.until("the tree", |page| !page.all(".access-tree__node").is_empty()).await;
    assert!(node_row(&page, "Northwind").contains("Assigned here, inherited by 1 environment"));
    assert!(node_row(&page, "Harbor Bank").contains("Inherited from \u{2068}Northwind\u{2069}"));
    let clinic = node_row(&page, "City Clinic");
    assert!(clinic.contains("Overrides \u{2068}Northwind\u{2069}"), "{clinic}");
    assert!(
        clinic.contains(
            "Less than inherited. Missing: starting conversations, finding closed conversations and editing CRM contacts"
        ),
        "{clinic}"
    );
    assert!(page.text().contains("No chat notifications in \u{2068}Harbor Bank\u{2069}"));
    assert!(page.text().contains("City Clinic\u{2069}: can get notifications"));

    page.click("Reset to inherited");
    page.until("the staged change", |page| node_row(page, "City Clinic").contains("(not saved)")).await;
    page.click("Save changes");
    page.until("the saved change", |page| {
        let clinic = node_row(page, "City Clinic");
        clinic.contains("Inherited from") && !clinic.contains("(not saved)")
    })
    .await;
    assert_eq!(change_of(&backend.changes()[0].0), [(node(3), None)]);
}

#[wasm_bindgen_test]
async fn assigns_directly_with_one_click_and_undoes_it() {
    let backend = Backend::new(&ALL, &[(1, Role::Operator.into())]);
    let page = mount(&backend, &ALL, at(Tab::Access));
    page.until("the reason", |page| {
        page.text().contains("inherited from \u{2068}Northwind\u{2069}) isn’t enough")
    })
    .await;
    page.click("Assign here");
    page.until("the notification row", |page| {
        page.text().contains("Harbor Bank\u{2069}: can get notifications")
    })
    .await;
    let operator = Some(RoleSet::only(Role::Operator));
    assert_eq!(change_of(&backend.changes()[0].0), [(node(2), operator)]);
    assert!(page.all(".save-bar").is_empty(), "no unsaved changes");
    page.press("u");
    page.until("the undo request", |_| backend.changes().len() == 2).await;
    assert_eq!(change_of(&backend.changes()[1].0), [(node(2), None)]);
}

#[wasm_bindgen_test]
async fn undoes_an_assignment_while_the_panel_loads_the_user_again() {
    let backend = Backend::new(&ALL, &[(1, Role::Operator.into())]);
    let page = mount(&backend, &ALL, at(Tab::Access));
    page.until("the reason", |page| page.text().contains("isn’t enough")).await;
    page.click("Assign here");
    page.until("the notice", |page| !page.all(".toast").is_empty()).await;
    page.navigation.go(at_user(row(3, "").id, Tab::Access), History::Push);
    page.navigation.go(at(Tab::Access), History::Push);
    page.press("u");
    page.until("the undo request", |_| backend.changes().len() == 2).await;
    assert_eq!(change_of(&backend.changes()[1].0), [(node(2), None)]);
}

#[wasm_bindgen_test]
async fn does_not_undo_an_assignment_that_someone_has_changed() {
    let backend = Backend::new(&ALL, &[(1, Role::Operator.into())]);
    let page = mount(&backend, &ALL, at(Tab::Access));
    page.until("the reason", |page| page.text().contains("isn’t enough")).await;
    page.click("Assign here");
    page.until("the notice", |page| !page.all(".toast").is_empty()).await;
    backend.assign(2, Role::Planner.into());
    page.press("u");
    page.until("the reason", |page| page.text().contains("so this can’t be undone")).await;
    assert_eq!(backend.changes().len(), 1);
}

#[wasm_bindgen_test]
async fn keeps_what_was_staged_while_a_save_fails() {
    let backend = Backend::new(&ALL, &[(1, Role::Operator.into())]);
    let page = mount(&backend, &ALL, at(Tab::Access));
    page.until("the reason", |page| page.text().contains("isn’t enough")).await;
    backend.refuse_next(unavailable_after(300));
    page.click("Assign here");
    toggle(&page, "City Clinic", Role::Agent).await;
    page.until("the error", |page| !page.all(".save-bar .callout--danger").is_empty()).await;
    page.click("Save changes");
    page.until("the save bar to close", |page| page.all(".save-bar").is_empty()).await;
    let saved: Vec<_> = change_of(&backend.changes()[0].0).into_iter().map(|(id, _)| id).collect();
    assert_eq!(saved, [node(2), node(3)]);
}

#[wasm_bindgen_test]
async fn reports_a_failed_save_after_the_panel_shows_another_user() {
    let backend = Backend::new(&ALL, &[(1, Role::Operator.into())]);
    let page = mount(&backend, &ALL, at(Tab::Access));
    page.until("the reason", |page| page.text().contains("isn’t enough")).await;
    backend.refuse_next(unavailable_after(100));
    page.click("Assign here");
    page.navigation.go(at_user(row(3, "").id, Tab::Access), History::Push);
    page.until("the notice", |page| {
        page.all(".toast").iter().any(|toast| {
            toast.text_content().is_some_and(|text| text.contains("The server is temporarily unavailable"))
        })
    })
    .await;
}

#[wasm_bindgen_test]
async fn disables_a_role_that_may_not_be_assigned_and_says_why() {
    let backend = Backend::new(&ALL, &[]);
    let page = mount(&backend, &ALL, at(Tab::Access));
    page.until("the tree", |page| !page.all(".access-tree__node").is_empty()).await;
    page.one("[aria-label='Change roles in Harbor Bank']").unchecked_into::<HtmlElement>().click();
    let choice = "[aria-labelledby=role-administrator]";
    page.until("the role picker", |page| !page.all(choice).is_empty()).await;
    let field: HtmlInputElement = page.one(choice).unchecked_into();
    assert_eq!(field.get_attribute("aria-disabled").as_deref(), Some("true"));
    let reason = page.one("#role-administrator-text").text_content().unwrap();
    assert!(reason.contains("Only an Administrator"), "{reason}");
    field.click();
    rendered().await;
    assert!(!field.checked());
    assert!(page.all(".save-bar").is_empty());
}

#[wasm_bindgen_test]
async fn previews_changes_of_several_nodes_and_saves_them_in_one_request() {
    let backend = Backend::new(&ALL, &[(1, Role::Operator.into()), (3, Role::Agent.into())]);
    let page = mount(&backend, &ALL, at(Tab::Access));
    page.until("the tree", |page| !page.all(".access-tree__node").is_empty()).await;
    toggle(&page, "Northwind", Role::Planner).await;
    page.until("the preview", |page| page.text().contains("What changes")).await;
    assert!(page.text().contains("Gained: planning"), "{}", page.text());
    assert!(page.text().contains("City Clinic\u{2069}: unchanged, because roles are assigned there"));
    toggle(&page, "City Clinic", Role::Analyst).await;

    // Staged changes survive a switch to another tab.
    page.click("Details");
    page.until("the details", |page| page.text().contains("First active")).await;
    page.click("Access");
    page.until("two changes", |page| page.text().contains("2 changes in")).await;
    page.click("Save changes");
    page.until("the save bar to close", |page| page.all(".save-bar").is_empty()).await;
    let (changes, version) = &backend.changes()[0];
    assert_eq!(version, "\"1\"");
    assert_eq!(
        change_of(changes),
        [(node(1), Some(Role::Operator | Role::Planner)), (node(3), Some(Role::Agent | Role::Analyst))]
    );
}

#[wasm_bindgen_test]
async fn asks_before_leaving_unsaved_changes() {
    let backend = Backend::new(&ALL, &[(1, Role::Operator.into())]);
    let page = mount(&backend, &ALL, at(Tab::Access));
    page.until("the position in the list", |page| {
        page.one(".user-panel__position").text_content().unwrap() == "3 of 5"
    })
    .await;
    page.until("the tree", |page| !page.all(".access-tree__node").is_empty()).await;
    toggle(&page, "Harbor Bank", Role::Planner).await;
    for key in ["Escape", "j"] {
        page.press(key);
        page.until("the unsaved changes dialog", |page| page.text().contains("Discard your changes?")).await;
        page.click("Keep editing");
        page.until("the dialog to close", |page| !page.text().contains("Discard your changes?")).await;
        assert_eq!(heading(&page), "User 2");
        assert!(page.text().contains("1 change in"));
    }
    page.navigation.go(Route::Roles, History::Push);
    page.until("the unsaved changes dialog", |page| page.text().contains("Discard your changes?")).await;
    page.click("Discard changes");
    page.until("the roles page", |page| page.text().contains("What each role can do")).await;
    assert!(backend.changes().is_empty());
}

#[wasm_bindgen_test]
async fn resolves_a_conflict_without_losing_changes() {
    let backend = Backend::new(&ALL, &[(1, Role::Operator.into())]);
    let page = mount(&backend, &ALL, at(Tab::Access));
    page.until("the tree", |page| !page.all(".access-tree__node").is_empty()).await;
    toggle(&page, "Harbor Bank", Role::Planner).await;
    toggle(&page, "City Clinic", Role::Analyst).await;
    backend.assign(2, Role::Supervisor.into());
    page.click("Save changes");
    page.until("the conflict", |page| page.text().contains("Keep mine")).await;
    page.until("the author of the change", |page| {
        page.text().contains("Charlotte Pemberton\u{2069} saved changes to this access")
    })
    .await;
    assert!(page.text().contains("Your 2 unsaved changes are still here."), "{}", page.text());
    assert!(page.text().contains("City Clinic\u{2069}: changed only by you"));
    assert_eq!(
        page.one(".save-bar .button--primary").get_attribute("aria-disabled").as_deref(),
        Some("true")
    );
    let versions: Vec<_> =
        page.all(".conflict__version").iter().map(|version| version.text_content().unwrap()).collect();
    assert!(versions[0].contains("Operator") && versions[0].contains("Planner"), "{versions:?}");
    assert!(versions[1].contains("Supervisor"), "{versions:?}");

    page.one(".conflict__version input").unchecked_into::<HtmlInputElement>().click();
    page.until("the choice", |page| page.text().contains("1 of 1 resolved")).await;
    page.click("Save changes");
    page.until("the save bar to close", |page| page.all(".save-bar").is_empty()).await;
    let (changes, version) = &backend.changes()[0];
    assert_eq!(version, "\"2\"");
    assert_eq!(
        change_of(changes),
        [(node(2), Some(Role::Operator | Role::Planner)), (node(3), Some(Role::Operator | Role::Analyst))]
    );
}

#[wasm_bindgen_test]
async fn keeps_changes_when_saving_fails() {
    let backend = Backend::new(&ALL, &[(1, Role::Operator.into())]);
    let page = mount(&backend, &ALL, at(Tab::Access));
    page.until("the tree", |page| !page.all(".access-tree__node").is_empty()).await;
    toggle(&page, "Harbor Bank", Role::Planner).await;
    for reply in [Reply::Unreachable, problem(503, "unavailable"), problem(403, "reaches_beyond")] {
        backend.refuse_next(reply);
        page.click("Save changes");
        page.until("the error", |page| !page.all(".save-bar .callout--danger").is_empty()).await;
        assert!(page.text().contains("1 change in"));
    }
    page.click("Save changes");
    page.until("the save bar to close", |page| page.all(".save-bar").is_empty()).await;
    assert_eq!(change_of(&backend.changes()[0].0), [(node(2), Some(Role::Operator | Role::Planner))]);
}

#[wasm_bindgen_test]
async fn saves_once_after_the_session_is_renewed() {
    let backend = Backend::new(&ALL, &[(1, Role::Operator.into())]);
    let page = mount(&backend, &ALL, at(Tab::Access));
    page.until("the tree", |page| !page.all(".access-tree__node").is_empty()).await;
    toggle(&page, "Harbor Bank", Role::Planner).await;
    backend.refuse_next(problem(401, "unauthenticated"));
    page.click("Save changes");
    page.until("the host to learn that the session ended", |page| *page.has_session_ended.lock().unwrap())
        .await;
    assert!(backend.changes().is_empty() && page.text().contains("1 change in"));
    page.session_renewal.complete();
    page.until("the save bar to close", |page| page.all(".save-bar").is_empty()).await;
    assert_eq!(backend.changes().len(), 1);
}

#[wasm_bindgen_test]
async fn marks_an_unconfirmed_address_and_locks_roles() {
    let backend = Backend::new(&ALL, &[]);
    backend.0.lock().unwrap().is_unconfirmed = true;
    let page = mount(&backend, &ALL, at(Tab::Details));
    page.until("the note", |page| page.text().contains("E-mail address not confirmed")).await;
    assert!(page.text().contains("E-mail a sign-in link"));
    page.click("Access");
    page.until("the tree", |page| !page.all(".access-tree__node").is_empty()).await;
    page.one("[aria-label='Change roles in Harbor Bank']").unchecked_into::<HtmlElement>().click();
    let choice = "[aria-labelledby=role-agent]";
    page.until("the role picker", |page| !page.all(choice).is_empty()).await;
    assert_eq!(page.one(choice).get_attribute("aria-disabled").as_deref(), Some("true"));
    let reason = page.one("#role-agent-text").text_content().unwrap();
    assert!(reason.contains("isn’t confirmed"), "{reason}");
}

#[wasm_bindgen_test]
async fn corrects_the_address_of_an_invitation() {
    let backend = Backend::new(&ALL, &[]);
    backend.0.lock().unwrap().pending = Assignments::from([(node(2), RoleSet::only(Role::Agent))]);
    let page = mount(&backend, &ALL, at(Tab::Details));
    page.until("the button", |page| page.text().contains("Correct address")).await;
    page.click("Correct address");
    page.until("the dialog", |page| !page.all("#correct-email").is_empty()).await;
    page.click("Send invitation");
    page.until("the error", |page| page.text().contains("Enter another e-mail address")).await;
    page.fill("#correct-email", "right@example.test");
    page.click("Send invitation");
    page.until("the new address", |page| {
        page.navigation.route.users_route_untracked().open.is_some_and(|open| open.id == row(3, "").id)
    })
    .await;
    assert_eq!(backend.0.lock().unwrap().corrections, ["right@example.test"]);
    assert!(page.text().contains("Invitation sent to"));
}

#[wasm_bindgen_test]
async fn shows_only_the_managed_environment() {
    let backend = Backend::new(&[2], &[(1, Role::Operator.into()), (3, Role::Analyst.into())]);
    let page = mount(&backend, &[2], at(Tab::Access));
    page.until("the tree", |page| !page.all(".access-tree__node").is_empty()).await;
    assert_eq!(page.all(".access-tree__node").len(), 1);
    assert!(node_row(&page, "Harbor Bank").contains("Inherited from \u{2068}Northwind\u{2069}"));
    assert!(!page.one(".user-panel").text_content().unwrap().contains("City Clinic"));
}

#[wasm_bindgen_test]
async fn shows_the_invitation_and_its_pending_roles() {
    let backend = Backend::new(&ALL, &[]);
    backend.0.lock().unwrap().pending = Assignments::from([(node(2), RoleSet::only(Role::Agent))]);
    let page = mount(&backend, &ALL, at(Tab::Details));
    page.until("the invitation", |page| page.text().contains("3 links created")).await;
    assert!(page.text().contains("Valid until") && page.text().contains("Welcome!"));
    page.click("Access");
    page.until("the pending roles", |page| page.text().contains("hasn’t joined yet")).await;
    assert!(node_row(&page, "Harbor Bank").contains("Agent"));
    assert!(page.text().contains("Harbor Bank\u{2069}: invitation not accepted yet"));
}

#[wasm_bindgen_test]
async fn shows_the_delivery_of_the_invitation_with_the_answer_as_text() {
    for (delivery, label, has_failed) in [
        (DeliveryState::Queued, "The mail server hasn’t taken the e-mail yet", false),
        (DeliveryState::Refused, "E-mail refused by the mail server", true),
        (DeliveryState::GivenUp, "E-mail couldn’t be sent for a day", true),
    ] {
        let backend = Backend::new(&ALL, &[]);
        {
            let mut state = backend.0.lock().unwrap();
            state.pending = Assignments::from([(node(2), RoleSet::only(Role::Agent))]);
            let reply = Some("550 <img src=x onerror=alert(1)> no such user".to_owned());
            state.delivery =
                Some(MailDelivery { state: delivery, at: clock::now() - TimeDelta::minutes(5), reply });
        }
        let page = mount(&backend, &ALL, at(Tab::Details));
        page.until("the state", |page| page.text().contains(label)).await;
        let answer = page.one("[data-delivery] q").text_content().unwrap();
        assert_eq!(answer, "550 <img src=x onerror=alert(1)> no such user");
        assert!(page.text().contains("copy the link and share it yourself"), "{label}");
        assert_eq!(page.text().contains("The invitation e-mail didn’t arrive."), has_failed, "{label}");
        assert!(page.all(".user-panel img").is_empty() && page.text().contains("Copy link"));
    }
}

#[wasm_bindgen_test]
async fn a_cancelled_invitation_says_to_resend_it() {
    let backend = Backend::new(&ALL, &[]);
    {
        let mut state = backend.0.lock().unwrap();
        state.pending = Assignments::from([(node(2), RoleSet::only(Role::Agent))]);
        let at = clock::now() - TimeDelta::minutes(5);
        state.delivery = Some(MailDelivery { state: DeliveryState::Cancelled, at, reply: None });
    }
    let page = mount(&backend, &ALL, at(Tab::Details));
    page.until("the state", |page| page.text().contains("E-mail cancelled before it was sent")).await;
    assert!(page.text().contains("Resend the invitation to send it yourself."));
    assert!(!page.text().contains("Check the address."));
}

#[wasm_bindgen_test]
async fn loads_more_audit_log_on_scroll_and_escapes_html() {
    let backend = Backend::new(&ALL, &[]);
    let page = mount(&backend, &ALL, at(Tab::AuditLog));
    page.until("the first entries", |page| page.all(".audit__entry").len() >= 50).await;
    assert!(page.all(".audit__entry b").is_empty() && page.text().contains("<b>because</b>"));
    page.one(".user-panel__body").set_scroll_top(100_000);
    page.until("all entries", |page| page.all(".audit__entry").len() == 60).await;
    assert!(!page.text().contains("Load older"));
    assert!(page.text().contains("Entries before 14 Nov 2023 were deleted."), "{}", page.text());

    page.one(".audit__tools .filter").unchecked_into::<HtmlElement>().click();
    page.until("the actions", |page| page.text().contains("Roles changed")).await;
    page.click("Roles changed");
    page.until("the filtered entries", |page| page.text().contains("changed the roles")).await;
    let entry = page.one(".audit__entry").text_content().unwrap();
    assert!(entry.contains("Charlotte Pemberton") && entry.contains("Harbor Bank"), "{entry}");
    assert!(
        entry.contains("Operator") && entry.contains("Agent") && entry.contains("less access"),
        "{entry}"
    );
}

/// Replaces the time zone of the browser: two hours ahead of UTC until 26 October 2025, then one hour.
fn use_amsterdam_time() {
    js_sys::eval(
        "Date.prototype.getTimezoneOffset = function () { return this < Date.UTC(2025, 9, 26, 1) ? -120 : -60 }",
    )
    .unwrap();
}

#[wasm_bindgen_test]
async fn groups_the_audit_log_by_the_utc_offset_of_each_entry() {
    let before = js_sys::eval("Date.prototype.getTimezoneOffset").unwrap();
    use_amsterdam_time();
    let backend = Backend::new(&ALL, &[]);
    let page = Page::mount_as(manager(&ALL), at(Tab::AuditLog), 1400, move |request| {
        if !request.url.contains("/activity") {
            return backend.respond(request);
        }
        let Reply::After(_, response) = activity(&request.url) else { panic!("no response") };
        let mut log: AuditPage = serde_json::from_str(&response.body).unwrap();
        let time = |text: &str| DateTime::parse_from_rfc3339(text).unwrap().to_utc();
        // 1 September in Amsterdam, at 23:30 and at 00:30.
        let times = [time("2025-09-01T21:30:00Z"), time("2025-08-31T22:30:00Z")];
        log.items.truncate(2);
        for (entry, at) in log.items.iter_mut().zip(times) {
            entry.at = at;
        }
        json(&AuditPage { next: None, ..log }, None)
    });
    page.until("the entries", |page| page.all(".audit__entry").len() == 2).await;
    let days = page.all(".audit__day").len();
    let prototype = js_sys::eval("Date.prototype").unwrap();
    js_sys::Reflect::set(&prototype, &"getTimezoneOffset".into(), &before).unwrap();
    assert_eq!(days, 1);
}

#[wasm_bindgen_test]
async fn keeps_the_focus_in_the_panel_after_removing_the_user_and_after_undo() {
    let backend = Backend::new(&ALL, &[(1, Role::Operator.into())]);
    let is_removed = Arc::new(Mutex::new(false));
    let removed = Arc::clone(&is_removed);
    let page = Page::mount_as(manager(&ALL), at(Tab::Details), 1400, move |request| {
        let mut is_removed = removed.lock().unwrap();
        let is_user = request.url.ends_with(&sanne().to_string());
        match request.method {
            Method::Delete if is_user => *is_removed = true,
            Method::Post if request.url.ends_with("/restore") => *is_removed = false,
            _ if is_user && *is_removed => return problem(404, "not_found"),
            _ => return backend.respond(request),
        }
        Reply::After(0, Response { status: 204, ..Response::default() })
    });
    let is_on_heading = |page: &Page| page.focused() == page.all(".user-panel__name").first().cloned();
    page.until("the details", has_details).await;
    page.until("the focus on the heading", is_on_heading).await;
    let remove = page.all(".user-panel__actions .button")[1].clone().unchecked_into::<HtmlElement>();
    remove.focus().unwrap();
    remove.click();
    page.until("the dialog", |page| !page.all("dialog[open]").is_empty()).await;
    page.one("dialog .button--danger").unchecked_into::<HtmlElement>().focus().unwrap();
    page.click("Remove user");
    page.until("the user is gone", |page| page.text().contains("No longer available")).await;
    assert_eq!(heading(&page), "User 2");
    assert!(page.all(".user-panel__name .status").is_empty(), "a removed user is not active");
    page.until("the focus on the heading", is_on_heading).await;

    let undo = page.one(".toast .button").unchecked_into::<HtmlElement>();
    undo.focus().unwrap();
    undo.click();
    page.until("the user is back", |page| !page.all(".user-panel__name .status").is_empty()).await;
    page.until("the focus on the heading", is_on_heading).await;
}

trait UsersRouteExt {
    fn users_route_untracked(&self) -> UsersRoute;
}

impl UsersRouteExt for leptos::prelude::Signal<Route> {
    fn users_route_untracked(&self) -> UsersRoute {
        use leptos::prelude::GetUntracked;
        match self.get_untracked() {
            Route::Users(users) => users,
            route => panic!("expected the users route, got {route:?}"),
        }
    }
}
