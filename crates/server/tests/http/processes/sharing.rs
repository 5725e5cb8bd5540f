use std::time::{Duration, Instant};

use super::*;
use crate::world::{A, A1, with_id};

#[test]
fn sessions_and_impersonations_hold_at_both_backends() {
    let Some(pair) = Pair::start() else { return };
    let maud = pair.join("maud", &[(A, &["organisation_manager"])]);
    for backend in [0, 1] {
        assert_eq!(pair.at(&maud, backend).get(path::SESSION).json::<Session>().user.email, maud.email);
    }
    let view =
        pair.at(&pair.administrator, 0).post(path::VIEWS, &json!({ "user_id": maud.id, "reason": "Ticket" }));
    assert_eq!(view.status, 201, "{}", view.text());
    let view = text(&view.json::<Value>()["id"]).to_owned();
    let administrator = pair.at(&pair.administrator, 1);
    let inside = |method: &str, path: &str, body: &Value| {
        administrator.call(method, path, body, &[("studio-view", &view)])
    };
    let session: Session = inside("GET", path::SESSION, &Value::Null).json();
    assert_eq!(session.managed, maud.get(path::SESSION).json::<Session>().managed);
    let refused = inside("PATCH", path::SESSION, &json!({ "name": "Other" }));
    assert_eq!(refused.problem().1, "view_is_read_only");
    assert_eq!(administrator.delete(&with_id(path::VIEW, &view)).status, 204);
    let ended =
        pair.at(&pair.administrator, 0).call("GET", path::SESSION, &Value::Null, &[("studio-view", &view)]);
    assert_eq!(ended.problem().1, "view_ended");

    assert_eq!(pair.at(&maud, 0).delete(path::SESSION).status, 204);
    assert_eq!(pair.at(&maud, 1).get(path::SESSION).status, 401);
    pair.assert_consistent();
}

#[test]
fn an_idempotency_key_holds_at_both_backends() {
    let Some(pair) = Pair::start() else { return };
    let invite = |backend: usize, key: &str, email: &str| {
        let body = json!({ "emails": [email], "grants": [{ "node_id": A1, "roles": ["agent"] }] });
        pair.at(&pair.administrator, backend).call(
            "POST",
            path::INVITATIONS,
            &body,
            &[("idempotency-key", key)],
        )
    };
    for round in 0..20 {
        let (key, email) = (format!("key-{round}"), format!("new{round}@x.example"));
        let [one, other] = at_once([&|| invite(0, &key, &email), &|| invite(1, &key, &email)]);
        assert_eq!((one.status, other.status), (200, 200), "{} {}", one.text(), other.text());
        assert_eq!(one.body, other.body, "the second one repeats the response of the first");
        assert_eq!(invite(1, &key, "another@x.example").problem(), (409, "key_reused".into()));
    }
    let sent = "SELECT count(*) FROM outbox";
    assert_eq!(pair.database.number(sent), 20, "one mail for each key");
    pair.assert_consistent();
}

#[test]
fn a_rate_limit_counts_at_both_backends() {
    let Some(pair) = Pair::start() else { return };
    let start = Instant::now();
    let attempt = |count: usize| pair.backends[count % 2].client().sign_in("guess").status;
    let accepted = (0..200).map(attempt).take_while(|&status| status == 403).count();
    // The limit is 30, and a token is added every two seconds.
    let added = usize::try_from(start.elapsed().as_secs() / 2).unwrap() + 1;
    assert!((30..=30 + added).contains(&accepted), "{accepted}");
}

#[test]
fn mail_budgets_count_at_both_backends() {
    let Some(pair) = Pair::start() else { return };
    let response = pair.administrator.invite(&["ivo@x.example"], &[(A1, &["agent"])]);
    assert_eq!(response.status, 200);
    let ivo = pair.administrator.id_of("ivo@x.example");
    let resend = |count: usize| {
        pair.at(&pair.administrator, count % 2)
            .post(&with_id(path::USER_INVITATION_RESEND, &ivo), &Value::Null)
    };
    let accepted = (0..100).map(resend).take_while(|response| response.status < 300).count();
    let limited = resend(1);
    assert_eq!(limited.problem(), (429, "rate_limited".into()));
    assert_eq!(resend(0).problem(), (429, "rate_limited".into()));
    let queued = pair.database.number("SELECT count(*) FROM outbox");
    assert!(usize::try_from(queued).unwrap() <= accepted + 1, "{queued} mails, {accepted} accepted");
    pair.assert_consistent();
}

#[test]
fn each_mail_is_sent_once_by_one_of_the_backends() {
    let Some(pair) = Pair::start() else { return };
    let addresses: Vec<String> = (0..40).map(|number| format!("to{number}@x.example")).collect();
    for (count, pairs) in addresses.chunks(4).enumerate() {
        let emails: Vec<&str> = pairs.iter().map(String::as_str).collect();
        assert_eq!(pair.at(&pair.administrator, count % 2).invite(&emails, &[(A1, &["agent"])]).status, 200);
    }
    eventually(|| (pair.mails.accepted().len() >= 40).then_some(()));
    let mut sent: Vec<String> = pair.mails.accepted().into_iter().map(|mail| mail.to).collect();
    sent.sort();
    let mut expected = addresses.clone();
    expected.sort();
    assert_eq!(sent, expected);
}

#[test]
fn a_request_waits_for_a_job_that_the_other_backend_runs() {
    let Some(pair) = Pair::start() else { return };
    let olga = pair.join("olga", &[(A1, &["operator"])]);
    let start = Instant::now();
    for round in 0..20 {
        let action = ["remove", "restore"][round % 2];
        let body = json!({ "select": { "ids": [olga.id] }, "action": action });
        let job = pair.at(&pair.administrator, round % 2).post(path::USERS_BULK, &body);
        assert_eq!((job.status, &job.json::<Value>()["done"]), (200, &json!(1)), "{}", job.text());
    }
    eprintln!("20 jobs took {:?}", start.elapsed());
    assert!(start.elapsed() < Duration::from_mins(1));
    pair.assert_consistent();
}
