//! The prerendered list of users, at every address of the list.

use serde_json::{Value, json};
use studio_users_contract::{StudioView, path};

use crate::page::built_page;
use crate::server::{Client, Response, Server};

const START: &str = "<div id=\"prerendered\"";

fn demo(more: &[&str]) -> (Server, tempfile::TempDir) {
    let page = built_page();
    let folder = page.path().to_str().unwrap().to_owned();
    (Server::start(&[&["--demo", "400", "--page", &folder], more].concat()), page)
}

fn get(client: &Client<'_>, url: &str, headers: &[(&str, &str)]) -> Response {
    let cookie = client.cookie.as_deref().unwrap_or_default();
    let mut all = vec![("sec-fetch-site", "same-origin")];
    match headers.iter().find(|(name, _)| *name == "cookie") {
        Some(_) => all.extend(headers),
        None => all.extend([&[("cookie", cookie)], headers].concat()),
    }
    client.server.request("GET", url, &all, b"")
}

fn fragment(client: &Client<'_>, url: &str, view: &str) -> Response {
    get(client, url, &[("studio-fragment", view)])
}

/// The embedded responses of a page: the URL, the impersonation, and the body.
fn embedded(html: &str) -> Vec<(String, Option<String>, Value)> {
    let scripts = html.split("<script type=\"application/json\" data-answer=\"").skip(1);
    scripts
        .map(|script| {
            let (attributes, rest) = script.split_once('>').unwrap();
            let (url, view) = attributes.split_once('"').unwrap();
            let view = view.strip_prefix(" data-view=\"").map(|view| view.trim_end_matches('"').to_owned());
            let body = rest.split_once("</script>").unwrap().0;
            (url.replace("&amp;", "&"), view, serde_json::from_str(body).unwrap())
        })
        .collect()
}

#[test]
fn embeds_the_responses_that_the_program_requests_first() {
    let (server, _page) = demo(&[]);
    let maud = server.sign_in_as("Maud");
    let user = maud.users("search=vos").items.remove(0).id;
    let node = maud.get(path::NODES).json::<Value>()[0]["id"].as_str().unwrap().to_owned();
    let api = path::USERS;
    let list = "sort=-created_at&offset=0&limit=50";
    for (url, expected) in [
        ("/".to_owned(), vec![format!("{api}?{list}")]),
        ("/users".to_owned(), vec![format!("{api}?{list}")]),
        ("/users?search=van+dijk".to_owned(), vec![format!("{api}?search=van+dijk&{list}")]),
        ("/users?search=x&page=9".to_owned(), vec![format!("{api}?search=x&{list}")]),
        (
            "/users?status=expired&status=active&sort=name".to_owned(),
            vec![format!("{api}?status=active&status=expired&sort=name&offset=0&limit=50")],
        ),
        ("/users?view=pages&page=3".to_owned(), vec![format!("{api}?sort=-created_at&offset=100&limit=50")]),
        (
            format!("/users?node={node}&assigned=true"),
            vec![format!("{api}?node={node}&assigned=true&{list}")],
        ),
        (
            format!("/users/{user}?search=vos"),
            vec![format!("{api}?search=vos&{list}"), format!("{api}/{user}")],
        ),
    ] {
        let html = maud.get(&url).text();
        let responses = embedded(&html);
        let urls: Vec<_> = responses.iter().map(|(url, ..)| url.clone()).collect();
        let expected = [vec![path::SESSION.to_owned(), path::NODES.to_owned()], expected].concat();
        assert_eq!(urls, expected, "{url}");
        for (url, view, body) in responses {
            assert_eq!((view, body), (None, maud.get(&url).json()), "{url}");
        }
        assert!(html.contains(START), "{url}");
    }
    // The start of the time span is that of the backend.
    let responses = embedded(&maud.get("/users?active=7").text());
    assert!(responses[2].0.starts_with(&format!("{api}?active_since=")), "{}", responses[2].0);
}

#[test]
fn shows_what_the_address_says() {
    let (server, _page) = demo(&[]);
    let maud = server.sign_in_as("Maud");
    let found = maud.users("search=van&sort=name&offset=0&limit=50");
    let html = maud.get("/users?search=van&sort=name").text();
    let emails: Vec<_> = found.items.iter().map(|row| html.find(&row.email).expect(&row.email)).collect();
    assert!(emails.is_sorted(), "the rows are in order");
    assert!(html.contains("value=\"van\"") && html.contains("aria-sort=\"ascending\""));
    // The links keep the other parameters.
    assert!(html.contains("href=\"/users?search=van&amp;sort=-name\""), "reverses the order");
    assert!(html.contains("href=\"/users?search=van&amp;status=active&amp;sort=name\""), "filters");
    assert!(html.contains("<input type=\"hidden\" name=\"sort\" value=\"name\">"), "searches");
    assert!(!html.contains("style="), "the content security policy blocks style attributes");

    let user = &found.items[0];
    let html = maud.get(&format!("/users/{}?search=van", user.id)).text();
    let panel = html.split_once("class=\"user-panel\"").expect("the panel is open").1;
    assert!(panel.contains(&user.email) && panel.contains("href=\"/users?search=van\""));

    // A second page, an empty list, a user who does not exist, and an unknown node.
    let second = maud.users("sort=-created_at&offset=50&limit=50");
    assert!(maud.get("/users?view=pages&page=2").text().contains(&second.items[0].email));
    assert!(maud.get("/users?search=zzzz").text().contains("No users found"));
    let nobody = "00000000-0000-4000-8000-000000000000";
    assert!(maud.get(&format!("/users/{nobody}")).text().contains("User not found"));
    let unknown = maud.get(&format!("/users?node={nobody}"));
    assert_eq!(unknown.status, 200);
    assert!(unknown.text().contains("role=\"alert\"") || unknown.text().contains("class=\"empty\""));
}

