use serde_json::json;
use studio_users_contract::path;

use crate::server::Server;

#[test]
fn who_fails_to_sign_in_too_often_waits_and_the_demos_people_do_not() {
    let server = Server::demo("40");
    let mut visitor = server.visitor();
    for _ in 0..40 {
        server.as_person("Maud");
    }
    let mut attempts = (0..200).map(|_| visitor.sign_in("guess"));
    let limited = attempts.find(|answer| answer.status != 403).unwrap();
    assert_eq!(limited.problem(), (429, "rate_limited".into()));
    assert!(limited.header("retry-after").parse::<u32>().is_ok_and(|seconds| seconds > 0));
    server.as_person("Maud");
}

#[test]
fn signing_in_well_is_not_counted() {
    let server = Server::demo("40");
    for _ in 0..29 {
        assert_eq!(server.visitor().sign_in("guess").status, 403);
    }
    assert_eq!(server.visitor().sign_in(&server.token()).status, 201);
}

#[test]
fn links_are_limited_alike_for_addresses_that_exist_and_others() {
    for email in ["maud@northwind.example", "nobody@else.example"] {
        let server = Server::demo("40");
        let mut visitor = server.visitor();
        let answers: Vec<_> =
            (0..200).map(|_| visitor.post(path::SIGN_IN_LINKS, &json!({ "email": email })).status).collect();
        let taken = answers.iter().take_while(|&&status| status == 202).count();
        assert!((60..100).contains(&taken), "{taken}");
        assert!(answers.iter().all(|&status| status == 202 || status == 429), "{answers:?}");
    }
}
