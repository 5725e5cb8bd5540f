//! Tests of mail limits over requests: nothing half done, one digest, and no hint about other mails.

use axum::http::Method;
use chrono::TimeDelta;
use serde_json::{Value, json};
use studio_users_contract::path;
use studio_users_domain::{Role, UserId};

use super::digest::visible_digest;
use super::outbox_worker::send_next;
use super::sessions::queue_sign_in_link;
use crate::mail::{Digest, DigestUser, Mail};
use crate::sql;
use crate::store::RunnerId;
use crate::testing::{
    AGENCY, AIRLINE, BANK, CLINIC, Cookie, TestApp, TestResponse, insert_counted_mails, insert_sent_jobs,
    key_of, node_id,
};

const MANAGER: Role = Role::OrganisationManager;

impl TestApp {
    async fn count_rows(&self, sql: &'static str) -> i64 {
        sql::query_scalar(sql).fetch_one(&mut self.state.store.read().await.unwrap()).await.unwrap()
    }

    async fn invite_addresses(&self, by: &Cookie, emails: &[String], node: usize) -> Value {
        let body = json!({ "emails": emails, "grants": [{ "node_id": node_id(node), "roles": ["agent"] }] });
        let response = self.request_with_body(by, None, Method::POST, path::INVITATIONS, &body).await;
        assert_eq!(response.status, 200, "{response:?}");
        response.json()
    }

    async fn insert_mails(&self, kind: &str, to: &str, by: UserId, number: i64) {
        let mut write = self.state.store.write().await.unwrap();
        let now = crate::store::millis(write.now());
        insert_counted_mails(&mut write, number, (kind, to, key_of(by)), now).await;
        write.commit().await.unwrap();
    }

    async fn insert_sign_in_mails(&self, to: UserId, number: i64) {
        let mut write = self.state.store.write().await.unwrap();
        let now = crate::store::millis(write.now());
        insert_sent_jobs(&mut write, number, now).await;
        sql::query(
            "INSERT INTO outbox (pk, user_pk, mail, kind, created_at) \
             SELECT pk, ?2, '', 'sign_in', ?3 FROM jobs WHERE kind = 'mail' ORDER BY pk DESC LIMIT ?1",
        )
        .bind(number)
        .bind(key_of(to).0)
        .bind(now)
        .execute(&mut write)
        .await
        .unwrap();
        write.commit().await.unwrap();
    }

    async fn post_at_user(&self, by: &Cookie, path: &str, user: &str) -> TestResponse {
        self.request(by, None, Method::POST, &path.replace("{id}", user)).await
    }
}

fn addresses(numbers: std::ops::Range<usize>) -> Vec<String> {
    numbers.map(|number| format!("n{number}@x.example")).collect()
}

#[tokio::test]
async fn an_address_over_the_limit_leaves_nothing_behind() {
    let app = TestApp::new().await;
    let maud = app.person("maud", &[(AGENCY, MANAGER)]).await;
    let by = app.session(maud).await;
    app.insert_mails("access_given", "maud@studio.example", maud, 998).await;
    let (users, entries) = ("SELECT count(*) FROM users", "SELECT count(*) FROM audit");
    let before = (app.count_rows(users).await, app.count_rows(entries).await);
    app.advance_clock(TimeDelta::hours(1));
    let result = app.invite_addresses(&by, &addresses(0..10), BANK).await;
    assert_eq!((&result["invited"], &result["updated"]), (&json!(2), &json!(0)));
    let failed = result["failed"].as_array().unwrap();
    assert_eq!(failed.len(), 8);
    for (failure, email) in failed.iter().zip(addresses(2..10)) {
        let expected = json!({ "email": email, "code": "rate_limited", "retry_after": 23 * 3_600 + 1 });
        assert_eq!(failure, &expected);
    }
    let after = (app.count_rows(users).await, app.count_rows(entries).await);
    assert_eq!((after.0 - before.0, after.1 - before.1), (2, 2), "no dead users and no entries");

    let n0: Value = app.request(&by, None, Method::GET, &format!("{}?search=n0@x", path::USERS)).await.json();
    let id = n0["items"][0]["id"].as_str().unwrap().to_owned();
    let resent = app.post_at_user(&by, path::USER_INVITATION_RESEND, &id).await;
    assert_eq!(resent.status, 429);
    assert_eq!(resent.json::<Value>()["retry_after"], 23 * 3_600 + 1);
}

