use std::collections::BTreeSet;

use serde_json::{Value, json};
use studio_users_contract::{Action, AuditDetails, AuditEntry, AuditPage, NodeView, path};
use studio_users_domain::Status;

use crate::server::{Client, Server, run, stdout_of, without_mark};

/// Fetches a page of the log, or of the activity of a user.
fn fetch_page(client: &Client<'_>, path: &str, query: &str) -> AuditPage {
    let response = client.get(&format!("{path}?{query}"));
    assert_eq!(response.status, 200, "{query}: {}", response.text());
    response.json()
}

/// Fetches all entries, page by page.
fn all_entries(client: &Client<'_>, path: &str, query: &str) -> Vec<AuditEntry> {
    let (mut entries, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = fetch_page(client, path, &format!("{query}&limit=200{cursor}"));
        entries.extend(page.items);
        let Some(next) = page.next else { return entries };
        cursor = format!("&before={next}");
    }
}

fn activity_path(user: &impl std::fmt::Display) -> String {
    path::USER_ACTIVITY.replace("{id}", &user.to_string())
}

#[test]
fn records_signing_in_and_out() {
    let server = Server::start(&["--admin", "ada@studio.example"]);
    let mut client = server.client();
    client.sign_in(&server.token());
    let first = all_entries(&client, path::AUDIT, "");
    let [started] = &first[..] else { panic!("{first:?}") };
    assert_eq!(started.action, Action::SessionStarted);
    assert_eq!(started.actor.as_ref().unwrap().name, "ada@studio.example");
    assert_eq!((&started.node, &started.target), (&None, &None));

    assert_eq!(client.send("DELETE", path::SESSION, b"").status, 204);
    client.send("DELETE", path::SESSION, b"");
    let link = stdout_of(&run(server.data.path(), &["sign-in-link", "ada@studio.example"]));
    client.sign_in(&crate::server::token_of(&link));
    let actions: Vec<_> = all_entries(&client, path::AUDIT, "").iter().map(|entry| entry.action).collect();
    assert_eq!(
        actions,
        [Action::SessionStarted, Action::SignInLinkCreated, Action::SessionEnded, Action::SessionStarted]
    );
}

#[test]
fn managers_see_entries_of_their_nodes_and_users_only() {
    let server = Server::demo("900");
    let administrator = server.sign_in_as("Charlotte");
    let all = all_entries(&administrator, path::AUDIT, "");
    let nodes: Vec<NodeView> = administrator.get(path::NODES).json();
    for (name, managed) in [
        ("Ingrid", vec!["City Clinic"]),
        (
            "Maud",
            vec!["Northwind Telecom", "Harbor Bank", "City Clinic", "Velo Bikes", "Polder Energy", "Sandbox"],
        ),
    ] {
        let client = server.sign_in_as(name);
        let managed_ids: BTreeSet<_> =
            nodes.iter().filter(|node| managed.contains(&node.name.as_str())).map(|node| node.id).collect();
        let people: BTreeSet<_> = client.all_users("status=active").iter().map(|row| row.id).collect();
        let visible = all_entries(&client, path::AUDIT, "");
        let is_visible = |entry: &&AuditEntry| match &entry.node {
            Some(node) => managed_ids.contains(&node.id),
            None => [&entry.actor, &entry.target].into_iter().flatten().any(|it| people.contains(&it.id)),
        };
        let newest = all[0].at;
        let older: Vec<_> = visible.iter().filter(|entry| entry.at <= newest).cloned().collect();
        let mut expected: Vec<_> = all.iter().filter(is_visible).cloned().collect();
        // The details of an export are hidden if it includes nodes that the user does not manage.
        let exports = expected.iter_mut().filter(|entry| entry.action == Action::UsersExported);
        for AuditEntry { details, .. } in exports {
            let exported = details.exported.as_ref().unwrap();
            if !exported.nodes.iter().all(|node| managed_ids.contains(node)) {
                *details = AuditDetails::default();
            }
        }
        assert_eq!(older, expected, "{name}");
        assert!(
            visible.iter().any(|entry| entry.node.is_some())
                && visible.iter().any(|entry| entry.node.is_none())
        );
        assert!(visible.len() < all.len());
    }
    assert_eq!(all_entries(&server.sign_in_as("Femke"), path::AUDIT, ""), []);
}

#[test]
fn activity_contains_entries_with_the_user_as_actor_or_target() {
    let server = Server::demo("900");
    let client = server.sign_in_as("Maud");
    let all = all_entries(&client, path::AUDIT, "");
    for email in
        ["sanne@northwind.example", "emil@clinic.example", "lars@polder.example", "maud@northwind.example"]
    {
        let user = client.users(&format!("search={email}")).items[0].id;
        let is_theirs = |entry: &&AuditEntry| {
            [&entry.actor, &entry.target].into_iter().flatten().any(|person| person.id == user)
        };
        let expected: Vec<_> = all.iter().filter(is_theirs).cloned().collect();
        assert!(expected.len() >= 4, "{email}");
        assert_eq!(all_entries(&client, &activity_path(&user), ""), expected, "{email}");
        assert_eq!(all_entries(&client, path::AUDIT, &format!("user={user}")), expected, "{email}");
        let action = expected[0].action;
        let with_action: Vec<_> = expected.iter().filter(|entry| entry.action == action).cloned().collect();
        let query = format!("action={}", action.wire_name());
        assert_eq!(all_entries(&client, &activity_path(&user), &query), with_action, "{email}");
    }
}

