use serde_json::json;
use studio_users_contract::path;

use crate::server::Server;

#[test]
fn limits_failed_sign_ins_but_not_demo_sign_ins() {
    let server = Server::demo("40");
    let mut client = server.client();
    for _ in 0..40 {
        server.sign_in_as("Maud");
    }
    let mut attempts = (0..200).map(|_| client.sign_in("guess"));
    let limited = attempts.find(|response| response.status != 403).unwrap();
    assert_eq!(limited.problem(), (429, "rate_limited".into()));
    assert!(limited.header("retry-after").parse::<u32>().is_ok_and(|seconds| seconds > 0));
    server.sign_in_as("Maud");
}

#[test]
fn does_not_count_successful_sign_ins() {
    let server = Server::demo("40");
    for _ in 0..29 {
        assert_eq!(server.client().sign_in("guess").status, 403);
    }
    assert_eq!(server.client().sign_in(&server.token()).status, 201);
}

#[test]
fn limits_sign_in_links_alike_for_known_and_unknown_addresses() {
    for email in ["maud@northwind.example", "nobody@else.example"] {
        let server = Server::demo("40");
        let mut client = server.client();
        let statuses: Vec<_> =
            (0..200).map(|_| client.post(path::SIGN_IN_LINKS, &json!({ "email": email })).status).collect();
        let accepted = statuses.iter().take_while(|&&status| status == 202).count();
        assert!((60..100).contains(&accepted), "{accepted}");
        assert!(statuses.iter().all(|&status| status == 202 || status == 429), "{statuses:?}");
    }
}