#[tokio::test]
async fn an_administrator_invites_1200_people_in_one_import() {
    let app = TestApp::new().await;
    let ada = app.person("ada", &[(AGENCY, Role::Administrator)]).await;
    let by = app.session(ada).await;
    for batch in 0..6 {
        let result = app.invite_addresses(&by, &addresses(batch * 200..batch * 200 + 200), BANK).await;
        assert_eq!((&result["invited"], &result["failed"]), (&json!(200), &json!([])));
    }
}

#[tokio::test]
async fn an_invitation_reveals_nothing_about_other_mails_to_the_address() {
    let app = TestApp::new().await;
    let maud = app.person("maud", &[(AGENCY, MANAGER)]).await;
    let otto = app.person("otto", &[(AIRLINE, MANAGER)]).await;
    let known = app.person("known", &[(AIRLINE, Role::Agent)]).await;
    let by = app.session(maud).await;
    app.insert_sign_in_mails(known, 20).await;
    app.insert_mails("invitation", "known@studio.example", otto, 20).await;
    let mut results = Vec::new();
    for email in ["known@studio.example", "unknown@studio.example"] {
        results.push(app.invite_addresses(&by, &[email.to_owned()], BANK).await);
    }
    assert_eq!(results[0], results[1]);
    assert_eq!(results[0]["invited"], 1);
}

#[tokio::test]
async fn the_budget_of_an_address_does_not_reveal_whether_it_has_an_account_elsewhere() {
    let mut results = Vec::new();
    for case in ["new", "new, unsent", "joined elsewhere", "joined elsewhere, unsent", "invited elsewhere"] {
        let app = TestApp::new().await;
        let maud = app.person("maud", &[(AGENCY, MANAGER)]).await;
        let otto = app.person("otto", &[(AIRLINE, MANAGER)]).await;
        let (by, other) = (app.session(maud).await, app.session(otto).await);
        if case.starts_with("joined") {
            app.person("nina", &[(AIRLINE, Role::Agent)]).await;
        } else if case.starts_with("invited") {
            app.invite_by_mail(&other, "nina@studio.example", AIRLINE).await;
            app.send_due_mails().await;
        }
        let mut outcomes = Vec::new();
        for round in 0..22 {
            // The address counts, however it is written.
            let email = if round % 2 == 0 { "nina@studio.example" } else { " Nina@STUDIO.example" };
            let result = app.invite_addresses(&by, &[email.into()], BANK).await;
            let failed = &result["failed"][0];
            outcomes.push((
                result["invited"].clone(),
                failed["code"].clone(),
                failed["retry_after"].clone(),
                result["updated"].clone(),
            ));
            if result["invited"] != 1 {
                continue;
            }
            if !case.ends_with("unsent") {
                app.send_due_mails().await;
            }
            let found = format!("{}?search=nina", path::USERS);
            let found: Value = app.request(&by, None, Method::GET, &found).await.json();
            let nina = found["items"][0]["id"].as_str().unwrap().to_owned();
            let revoke = path::USER_INVITATION.replace("{id}", &nina);
            assert_eq!(app.request(&by, None, Method::DELETE, &revoke).await.status, 204);
            app.advance_clock(TimeDelta::minutes(1));
        }
        let limited: Vec<_> = outcomes.iter().map(|outcome| outcome.1 == "rate_limited").collect();
        assert_eq!(limited.iter().position(|&limited| limited), Some(20), "{case}: {outcomes:?}");
        results.push(outcomes);
    }
    assert!(results.iter().all(|outcomes| outcomes == &results[0]), "{results:?}");
}

#[tokio::test]
async fn corrections_use_up_the_budget_of_the_new_address() {
    for elsewhere in [false, true] {
        let app = TestApp::new().await;
        let maud = app.person("maud", &[(AGENCY, MANAGER)]).await;
        let by = app.session(maud).await;
        if elsewhere {
            app.person("nina", &[(AIRLINE, Role::Agent)]).await;
        }
        let mut statuses = Vec::new();
        for round in 0..21 {
            let wrong = app.invite_by_mail(&by, &format!("wrong{round}@studio.example"), BANK).await;
            let correct = path::USER_INVITATION_CORRECT.replace("{id}", &wrong);
            let body = json!({ "email": "nina@studio.example" });
            let corrected = app.request_with_body(&by, None, Method::POST, &correct, &body).await;
            statuses.push(corrected.status);
            if corrected.status == 200 {
                let id = corrected.json::<Value>()["user_id"].as_str().unwrap().to_owned();
                app.send_due_mails().await;
                let revoke = path::USER_INVITATION.replace("{id}", &id);
                assert_eq!(app.request(&by, None, Method::DELETE, &revoke).await.status, 204);
            }
        }
        assert_eq!(statuses, [[200; 20].as_slice(), &[429]].concat(), "elsewhere: {elsewhere}");
    }
}