#[test]
fn escapes_the_search() {
    let (server, _page) = demo(&[]);
    let maud = server.sign_in_as("Maud");
    let html = maud.get("/users?search=%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E").text();
    assert!(html.contains(START) && !html.contains("<script>alert(1)"), "{html}");
}

#[test]
fn responds_with_the_list_only() {
    let (server, _page) = demo(&[]);
    let maud = server.sign_in_as("Maud");
    let response = fragment(&maud, "/users?search=van", "");
    assert_eq!(response.status, 200);
    assert_eq!(response.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(response.header("cache-control"), "no-store");
    let html = response.text();
    assert!(html.starts_with(START) && html.ends_with("</script></div>"), "{html}");
    assert!(!html.contains("<style") && !html.contains("modulepreload"));
    // Elsewhere there is no list.
    for (client, url) in
        [(&maud, "/roles"), (&server.sign_in_as("Femke"), "/users"), (&server.client(), "/users")]
    {
        let response = fragment(client, url, "");
        assert_eq!((response.status, response.body.len()), (204, 0), "{url}");
    }
    // Another site gets nothing.
    let cookie = maud.cookie.as_deref().unwrap();
    let headers = [("sec-fetch-site", "cross-site"), ("cookie", cookie), ("studio-fragment", "")];
    assert_eq!(server.request("GET", "/users", &headers, b"").status, 204);
}

#[test]
fn shows_an_impersonation_to_the_script_only() {
    let (server, _page) = demo(&[]);
    let mut maud = server.sign_in_as("Maud");
    let bram = maud.row("bram@velobikes.example");
    let view: StudioView =
        maud.post(path::VIEWS, &json!({ "user_id": bram.id, "reason": "Ticket 1" })).json();
    let id = view.id.to_string();
    let inside = fragment(&maud, "/users", &id).text();
    assert!(inside.contains(&format!("data-view=\"{id}\">")) && inside.contains("view-banner"));
    let responses = embedded(&inside);
    assert!(responses.len() == 3 && responses.iter().all(|(_, view, _)| view.as_deref() == Some(&id)));
    assert_eq!(responses[0].2["view"]["user"]["id"], json!(bram.id));
    // A navigation, an id that is none, and a view that has ended show nothing of the impersonated user.
    let plain = get(&maud, "/users", &[("studio-view", &id)]).text();
    let list = plain.split_once(START).unwrap().1;
    assert!(!list.contains("view-banner") && !list.contains("data-view"));
    assert_eq!(fragment(&maud, "/users", "x").status, 204);
    assert_eq!(maud.send("DELETE", &path::VIEW.replace("{id}", &id), b"").status, 204);
    assert_eq!(fragment(&maud, "/users", &id).status, 204);
}

#[test]
fn renders_with_the_settings_of_the_browser() {
    let (server, _page) = demo(&[]);
    let maud = server.sign_in_as("Maud");
    let cookie = maud.cookie.as_deref().unwrap();
    let fetch = |settings: &str| {
        let cookie = format!("{cookie}; studio-users-settings={settings}");
        get(&maud, "/users", &[("cookie", &cookie), ("accept-language", "en")]).text()
    };
    let html = fetch("nl~created.-roles.status~compact");
    assert!(html.contains("lang=\"nl\"") && html.contains("data-density=\"compact\""));
    let head = html.split_once("<thead").unwrap().1.split_once("</thead>").unwrap().0;
    let (created, status) = (head.find("cell--created").unwrap(), head.find("cell--status").unwrap());
    assert!(created < status && !head.contains("cell--roles"));
    for invalid in ["", "~~", "xx~\"><script>~huge", "~~~~~~"] {
        let html = fetch(invalid);
        assert!(html.contains("lang=\"en\"") && html.contains("data-density=\"comfortable\""), "{invalid}");
        assert!(html.contains("cell--roles") && !html.contains("<script>~"), "{invalid}");
    }
}

#[test]
fn links_stay_below_the_path_of_the_page() {
    let (server, _page) = demo(&["--public-url", "http://localhost/tools/people"]);
    let maud = server.sign_in_as("Maud");
    let html = maud.get("/users?search=van").text();
    let list = html.split_once(START).unwrap().1.split_once("<script").unwrap().0;
    assert!(list.contains("action=\"/tools/people/users\""));
    for link in list.split("href=\"").skip(1).filter(|link| !link.starts_with('#')) {
        assert!(link.starts_with("/tools/people"), "{}", &link[..60]);
    }
}
