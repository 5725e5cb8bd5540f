use serde_json::json;
use studio_users_contract::path;

use crate::mail::eventually;
use crate::server::{Response, Server};
use crate::smtp::MailServer;

fn get(server: &Server, path: &str) -> Response {
    server.request("GET", path, &[], b"")
}

/// Returns the paths of the listed mails.
fn listed(page: &str) -> Vec<String> {
    let links = page.split("<li><a href=\"").skip(1);
    links.filter_map(|rest| rest.split('"').next().map(str::to_owned)).collect()
}

fn request_link(server: &Server, email: &str, mails: usize) -> Vec<String> {
    server.client().post(path::SIGN_IN_LINKS, &json!({ "email": email }));
    eventually(|| Some(listed(&get(server, "/demo/mail").text())).filter(|links| links.len() == mails))
}

#[test]
fn lists_the_mails_of_a_demo_newest_first() {
    let server = Server::demo("40");
    let empty = get(&server, "/demo/mail");
    assert_eq!((empty.status, empty.header("cache-control")), (200, "no-store"));
    assert!(empty.text().contains("No e-mails yet"), "{}", empty.text());
    let first = request_link(&server, "maud@northwind.example", 1);
    let both = request_link(&server, "ingrid@clinic.example", 2);
    assert_eq!(both[1], first[0]);
    let list = get(&server, "/demo/mail").text();
    assert!(list.contains("Maud Jansen &lt;maud@northwind.example&gt;"), "{list}");

    let mail = get(&server, &first[0]).text();
    assert!(mail.contains(&format!("<iframe title=\"HTML version\" src=\"{}/html\"", first[0])), "{mail}");
    assert!(mail.contains("sandbox=\"allow-top-navigation-by-user-activation\""), "{mail}");
    assert!(mail.contains("Auto-Submitted: auto-generated") && mail.contains("/sign-in#"), "{mail}");
    let html = get(&server, &format!("{}/html", first[0])).text();
    assert!(html.contains("<base target=\"_top\">") && html.contains("/sign-in#"), "{html}");
}

#[test]
fn allows_no_scripts() {
    let server = Server::demo("40");
    let mail = request_link(&server, "maud@northwind.example", 1).remove(0);
    for path in ["/demo/mail", &mail, &format!("{mail}/html")] {
        let response = get(&server, path);
        let policy = response.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe-inline"), "{policy}");
        assert!(!policy.contains("script-src") && !response.text().contains("<script"), "{policy}");
        assert_eq!(response.header("referrer-policy"), "no-referrer");
    }
    let frame = get(&server, &format!("{mail}/html"));
    let policy = frame.header("content-security-policy");
    assert!(policy.starts_with("sandbox allow-top-navigation-by-user-activation;"), "{policy}");
    assert!(policy.contains("frame-ancestors 'self'"), "{policy}");
}

#[test]
fn prevents_path_traversal() {
    let server = Server::demo("40");
    let secret = "0190b5a0-0000-7000-8000-000000000001";
    std::fs::write(server.data.path().join(format!("{secret}.eml")), "Subject: outside\r\n\r\n").unwrap();
    let names = [
        secret,
        "..%2f0190b5a0-0000-7000-8000-000000000001",
        "..%2fserver.log",
        "%2e%2e%2fserver.log%00",
        "%2Fetc%2Fpasswd",
        "x",
    ];
    for name in names {
        for path in [format!("/demo/mail/{name}"), format!("/demo/mail/{name}/html")] {
            assert_eq!(get(&server, &path).status, 404, "{path}");
        }
    }
    let inside = server.data.path().join("mail").join(format!("{secret}.eml"));
    std::fs::write(inside, "Subject: <b>inside\r\n\r\n<i>text").unwrap();
    let page = get(&server, &format!("/demo/mail/{secret}"));
    assert_eq!(page.status, 200);
    assert!(page.text().contains("&lt;b&gt;inside") && !page.text().contains("<b>"), "{}", page.text());
    assert!(!page.text().contains("<i>"), "{}", page.text());
}

#[test]
fn has_no_mailbox_outside_local_demos() {
    let mails = MailServer::start();
    let servers = [
        Server::start(&[]),
        Server::start(&["--demo", "40", "--smtp", &mails.url()]),
        Server::start(&["--demo", "40", "--public-url", "https://users.example"]),
    ];
    for server in &servers {
        assert_eq!(get(server, "/demo/mail").status, 404);
    }
}