#[tokio::test]
async fn revoked_invitations_count_for_their_sender_whatever_becomes_of_the_account() {
    let app = TestApp::new().await;
    let maud = app.person("maud", &[(AGENCY, MANAGER)]).await;
    app.person("nina", &[(AIRLINE, Role::Agent)]).await;
    let by = app.session(maud).await;
    app.insert_mails("access_given", "maud@studio.example", maud, 998).await;
    for email in ["nina@studio.example", "lars@studio.example"] {
        let invited = app.invite_by_mail(&by, email, BANK).await;
        let revoke = path::USER_INVITATION.replace("{id}", &invited);
        assert_eq!(app.request(&by, None, Method::DELETE, &revoke).await.status, 204);
    }
    let result = app.invite_addresses(&by, &addresses(0..1), BANK).await;
    assert_eq!(result["failed"][0]["code"], "rate_limited");
}

#[tokio::test]
async fn a_delay_reveals_neither_an_account_nor_the_first_mails_of_others() {
    // The mails of others: none, fewer than the limit, or as many.
    for (others, is_delayed) in [(0, false), (19, false), (20, true)] {
        for elsewhere in [false, true] {
            let app = TestApp::new().await;
            let maud = app.person("maud", &[(AGENCY, MANAGER)]).await;
            let otto = app.person("otto", &[(AIRLINE, MANAGER)]).await;
            let by = app.session(maud).await;
            if elsewhere {
                app.person("nina", &[(AIRLINE, Role::Agent)]).await;
            }
            app.insert_mails("invitation", "nina@studio.example", otto, others).await;
            app.insert_mails("invitation", "nina@studio.example", maud, 19).await;
            let nina = app.invite_by_mail(&by, "nina@studio.example", BANK).await;
            app.send_due_mails().await;
            let details = path::USER.replace("{id}", &nina);
            let details: Value = app.request(&by, None, Method::GET, &details).await.json();
            let expected = if is_delayed { "queued" } else { "sent" };
            let state = &details["pending"]["delivery"]["state"];
            assert_eq!(state, expected, "{others} mails of others, elsewhere: {elsewhere}");
        }
    }
}

#[tokio::test]
async fn joining_users_are_one_digest_that_is_checked_when_it_is_sent() {
    let app = TestApp::new().await;
    let maud = app.person("maud", &[(AGENCY, MANAGER)]).await;
    let by = app.session(maud).await;
    for number in 0..25 {
        let node = if number < 20 { BANK } else { CLINIC };
        let [email] = &addresses(number..number + 1)[..] else { panic!("one address") };
        app.invite_addresses(&by, std::slice::from_ref(email), node).await;
        let found: Value =
            app.request(&by, None, Method::GET, &format!("{}?search={email}", path::USERS)).await.json();
        let id = found["items"][0]["id"].as_str().unwrap();
        let link: Value = app.post_at_user(&by, path::USER_INVITATION_LINK, id).await.json();
        let token = link["url"].as_str().unwrap().split_once('#').unwrap().1;
        let body = json!({ "token": token, "name": format!("Person {number}") });
        let accept = path::INVITATIONS_ACCEPT;
        let joined = app.request_with_body(&Cookie::none(), None, Method::POST, accept, &body).await;
        assert_eq!(joined.status, 201);
    }
    assert_eq!(app.count_rows("SELECT count(*) FROM outbox WHERE kind = 'new_users'").await, 1);

    let mut write = app.state.store.write().await.unwrap();
    queue_sign_in_link(&mut write, key_of(maud)).await.unwrap();
    write.commit().await.unwrap();
    assert_eq!(
        app.state.store.claim_any_mail(RunnerId::new().unwrap()).await.unwrap().unwrap().mail,
        Mail::SignIn
    );

    app.execute("DELETE FROM jobs WHERE pk IN (SELECT pk FROM outbox WHERE kind <> 'new_users')").await;
    app.advance_clock(TimeDelta::minutes(10));
    let digest = app.state.store.claim_any_mail(RunnerId::new().unwrap()).await.unwrap().unwrap();
    let Mail::Digest(content) = &digest.mail else { panic!("{:?}", digest.mail) };
    let people = &content.people;
    let visible = async || visible_digest(&app.state, &digest.to, content).await.unwrap().people;
    let all = visible().await;
    assert_eq!((all.len(), all[0].name.as_str(), all[0].email.as_str()), (25, "Person 0", "n0@x.example"));
    assert_eq!(all[24].node_names, ["Node 3"]);
    // Maud manages only the clinic when the digest is sent, and one user has been removed from it.
    app.unassign(maud, AGENCY).await;
    app.assign(maud, CLINIC, MANAGER).await;
    app.unassign(people[24].user, CLINIC).await;
    let names: Vec<_> = visible().await.into_iter().map(|user| user.name).collect();
    assert_eq!(names, ["Person 20", "Person 21", "Person 22", "Person 23"]);
    app.unassign(maud, CLINIC).await;
    assert!(visible().await.is_empty());
}

