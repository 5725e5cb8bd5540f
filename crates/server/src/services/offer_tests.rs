//! Tests of invitation mails that are judged when they leave.

use axum::http::Method;
use chrono::TimeDelta;
use serde_json::{Value, json};
use studio_users_contract::path;
use studio_users_domain::{Role, UserId};

use crate::sql;
use crate::testing::{AGENCY, AIRLINE, BANK, CLINIC, Cookie, PROVIDER, TestApp, node_id};

const MANAGER: Role = Role::OrganisationManager;

impl TestApp {
    async fn delivery(&self, by: &Cookie, user: &str) -> Value {
        let url = path::USER.replace("{id}", user);
        self.request(by, None, Method::GET, &url).await.json::<Value>()["pending"]["delivery"]["state"]
            .clone()
    }

    async fn waiting_invitations(&self) -> i64 {
        let count = "SELECT count(*) FROM outbox WHERE kind = 'invitation' AND outcome IS NULL";
        sql::query_scalar(count).fetch_one(&mut self.state.store.read().await.unwrap()).await.unwrap()
    }

    /// Changes the roles of a user at a node. `null` revokes an invitation there.
    pub(super) async fn change_roles(&self, by: &Cookie, user: &str, node: usize, roles: Value) {
        let url = path::USER_ACCESS.replace("{id}", user);
        let body = json!({ "changes": [{ "node_id": node_id(node), "roles": roles }] });
        let any_version = [("if-match", "*")];
        let response = self.request_with_headers(by, Method::PATCH, &url, &any_version, &body).await;
        assert_eq!(response.status, 200, "{response:?}");
    }

    async fn opens(&self, token: &str) -> bool {
        let body = json!({ "token": token });
        let url = path::INVITATIONS_INSPECT;
        self.request_with_body(&Cookie::none(), None, Method::POST, url, &body).await.status == 200
    }

    fn newest_token(&self, email: &str) -> String {
        let mail = self.sent_to(email).remove(0);
        mail.plain.split_once("/join#").unwrap().1.split_whitespace().next().unwrap().to_owned()
    }
}

/// Returns a manager of the agency with a session, and a session of an administrator.
async fn manager(app: &TestApp) -> (UserId, Cookie, Cookie) {
    let maud = app.person("maud", &[(AGENCY, MANAGER)]).await;
    let ada = app.person("ada", &[(PROVIDER, Role::Administrator)]).await;
    (maud, app.session(maud).await, app.session(ada).await)
}

#[tokio::test]
async fn an_invitation_whose_sender_lost_the_right_is_cancelled_and_shown() {
    for case in ["demoted", "removed"] {
        let app = TestApp::new().await;
        let (maud, by, ada) = manager(&app).await;
        let nina = app.invite_by_mail(&by, "nina@x.example", BANK).await;
        if case == "demoted" {
            app.unassign(maud, AGENCY).await;
            app.assign(maud, CLINIC, MANAGER).await;
        } else {
            let url = path::USER.replace("{id}", &maud.to_string());
            assert_eq!(app.request(&ada, None, Method::DELETE, &url).await.status, 204);
        }
        app.advance_clock(TimeDelta::minutes(1));
        app.send_due_mails().await;
        assert!(app.sent_to("nina@").is_empty(), "{case}: its link would be dead");
        assert_eq!(app.delivery(&ada, &nina).await, "cancelled", "{case}");
        let undelivered = format!("{}?undelivered=true", path::USERS);
        let undelivered: Value = app.request(&ada, None, Method::GET, &undelivered).await.json();
        assert_eq!(undelivered["items"][0]["email"], "nina@x.example", "{case}");
        let mails: Value = app.request(&ada, None, Method::GET, path::UNDELIVERED_MAIL).await.json();
        assert_eq!(mails["items"][0]["delivery"]["state"], "cancelled", "{case}");

        // An administrator resends it.
        let resend = path::USER_INVITATION_RESEND.replace("{id}", &nina);
        assert_eq!(app.request(&ada, None, Method::POST, &resend).await.status, 204);
        app.advance_clock(TimeDelta::hours(1));
        app.send_due_mails().await;
        assert!(app.opens(&app.newest_token("nina@")).await, "{case}");
        assert_eq!(app.delivery(&ada, &nina).await, "sent", "{case}");
        assert!(app.sent_to("maud@").is_empty(), "{case}: she can do nothing about it");
    }
}

#[tokio::test]
async fn an_invitation_is_cancelled_with_its_grants_while_another_managers_is_pending() {
    let app = TestApp::new().await;
    let (_, by, _) = manager(&app).await;
    let otto = app.person("otto", &[(AIRLINE, MANAGER)]).await;
    let other = app.session(otto).await;
    app.invite_by_mail(&other, "nina@x.example", AIRLINE).await;
    app.send_due_mails().await;
    let nina = app.invite_by_mail(&by, "nina@x.example", BANK).await;
    let revoke = path::USER_INVITATION.replace("{id}", &nina);
    assert_eq!(app.request(&by, None, Method::DELETE, &revoke).await.status, 204);
    app.send_due_mails().await;
    let [mail] = &app.sent_to("nina@")[..] else { panic!("{:?}", app.sent_to("nina@")) };
    assert_eq!(mail.subject, "otto invited you to join Node 4");
    assert_eq!(app.waiting_invitations().await, 0);
    assert_eq!(app.delivery(&other, &nina).await, "sent");
}

