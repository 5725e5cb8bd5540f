use serde_json::{Value, json};
use studio_users_contract::{AuditPage, OwnSession, Session, path};
use studio_users_domain::Language;

use crate::server::{Client, Server, percent};

fn sessions(client: &Client<'_>) -> Vec<OwnSession> {
    let response = client.get(path::SESSIONS);
    assert_eq!(response.status, 200, "{}", response.text());
    response.json()
}

fn by_id(id: impl std::fmt::Display) -> String {
    format!("{}/{id}", path::SESSIONS)
}

#[test]
fn lists_own_sessions_with_devices() {
    let server = Server::demo("40");
    let maud = server.sign_in_as("Maud");
    let agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    let me: Session = maud.get(path::SESSION).json();
    let body = json!({ "user_id": me.user.id }).to_string();
    let headers = [("sec-fetch-site", "same-origin"), ("user-agent", agent)];
    assert_eq!(server.request("POST", path::DEMO_SESSIONS, &headers, body.as_bytes()).status, 201);
    server.sign_in_as("Charlotte");

    let own = sessions(&maud);
    assert_eq!(own.len(), 2);
    let (current, others): (Vec<_>, Vec<_>) = own.iter().partition(|session| session.current);
    assert_eq!((current.len(), others[0].device.as_str()), (1, "Firefox on Linux"));
    assert!(own.iter().all(|session| session.started_at <= session.last_seen_at));
    let text = maud.get(path::SESSIONS).text();
    assert!(!text.contains(maud.cookie.as_deref().unwrap().split_once('=').unwrap().1));
}

#[test]
fn ends_a_session_at_once_and_clears_the_cookie_of_the_current_one() {
    let server = Server::demo("40");
    let (here, there) = (server.sign_in_as("Maud"), server.sign_in_as("Maud"));
    let other = sessions(&here).into_iter().find(|session| !session.current).unwrap();
    let response = here.send("DELETE", &by_id(other.id), b"");
    assert_eq!((response.status, response.header("set-cookie")), (204, ""));
    assert_eq!(there.get(path::SESSION).problem(), (401, "unauthenticated".into()));
    assert_eq!(here.send("DELETE", &by_id(other.id), b"").problem(), (404, "not_found".into()));

    let [current] = &sessions(&here)[..] else { panic!("one session remains") };
    let response = here.send("DELETE", &by_id(current.id), b"");
    assert_eq!(response.status, 204);
    assert!(response.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(here.get(path::SESSION).status, 401);
}

#[test]
fn records_the_end_of_a_session_with_its_device() {
    let server = Server::demo("40");
    let (here, _there) = (server.sign_in_as("Maud"), server.sign_in_as("Maud"));
    let ends = || {
        let page: AuditPage = here.get(&format!("{}?action=session.ended&limit=200", path::AUDIT)).json();
        page.items
    };
    let before = ends().len();
    let other = sessions(&here).into_iter().find(|session| !session.current).unwrap();
    assert_eq!(here.send("DELETE", &by_id(other.id), b"").status, 204);
    assert_eq!(here.send("DELETE", &by_id(other.id), b"").status, 404);
    let after = ends();
    assert_eq!(after.len(), before + 1);
    let maud = here.get(path::SESSION).json::<Session>().user.id;
    assert_eq!(after[0].actor.as_ref().map(|actor| actor.id), Some(maud));
    assert_eq!(after[0].details.device.as_ref(), Some(&other.device));
}

#[test]
fn treats_sessions_of_others_like_missing_ones() {
    let server = Server::demo("40");
    let (maud, charlotte) = (server.sign_in_as("Maud"), server.sign_in_as("Charlotte"));
    let session_of_maud = sessions(&maud)[0].id;
    let hidden = charlotte.send("DELETE", &by_id(session_of_maud), b"");
    assert_eq!(hidden.problem(), (404, "not_found".into()));
    for absent in ["00000000-0000-4000-8000-000000000000", "seven"] {
        assert_eq!(charlotte.send("DELETE", &by_id(absent), b"").body, hidden.body);
    }
    assert_eq!(maud.get(path::SESSION).status, 200);
}

#[test]
fn updates_search_and_order_after_a_rename() {
    let server = Server::demo("600");
    let (femke, administrator) = (server.sign_in_as("Femke"), server.sign_in_as("Charlotte"));
    let before: Session = femke.get(path::SESSION).json();
    let response = femke.patch(path::SESSION, &json!({ "name": "  Ångström Zuidewind " }));
    assert_eq!(response.status, 200);
    let after: Session = response.json();
    assert_eq!(after.user.name.as_deref(), Some("Ångström Zuidewind"));
    assert_eq!(femke.get(path::SESSION).json::<Session>(), after);

    let found = administrator.users(&format!("search={}", percent("m zuidewi")));
    assert_eq!(found.items.iter().map(|row| row.id).collect::<Vec<_>>(), [after.user.id]);
    let old = administrator.users(&format!("search={}", percent(before.user.name.as_deref().unwrap())));
    assert!(old.items.iter().all(|row| row.id != after.user.id));
    let sorted = administrator.all_users("sort=name");
    let index = sorted.iter().position(|row| row.id == after.user.id).unwrap();
    let label = |index: usize| sorted[index].name.clone().unwrap_or_else(|| sorted[index].email.clone());
    assert!(label(index - 1).to_lowercase().as_str() < "angstrom zuidewind", "{}", label(index - 1));
    assert!(label(index + 1).to_lowercase().as_str() > "angstrom zuidewind", "{}", label(index + 1));
    assert_eq!(sorted.len(), 600);
}

#[test]
fn sets_and_clears_the_language() {
    let server = Server::demo("40");
    let maud = server.sign_in_as("Maud");
    let change = |body: Value| maud.patch(path::SESSION, &body).json::<Session>().user;
    let before = maud.get(path::SESSION).json::<Session>().user;
    for tag in ["en", "nl"] {
        assert_eq!(change(json!({ "locale": tag })).locale.map(Language::tag), Some(tag));
    }
    assert_eq!(change(json!({})).locale.map(Language::tag), Some("nl"));
    let cleared = change(json!({ "locale": null }));
    assert_eq!((cleared.locale, cleared.name), (None, before.name));
}

#[test]
fn rejects_invalid_names() {
    let server = Server::demo("40");
    let maud = server.sign_in_as("Maud");
    let before = maud.get(path::SESSION).body;
    for name in ["", "   ", "a\tb", "a\u{7}", &"x".repeat(101)] {
        let response = maud.patch(path::SESSION, &json!({ "name": name, "locale": "nl" }));
        assert_eq!(response.problem(), (422, "invalid".into()), "{name:?}");
        assert_eq!(response.json::<Value>()["fields"][0]["field"], "name");
    }
    for body in [json!({ "locale": "fr" }), json!({ "email": "x@y.example" }), json!([])] {
        assert_eq!(maud.patch(path::SESSION, &body).problem(), (422, "invalid".into()), "{body}");
    }
    assert_eq!(maud.get(path::SESSION).body, before);
    assert_eq!(maud.patch(path::SESSION, &json!({ "name": "é".repeat(100) })).status, 200);
    assert_eq!(server.client().patch(path::SESSION, &json!({ "name": "x" })).status, 401);
}