#[tokio::test]
async fn notices_beyond_the_limit_of_digests_wait_and_are_one_digest() {
    let app = TestApp::new().await;
    let maud = app.person("maud", &[(AGENCY, MANAGER)]).await;
    app.people(2_300, BANK, Role::Agent).await;
    let joined: Vec<Vec<u8>> =
        sql::query_scalar("SELECT id FROM users WHERE name LIKE 'Person %' ORDER BY pk")
            .fetch_all(&mut app.state.store.read().await.unwrap())
            .await
            .unwrap();
    let joined: Vec<UserId> = joined.iter().map(|id| UserId(uuid::Uuid::from_slice(id).unwrap())).collect();
    let mut write = app.state.store.write().await.unwrap();
    for user in &joined {
        let people = vec![DigestUser::new(*user, vec![node_id(BANK)])];
        write.queue_digest(key_of(maud), Digest { people, ..Digest::default() }).await.unwrap();
    }
    write.commit().await.unwrap();
    app.advance_clock(TimeDelta::minutes(10));
    app.send_due_mails().await;
    app.send_due_mails().await;
    let mails = app.sent_to("maud@");
    assert_eq!(mails.len(), 20);
    assert!(mails.iter().all(|mail| mail.subject == "100 people accepted your invitations"));

    // Some have lost their access before the next digest leaves.
    for user in &joined[2_290..] {
        app.unassign(*user, BANK).await;
    }
    app.advance_clock(TimeDelta::hours(23));
    app.send_due_mails().await;
    assert_eq!(app.sent_to("maud@").len(), 20);
    app.advance_clock(TimeDelta::hours(1));
    app.send_due_mails().await;
    let mails = app.sent_to("maud@");
    assert_eq!(mails.len(), 21);
    assert_eq!(mails[0].subject, "290 people accepted your invitations");
    assert!(mails[0].plain.contains("and 190 more"), "{}", mails[0].plain);
    assert_eq!(mails[0].plain.matches("@studio.example").count(), 100);
    let listed: std::collections::BTreeSet<_> = mails
        .iter()
        .flat_map(|mail| mail.plain.split_whitespace())
        .filter(|word| word.contains("@studio.example"))
        .map(str::to_owned)
        .collect();
    assert_eq!(listed.len(), 2_100, "each is listed once");
    assert_eq!(app.count_rows("SELECT count(*) FROM jobs WHERE finished_at IS NULL").await, 0);
}

#[tokio::test]
async fn people_who_join_all_day_are_all_reported() {
    let app = TestApp::new().await;
    let maud = app.person("maud", &[(AGENCY, MANAGER)]).await;
    let mut reported = 0;
    for number in 0..200 {
        let user = app.person(&format!("p{number}"), &[(BANK, Role::Agent)]).await;
        let mut write = app.state.store.write().await.unwrap();
        let people = vec![DigestUser::new(user, vec![node_id(BANK)])];
        write.queue_digest(key_of(maud), Digest { people, ..Digest::default() }).await.unwrap();
        write.commit().await.unwrap();
        app.advance_clock(TimeDelta::minutes(12));
        send_next(&app.state, RunnerId::new().unwrap()).await.unwrap();
    }
    let until_all = TimeDelta::days(2);
    app.advance_clock(until_all);
    app.send_due_mails().await;
    let mails = app.sent_to("maud@");
    for mail in &mails {
        let more = mail.plain.split_once("and ").and_then(|(_, text)| text.split_once(" more"));
        let more: usize = more.map_or(0, |(number, _)| number.parse().unwrap_or(0));
        reported += mail.plain.matches("@studio.example").count()
            - usize::from(!mail.subject.contains("people"))
            + more;
    }
    assert_eq!(reported, 200, "{}", mails.len());
    assert!((20..=50).contains(&mails.len()), "{}", mails.len());
}