#[tokio::test]
async fn a_cancelled_invitation_leaves_the_earlier_link_of_its_sender_valid() {
    let app = TestApp::new().await;
    let (_, by, _) = manager(&app).await;
    let nina = app.invite_by_mail(&by, "nina@x.example", BANK).await;
    app.send_due_mails().await;
    let token = app.newest_token("nina@");
    app.invite_by_mail(&by, "nina@x.example", CLINIC).await;
    app.change_roles(&by, &nina, CLINIC, Value::Null).await;
    app.send_due_mails().await;
    assert_eq!(app.sent_to("nina@").len(), 1);
    assert!(app.opens(&token).await);
    assert_eq!(app.delivery(&by, &nina).await, "sent");
}

#[tokio::test]
async fn no_mail_goes_to_the_old_address_after_a_correction() {
    let app = TestApp::new().await;
    let (_, by, _) = manager(&app).await;
    let otto = app.person("otto", &[(AIRLINE, MANAGER)]).await;
    let other = app.session(otto).await;
    app.invite_by_mail(&other, "wrong@x.example", AIRLINE).await;
    app.send_due_mails().await;
    let wrong = app.invite_by_mail(&by, "wrong@x.example", BANK).await;
    let correct = path::USER_INVITATION_CORRECT.replace("{id}", &wrong);
    let body = json!({ "email": "right@x.example" });
    assert_eq!(app.request_with_body(&by, None, Method::POST, &correct, &body).await.status, 200);
    app.send_due_mails().await;
    assert_eq!(app.sent_to("wrong@").len(), 1, "only the other manager's");
    assert_eq!(app.sent_to("right@").len(), 1);
    assert_eq!(app.waiting_invitations().await, 0);
}

#[tokio::test]
async fn an_invitation_says_and_records_what_it_offers_when_it_leaves() {
    let app = TestApp::new().await;
    let (_, by, _) = manager(&app).await;
    let grants = json!([
        { "node_id": node_id(BANK), "roles": ["agent"] },
        { "node_id": node_id(CLINIC), "roles": ["agent"] },
    ]);
    let body = json!({ "emails": ["nina@x.example"], "grants": grants, "message": "Hello Nina" });
    assert_eq!(app.request_with_body(&by, None, Method::POST, path::INVITATIONS, &body).await.status, 200);
    let found: Value =
        app.request(&by, None, Method::GET, &format!("{}?search=nina", path::USERS)).await.json();
    let nina = found["items"][0]["id"].as_str().unwrap().to_owned();
    app.change_roles(&by, &nina, CLINIC, Value::Null).await;
    // The first attempt fails, and the roles change before the next one.
    let claimed = app.state.store.claim_any_mail(crate::store::RunnerId::new().unwrap()).await.unwrap();
    app.state.store.mark_mail_failed(claimed.unwrap().number, None).await.unwrap();
    app.change_roles(&by, &nina, BANK, json!(["planner"])).await;
    app.advance_clock(TimeDelta::minutes(1));
    app.send_due_mails().await;
    let [mail] = &app.sent_to("nina@")[..] else { panic!("one mail") };
    assert_eq!(mail.subject, "maud invited you to join Node 2");
    assert!(mail.plain.contains("Planner") && mail.plain.contains("Hello Nina"), "{}", mail.plain);
    assert!(!mail.plain.contains("Agent") && !mail.plain.contains("Node 3"), "{}", mail.plain);
    let url = path::USER_ACTIVITY.replace("{id}", &nina);
    let page: Value = app.request(&by, None, Method::GET, &url).await.json();
    let sent: Vec<_> =
        page["items"].as_array().unwrap().iter().filter(|item| item["action"] == "invitation.sent").collect();
    assert_eq!(sent.len(), 1, "{sent:?}");
    assert_eq!(sent[0]["details"]["after"], json!(["planner"]), "{:?}", sent[0]);
}

#[tokio::test]
async fn an_invitation_that_is_sent_again_while_it_waits_is_one_mail() {
    let app = TestApp::new().await;
    let (_, by, ada) = manager(&app).await;
    let nina = app.invite_by_mail(&by, "nina@x.example", BANK).await;
    let resend = path::USER_INVITATION_RESEND.replace("{id}", &nina);
    assert_eq!(app.request(&ada, None, Method::POST, &resend).await.status, 204);
    app.send_due_mails().await;
    let [mail] = &app.sent_to("nina@")[..] else { panic!("{:?}", app.sent_to("nina@")) };
    assert_eq!(mail.subject, "ada invited you to join Node 2");
    assert_eq!(app.delivery(&by, &nina).await, "sent");
}

#[tokio::test]
async fn an_invitation_of_an_earlier_version_is_judged_by_all_grants() {
    let app = TestApp::new().await;
    let (_, by, _) = manager(&app).await;
    app.invite_by_mail(&by, "nina@x.example", BANK).await;
    // Earlier versions stored neither the places of a mail nor the mail of a grant.
    app.execute("UPDATE pending_grants SET mail = NULL").await;
    let mail: String = sql::query_scalar("SELECT mail FROM outbox")
        .fetch_one(&mut app.state.store.read().await.unwrap())
        .await
        .unwrap();
    let mut old: Value = serde_json::from_str(&mail).unwrap();
    old.as_object_mut().unwrap().remove("places");
    let mut write = app.state.store.write().await.unwrap();
    sql::query("UPDATE outbox SET mail = ?").bind(old.to_string()).execute(&mut write).await.unwrap();
    write.commit().await.unwrap();
    app.send_due_mails().await;
    assert!(app.opens(&app.newest_token("nina@")).await);
}