#[test]
fn pagination_is_stable_while_entries_arrive() {
    let server = Server::demo("300");
    let client = server.sign_in_as("Maud");
    for query in ["", "action=session.started"] {
        let expected: Vec<_> =
            all_entries(&client, path::AUDIT, query).iter().map(|entry| entry.id).collect();
        let (mut ids, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = fetch_page(&client, path::AUDIT, &format!("{query}&limit=61{cursor}"));
            ids.extend(page.items.iter().map(|entry| entry.id));
            server.sign_in_as("Ingrid");
            let Some(next) = page.next else { break };
            cursor = format!("&before={next}");
        }
        assert_eq!(ids, expected);
    }
}

#[test]
fn treats_hidden_users_and_entries_like_missing_ones() {
    let server = Server::demo("300");
    let administrator = server.sign_in_as("Charlotte");
    let client = server.sign_in_as("Ingrid");
    let elsewhere = administrator.users("search=thijs@velobikes").items[0].id;
    let absent = "00000000-0000-4000-8000-000000000000";
    let hidden = client.get(&activity_path(&elsewhere));
    assert_eq!(hidden.problem(), (404, "not_found".into()));
    for id in [absent, "7", "%ff"] {
        assert_eq!(client.get(&activity_path(&id)).body, hidden.body);
    }
    assert_eq!(all_entries(&client, path::AUDIT, &format!("user={elsewhere}")), []);

    let of_them = all_entries(&administrator, &activity_path(&elsewhere), "");
    let cursor = |id: &str| client.get(&format!("{}?before={id}", path::AUDIT));
    let hidden = cursor(&of_them[0].id.to_string());
    assert_eq!(hidden.problem(), (422, "invalid".into()));
    assert_eq!(hidden.json::<Value>()["fields"][0]["field"], "before");
    for id in [absent, "1", ""] {
        assert_eq!(cursor(id).without_request_id(), hidden.without_request_id());
    }
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("action=unknown", "action"),
        ("user=7", "user"),
        ("x=1", "x"),
    ] {
        let response = client.get(&format!("{}?{query}", path::AUDIT));
        assert_eq!(response.problem().0, 422, "{query}");
        assert_eq!(response.json::<Value>()["fields"][0]["field"], field, "{query}");
    }
    for path in [path::AUDIT, path::AUDIT_CSV, &activity_path(&elsewhere)] {
        assert_eq!(server.client().get(path).status, 401);
    }
}

#[test]
fn exports_every_entry_once() {
    let server = Server::demo("900");
    let client = server.sign_in_as("Charlotte");
    let entries = all_entries(&client, path::AUDIT, "");
    assert!(entries.len() > 2_000, "more than one batch");
    let response = client.get(path::AUDIT_CSV);
    assert_eq!(response.status, 200);
    assert!(response.header("content-type").starts_with("text/csv"));
    let mut table = csv::Reader::from_reader(without_mark(&response.body));
    assert_eq!(table.headers().unwrap().iter().take(3).collect::<Vec<_>>(), ["at", "action", "actor"]);
    let rows: Vec<_> = table.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), entries.len());
    for (row, entry) in rows.iter().zip(&entries) {
        assert_eq!(&row[1], entry.action.wire_name());
        assert_eq!(&row[3], entry.actor.as_ref().map_or_else(String::new, |actor| actor.id.to_string()));
    }
    let narrow = client.get(&format!("{}?action=roles.changed", path::AUDIT_CSV)).text();
    let changed = entries.iter().filter(|entry| entry.action == Action::RolesChanged).count();
    assert_eq!(narrow.lines().count(), changed + 1);
    assert_eq!(client.get(&format!("{}?limit=5", path::AUDIT_CSV)).problem().0, 422);
}

#[test]
fn escapes_formulas_in_csv() {
    let server = Server::start(&["--admin", "=1+cmd@studio.example"]);
    let mut client = server.client();
    client.sign_in(&server.token());
    let text = client.get(path::AUDIT_CSV).text();
    assert!(text.starts_with("\u{feff}at,action,"), "spreadsheets recognise UTF-8 by the byte-order mark");
    assert!(text.contains(",'=1+cmd@studio.example,"), "{text}");
}

#[test]
fn demo_log_has_all_actions_and_invitations() {
    let server = Server::demo("2400");
    let client = server.sign_in_as("Charlotte");
    let entries = all_entries(&client, path::AUDIT, "");
    assert!((5_000..8_000).contains(&entries.len()), "{}", entries.len());
    assert!(entries.is_sorted_by(|newer, older| newer.at >= older.at));
    let actions: BTreeSet<_> = entries.iter().map(|entry| entry.action.wire_name()).collect();
    // The demo has no corrections, imports, exports of the log and of a person, and sign-in links of the command line.
    assert_eq!(actions.len(), Action::ALL.len() - 8, "{actions:?}");
    let rows = client.all_users("");
    for status in [Status::Invited, Status::Expired] {
        let invitees: Vec<_> = rows.iter().filter(|row| row.status == status).collect();
        let nodes: BTreeSet<_> = invitees
            .iter()
            .map(|row| {
                let theirs = all_entries(&client, &activity_path(&row.id), "");
                let invited = theirs.iter().find(|entry| entry.action == Action::UserInvited);
                let invited = invited.unwrap_or_else(|| panic!("{} has no invitation entry", row.email));
                let is_sent = theirs.iter().any(|entry| entry.action == Action::InvitationSent);
                assert_ne!(
                    is_sent,
                    row.invitation.as_ref().is_some_and(|it| it.undelivered),
                    "{}",
                    row.email
                );
                assert_eq!(invited.target.as_ref().unwrap().name, row.email);
                invited.node.as_ref().unwrap().id
            })
            .collect();
        assert!(nodes.len() >= 4, "{status:?} at {} nodes", nodes.len());
    }
    let ids = json!(entries.iter().map(|entry| entry.id).collect::<BTreeSet<_>>());
    assert_eq!(ids.as_array().unwrap().len(), entries.len());
}