#[tokio::test]
async fn a_removal_deletes_the_links_that_wait() {
    let app = TestApp::new().await;
    let maud = app.person("maud", &[(AGENCY, MANAGER)]).await;
    let olga = app.person("olga", &[(BANK, Role::Operator)]).await;
    let by = app.session(maud).await;
    let mut write = app.state.store.write().await.unwrap();
    queue_sign_in_link(&mut write, key_of(olga)).await.unwrap();
    write.commit().await.unwrap();
    let user = path::USER.replace("{id}", &olga.to_string());
    assert_eq!(app.request(&by, None, Method::DELETE, &user).await.status, 204);
    assert_eq!(app.count_rows("SELECT count(*) FROM jobs WHERE finished_at IS NULL").await, 0);
    assert!(app.state.store.claim_any_mail(RunnerId::new().unwrap()).await.unwrap().is_none());
    // A link from after the removal opens no session.
    let token = app.state.store.create_sign_in_link(key_of(olga)).await.unwrap();
    let body = json!({ "token": token.secret() });
    let response = app.request_with_body(&Cookie::none(), None, Method::POST, path::SESSIONS, &body).await;
    assert_eq!(response.problem().1, "link_invalid");
}

#[tokio::test]
async fn the_link_in_a_digest_switches_digests_off_without_signing_in() {
    let app = TestApp::new().await;
    let maud = app.person("maud", &[(AGENCY, MANAGER)]).await;
    let by = app.session(maud).await;
    let olga = app.person("olga", &[(BANK, Role::Operator)]).await;
    let queue_digest = async || {
        let mut write = app.state.store.write().await.unwrap();
        let people = vec![DigestUser::new(olga, vec![node_id(BANK)])];
        write.queue_digest(key_of(maud), Digest { people, ..Digest::default() }).await.unwrap();
        write.commit().await.unwrap();
        app.advance_clock(TimeDelta::minutes(10));
    };
    let runner = RunnerId::new().unwrap();
    let mails = || std::fs::read_dir(app.state.mailer.folder().unwrap()).unwrap().count();
    let gets_digests = async || {
        let session: Value = app.request(&by, None, Method::GET, path::SESSION).await.json();
        session["user"]["digests"].as_bool().unwrap()
    };

    queue_digest().await;
    send_next(&app.state, runner).await.unwrap();
    let file = std::fs::read_dir(app.state.mailer.folder().unwrap()).unwrap().next().unwrap().unwrap();
    let mail = std::fs::read_to_string(file.path()).unwrap().replace("=\r\n", "").replace("\r\n ", " ");
    assert!(mail.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"), "{mail}");
    let (_, link) = mail.split_once("List-Unsubscribe: <http://localhost").unwrap();
    let link = link.split_once('>').unwrap().0;
    assert_eq!(mail.matches(link).count(), 4, "in a header, in the text, and twice in the HTML: {mail}");
    assert!(mail.contains("Don=E2=80=99t want e-mails about your invitations?"), "{mail}");

    let nobody = Cookie::none();
    let page = app.request(&nobody, None, Method::GET, link).await;
    assert_eq!(page.status, 200);
    assert!(String::from_utf8(page.body).unwrap().contains("<button>Turn off</button>"));
    assert!(gets_digests().await, "opening the link changes nothing");
    queue_digest().await;
    for _ in 0..2 {
        assert_eq!(app.request(&nobody, None, Method::POST, link).await.status, 200);
    }
    assert!(!gets_digests().await);
    send_next(&app.state, runner).await.unwrap();
    assert_eq!(mails(), 1, "the waiting digest is dropped when it would be sent");
    assert_eq!(app.count_rows("SELECT count(*) FROM jobs WHERE finished_at IS NULL").await, 0);

    for unknown in ["/unsubscribe/x", "/unsubscribe/"] {
        assert_eq!(app.request(&nobody, None, Method::POST, unknown).await.status / 100, 4, "{unknown}");
    }
    let on = json!({ "digests": true });
    assert_eq!(app.request_with_body(&by, None, Method::PATCH, path::SESSION, &on).await.status, 200);
    queue_digest().await;
    send_next(&app.state, runner).await.unwrap();
    assert_eq!(mails(), 2);
}
