use std::collections::BTreeSet;

use serde_json::{Value, json};
use studio_users_contract::{Action, AuditDetails, AuditEntry, AuditPage, NodeView, path};
use studio_users_domain::Status;

use crate::server::{Server, Visitor, printed, run};

/// One page of the log, or of what one user did.
fn page(visitor: &Visitor<'_>, path: &str, query: &str) -> AuditPage {
    let answer = visitor.get(&format!("{path}?{query}"));
    assert_eq!(answer.status, 200, "{query}: {}", answer.text());
    answer.json()
}

/// Everything, page by page.
fn everything(visitor: &Visitor<'_>, path: &str, query: &str) -> Vec<AuditEntry> {
    let (mut entries, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = page(visitor, path, &format!("{query}&limit=200{cursor}"));
        entries.extend(page.items);
        let Some(next) = page.next else { return entries };
        cursor = format!("&before={next}");
    }
}

fn activity(user: &impl std::fmt::Display) -> String {
    path::USER_ACTIVITY.replace("{id}", &user.to_string())
}

#[test]
fn signing_in_and_out_is_recorded_with_the_change() {
    let server = Server::start(&["--admin", "ada@studio.example"]);
    let mut visitor = server.visitor();
    visitor.sign_in(&server.token());
    let first = everything(&visitor, path::AUDIT, "");
    let [started] = &first[..] else { panic!("{first:?}") };
    assert_eq!(started.action, Action::SessionStarted);
    assert_eq!(started.actor.as_ref().unwrap().name, "ada@studio.example");
    assert_eq!((&started.node, &started.target), (&None, &None));

    assert_eq!(visitor.send("DELETE", path::SESSION, b"").status, 204);
    visitor.send("DELETE", path::SESSION, b"");
    let link = printed(&run(server.data.path(), &["sign-in-link", "ada@studio.example"]));
    visitor.sign_in(&crate::server::token_of(&link));
    let actions: Vec<_> = everything(&visitor, path::AUDIT, "").iter().map(|entry| entry.action).collect();
    assert_eq!(actions, [Action::SessionStarted, Action::SessionEnded, Action::SessionStarted]);
}

#[test]
fn a_manager_sees_what_happened_at_their_nodes_and_the_sessions_of_their_people() {
    let server = Server::demo("900");
    let administrator = server.as_person("Charlotte");
    let all = everything(&administrator, path::AUDIT, "");
    let nodes: Vec<NodeView> = administrator.get(path::NODES).json();
    for (name, managed) in [
        ("Ingrid", vec!["City Clinic"]),
        (
            "Maud",
            vec!["Northwind Telecom", "Harbor Bank", "City Clinic", "Velo Bikes", "Polder Energy", "Sandbox"],
        ),
    ] {
        let reader = server.as_person(name);
        let own: BTreeSet<_> =
            nodes.iter().filter(|node| managed.contains(&node.name.as_str())).map(|node| node.id).collect();
        let people: BTreeSet<_> = reader.all_users("status=active").iter().map(|row| row.id).collect();
        let seen = everything(&reader, path::AUDIT, "");
        let is_seen = |entry: &&AuditEntry| match &entry.node {
            Some(node) => own.contains(&node.id),
            None => [&entry.actor, &entry.target].into_iter().flatten().any(|it| people.contains(&it.id)),
        };
        let newest = all[0].at;
        let older: Vec<_> = seen.iter().filter(|entry| entry.at <= newest).cloned().collect();
        let mut expected: Vec<_> = all.iter().filter(is_seen).cloned().collect();
        // What an export of others' nodes was made of is nobody's business.
        let exports = expected.iter_mut().filter(|entry| entry.action == Action::UsersExported);
        for AuditEntry { details, .. } in exports {
            let exported = details.exported.as_ref().unwrap();
            if !exported.nodes.iter().all(|node| own.contains(node)) {
                *details = AuditDetails::default();
            }
        }
        assert_eq!(older, expected, "{name}");
        assert!(
            seen.iter().any(|entry| entry.node.is_some()) && seen.iter().any(|entry| entry.node.is_none())
        );
        assert!(seen.len() < all.len());
    }
    assert_eq!(everything(&server.as_person("Femke"), path::AUDIT, ""), []);
}

#[test]
fn a_users_activity_is_that_part_of_the_log_in_which_they_are_actor_or_target() {
    let server = Server::demo("900");
    let reader = server.as_person("Maud");
    let all = everything(&reader, path::AUDIT, "");
    for email in
        ["sanne@northwind.example", "emil@clinic.example", "lars@polder.example", "maud@northwind.example"]
    {
        let user = reader.users(&format!("search={email}")).items[0].id;
        let is_theirs = |entry: &&AuditEntry| {
            [&entry.actor, &entry.target].into_iter().flatten().any(|person| person.id == user)
        };
        let expected: Vec<_> = all.iter().filter(is_theirs).cloned().collect();
        assert!(expected.len() >= 4, "{email}");
        assert_eq!(everything(&reader, &activity(&user), ""), expected, "{email}");
        assert_eq!(everything(&reader, path::AUDIT, &format!("user={user}")), expected, "{email}");
        let one = expected[0].action;
        let of_one: Vec<_> = expected.iter().filter(|entry| entry.action == one).cloned().collect();
        let query = format!("action={}", one.wire_name());
        assert_eq!(everything(&reader, &activity(&user), &query), of_one, "{email}");
    }
}

#[test]
fn pages_are_complete_and_without_doubles_while_entries_arrive() {
    let server = Server::demo("300");
    let reader = server.as_person("Maud");
    for query in ["", "action=session.started"] {
        let expected: Vec<_> = everything(&reader, path::AUDIT, query).iter().map(|entry| entry.id).collect();
        let (mut ids, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = page(&reader, path::AUDIT, &format!("{query}&limit=61{cursor}"));
            ids.extend(page.items.iter().map(|entry| entry.id));
            server.as_person("Ingrid");
            let Some(next) = page.next else { break };
            cursor = format!("&before={next}");
        }
        assert_eq!(ids, expected);
    }
}

#[test]
fn what_is_not_seen_is_as_what_does_not_exist() {
    let server = Server::demo("300");
    let administrator = server.as_person("Charlotte");
    let reader = server.as_person("Ingrid");
    let elsewhere = administrator.users("search=thijs@velobikes").items[0].id;
    let absent = "00000000-0000-4000-8000-000000000000";
    let hidden = reader.get(&activity(&elsewhere));
    assert_eq!(hidden.problem(), (404, "not_found".into()));
    for id in [absent, "7", "%ff"] {
        assert_eq!(reader.get(&activity(&id)).body, hidden.body);
    }
    assert_eq!(everything(&reader, path::AUDIT, &format!("user={elsewhere}")), []);

    let of_them = everything(&administrator, &activity(&elsewhere), "");
    let cursor = |id: &str| reader.get(&format!("{}?before={id}", path::AUDIT));
    let unseen = cursor(&of_them[0].id.to_string());
    assert_eq!(unseen.problem(), (422, "invalid".into()));
    assert_eq!(unseen.json::<Value>()["fields"][0]["field"], "before");
    for id in [absent, "1", ""] {
        assert_eq!(cursor(id).body, unseen.body);
    }
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("action=unknown", "action"),
        ("user=7", "user"),
        ("x=1", "x"),
    ] {
        let answer = reader.get(&format!("{}?{query}", path::AUDIT));
        assert_eq!(answer.problem().0, 422, "{query}");
        assert_eq!(answer.json::<Value>()["fields"][0]["field"], field, "{query}");
    }
    for path in [path::AUDIT, path::AUDIT_CSV, &activity(&elsewhere)] {
        assert_eq!(server.visitor().get(path).status, 401);
    }
}

#[test]
fn an_export_has_every_entry_once() {
    let server = Server::demo("900");
    let reader = server.as_person("Charlotte");
    let entries = everything(&reader, path::AUDIT, "");
    assert!(entries.len() > 2_000, "more than are read at once");
    let answer = reader.get(path::AUDIT_CSV);
    assert_eq!(answer.status, 200);
    assert!(answer.header("content-type").starts_with("text/csv"));
    let mut table = csv::Reader::from_reader(&answer.body[..]);
    assert_eq!(table.headers().unwrap().iter().take(3).collect::<Vec<_>>(), ["at", "action", "actor"]);
    let rows: Vec<_> = table.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), entries.len());
    for (row, entry) in rows.iter().zip(&entries) {
        assert_eq!(&row[1], entry.action.wire_name());
        assert_eq!(&row[3], entry.actor.as_ref().map_or_else(String::new, |actor| actor.id.to_string()));
    }
    let narrow = reader.get(&format!("{}?action=roles.changed", path::AUDIT_CSV)).text();
    let changed = entries.iter().filter(|entry| entry.action == Action::RolesChanged).count();
    assert_eq!(narrow.lines().count(), changed + 1);
    assert_eq!(reader.get(&format!("{}?limit=5", path::AUDIT_CSV)).problem().0, 422);
}

#[test]
fn a_hostile_cell_is_inert() {
    let server = Server::start(&["--admin", "=1+cmd(),\"x\"@studio.example"]);
    let mut reader = server.visitor();
    reader.sign_in(&server.token());
    let text = reader.get(path::AUDIT_CSV).text();
    assert!(text.contains("\"'=1+cmd(),\"\"x\"\"@studio.example\""), "{text}");
}

#[test]
fn the_demo_tells_a_believable_history() {
    let server = Server::demo("2400");
    let reader = server.as_person("Charlotte");
    let entries = everything(&reader, path::AUDIT, "");
    assert!((5_000..8_000).contains(&entries.len()), "{}", entries.len());
    assert!(entries.is_sorted_by(|newer, older| newer.at >= older.at));
    let actions: BTreeSet<_> = entries.iter().map(|entry| entry.action.wire_name()).collect();
    assert_eq!(actions.len(), Action::ALL.len(), "{actions:?}");
    let rows = reader.all_users("");
    for status in [Status::Invited, Status::Expired] {
        let waiting: Vec<_> = rows.iter().filter(|row| row.status == status).collect();
        let nodes: BTreeSet<_> = waiting
            .iter()
            .map(|row| {
                let theirs = everything(&reader, &activity(&row.id), "");
                let invited = theirs.iter().find(|entry| entry.action == Action::UserInvited);
                let invited = invited.unwrap_or_else(|| panic!("{} was invited by nobody", row.email));
                assert!(theirs.iter().any(|entry| entry.action == Action::InvitationSent));
                assert_eq!(invited.target.as_ref().unwrap().name, row.email);
                invited.node.as_ref().unwrap().id
            })
            .collect();
        assert!(nodes.len() >= 4, "{status:?} at {} nodes", nodes.len());
    }
    let ids = json!(entries.iter().map(|entry| entry.id).collect::<BTreeSet<_>>());
    assert_eq!(ids.as_array().unwrap().len(), entries.len());
}
