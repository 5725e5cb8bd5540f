//! Tests of the delivery of mails: who hears of a refused invitation, and what the audit log records.

use axum::http::Method;
use chrono::TimeDelta;
use serde_json::{Value, json};
use studio_users_contract::path;
use studio_users_domain::{Role, UserId};

use super::invitation_worker::run_due;
use super::outbox_worker::send_next;
use super::sessions::queue_sign_in_link;
use crate::mail::Mail;
use crate::mail::mailbox::{StoredMail, newest};
use crate::sql;
use crate::store::{JobKind, RunnerId};
use crate::testing::{AGENCY, AIRLINE, BANK, CLINIC, Cookie, PROVIDER, TestApp, key_of, node_id};

const MANAGER: Role = Role::OrganisationManager;
const REPLY: &str = "550 5.1.1 <nina@x.example>: no such user";

impl TestApp {
    /// Invites a user to an environment. Returns their id.
    pub(super) async fn invite_by_mail(&self, by: &Cookie, email: &str, node: usize) -> String {
        let grants = json!([{ "node_id": node_id(node), "roles": ["agent"] }]);
        let body = json!({ "emails": [email], "grants": grants });
        let response = self.request_with_body(by, None, Method::POST, path::INVITATIONS, &body).await;
        assert_eq!(response.status, 200, "{response:?}");
        let found = format!("{}?search={email}", path::USERS);
        let found: Value = self.request(by, None, Method::GET, &found).await.json();
        found["items"][0]["id"].as_str().unwrap().to_owned()
    }

    /// Sends all mails that are due.
    pub(super) async fn send_due_mails(&self) {
        let runner = RunnerId::new().unwrap();
        for _ in 0..20 {
            send_next(&self.state, runner).await.unwrap();
        }
    }

    /// Returns the mails that were sent to an address, the newest first.
    pub(super) fn sent_to(&self, email: &str) -> Vec<StoredMail> {
        let mut mails = newest(self.state.mailer.folder().unwrap()).unwrap();
        mails.retain(|mail| mail.to.contains(email));
        mails
    }

    /// Refuses the next mail that is due, which is an invitation.
    async fn refuse_next(&self) {
        let mail = self.state.store.claim_any_mail(RunnerId::new().unwrap()).await.unwrap().unwrap();
        assert_eq!(mail.mail.kind(), Mail::INVITATION);
        self.state.store.mark_mail_refused(mail.number, Some(REPLY)).await.unwrap();
    }

    async fn actions(&self, by: &Cookie, user: &str) -> Vec<String> {
        let url = path::USER_ACTIVITY.replace("{id}", user);
        let page: Value = self.request(by, None, Method::GET, &url).await.json();
        let items = page["items"].as_array().unwrap().iter();
        items.map(|item| item["action"].as_str().unwrap().to_owned()).collect()
    }

    async fn pending(&self, by: &Cookie, user: &str) -> Value {
        let url = path::USER.replace("{id}", user);
        let details: Value = self.request(by, None, Method::GET, &url).await.json();
        details["pending"].clone()
    }

    async fn undelivered(&self, by: &Cookie) -> Vec<String> {
        let url = format!("{}?undelivered=true", path::USERS);
        let page: Value = self.request(by, None, Method::GET, &url).await.json();
        assert_eq!(page["total"]["value"], page["items"].as_array().unwrap().len());
        let rows = page["items"].as_array().unwrap().iter();
        rows.inspect(|row| assert_eq!(row["invitation"]["undelivered"], true))
            .map(|row| row["email"].as_str().unwrap().to_owned())
            .collect()
    }
}

#[tokio::test]
async fn an_invitation_is_recorded_as_sent_when_it_was_sent() {
    let app = TestApp::new().await;
    let maud = app.person("maud", &[(AGENCY, MANAGER)]).await;
    let by = app.session(maud).await;
    let nina = app.invite_by_mail(&by, "nina@x.example", BANK).await;
    assert_eq!(app.actions(&by, &nina).await, ["user.invited"]);
    let pending = app.pending(&by, &nina).await;
    assert_eq!((&pending["delivery"]["state"], &pending["sent_at"]), (&json!("queued"), &Value::Null));

    app.advance_clock(TimeDelta::minutes(5));
    app.send_due_mails().await;
    let at = json!(app.state.clock.now());
    assert_eq!(app.actions(&by, &nina).await, ["invitation.sent", "user.invited"]);
    let pending = app.pending(&by, &nina).await;
    assert_eq!((&pending["delivery"]["state"], &pending["delivery"]["at"]), (&json!("sent"), &at));
    assert_eq!((&pending["sent_at"], &pending["links"]), (&at, &json!(1)));

    let resend = path::USER_INVITATION_RESEND.replace("{id}", &nina);
    assert_eq!(app.request(&by, None, Method::POST, &resend).await.status, 204);
    assert_eq!(app.pending(&by, &nina).await["links"], 1, "the second link is made when the mail is sent");
    app.send_due_mails().await;
    let actions = ["invitation.sent", "invitation.resent", "invitation.sent", "user.invited"];
    assert_eq!(app.actions(&by, &nina).await, actions);
    assert_eq!(app.pending(&by, &nina).await["links"], 2);
}

#[tokio::test]
async fn the_use_of_its_link_shows_that_a_mail_has_arrived() {
    let app = TestApp::new().await;
    let maud = app.person("maud", &[(AGENCY, MANAGER)]).await;
    let by = app.session(maud).await;
    let nina = app.invite_by_mail(&by, "nina@x.example", BANK).await;
    // The mail server has taken the mail, and the lane does not know it yet.
    let mail = app.state.store.claim_any_mail(RunnerId::new().unwrap()).await.unwrap().unwrap();
    let body = json!({ "token": mail.token.unwrap().secret(), "name": "Nina" });
    let accept = path::INVITATIONS_ACCEPT;
    assert_eq!(app.request_with_body(&Cookie::none(), None, Method::POST, accept, &body).await.status, 201);
    app.state.store.mark_mail_sent(mail.number).await.unwrap();
    app.state.store.mark_mail_failed(mail.number, None).await.unwrap();
    let actions = app.actions(&by, &nina).await;
    assert_eq!(actions, ["session.started", "invitation.accepted", "invitation.sent", "user.invited"]);
}

#[tokio::test]
async fn a_refused_invitation_is_shown_filtered_and_reported_until_it_is_resent() {
    let app = TestApp::new().await;
    let maud = app.person("maud", &[(AGENCY, MANAGER)]).await;
    let otto = app.person("otto", &[(AIRLINE, MANAGER)]).await;
    let (by, other) = (app.session(maud).await, app.session(otto).await);
    let nina = app.invite_by_mail(&by, "nina@x.example", BANK).await;
    app.invite_by_mail(&by, "lars@x.example", CLINIC).await;
    app.invite_by_mail(&other, "nina@x.example", AIRLINE).await;
    assert_eq!(app.undelivered(&by).await, Vec::<String>::new());
    app.refuse_next().await;
    app.send_due_mails().await;
    assert_eq!(app.undelivered(&by).await, ["nina@x.example"]);
    assert_eq!(app.undelivered(&other).await, Vec::<String>::new(), "another manager's mail has arrived");
    let delivery = &app.pending(&by, &nina).await["delivery"];
    assert_eq!((&delivery["state"], &delivery["reply"]), (&json!("refused"), &json!(REPLY)));
    assert_eq!(app.actions(&by, &nina).await, ["user.invited"]);

    // It is not retried.
    app.advance_clock(TimeDelta::days(2));
    app.send_due_mails().await;
    let [digest] = &app.sent_to("maud@")[..] else { panic!("one digest: {:?}", app.sent_to("maud@")) };
    assert_eq!(digest.subject, "Your invitation to nina@x.example wasn’t delivered");
    assert!(
        digest.plain.contains(REPLY) && digest.plain.contains("copy the invitation link"),
        "{}",
        digest.plain
    );
    assert_eq!(app.sent_to("nina@").len(), 1, "only the other manager's");

    // A copied link is the way out, and does not hide that the mail has not arrived.
    let link = path::USER_INVITATION_LINK.replace("{id}", &nina);
    assert_eq!(app.request(&by, None, Method::POST, &link).await.status, 201);
    assert_eq!(app.undelivered(&by).await, ["nina@x.example"]);
    let resend = path::USER_INVITATION_RESEND.replace("{id}", &nina);
    assert_eq!(app.request(&by, None, Method::POST, &resend).await.status, 204);
    assert_eq!(app.undelivered(&by).await, Vec::<String>::new());
    app.send_due_mails().await;
    assert_eq!(app.pending(&by, &nina).await["delivery"]["state"], "sent");
}

#[tokio::test]
async fn an_invitation_that_is_given_up_is_filtered_and_reported() {
    let app = TestApp::new().await;
    let maud = app.person("maud", &[(AGENCY, MANAGER)]).await;
    let by = app.session(maud).await;
    let nina = app.invite_by_mail(&by, "nina@x.example", BANK).await;
    let mut attempts = 0;
    loop {
        let mail = app.state.store.claim_any_mail(RunnerId::new().unwrap()).await.unwrap().unwrap();
        assert_eq!(mail.mail.kind(), Mail::INVITATION);
        attempts += 1;
        if !app.state.store.mark_mail_failed(mail.number, Some("451 4.3.0 Later")).await.unwrap() {
            break;
        }
        assert_eq!(app.undelivered(&by).await, Vec::<String>::new(), "it is tried again");
        let now = app.state.clock.now();
        let next = app.state.store.next_job_at(JobKind::Mail, now).await.unwrap().unwrap();
        app.advance_clock(next - now);
    }
    assert!(attempts > 12, "{attempts}");
    assert_eq!(app.undelivered(&by).await, ["nina@x.example"]);
    assert_eq!(app.pending(&by, &nina).await["delivery"]["state"], "given_up");
    assert_eq!(app.actions(&by, &nina).await, ["user.invited"]);
    app.advance_clock(TimeDelta::minutes(10));
    app.send_due_mails().await;
    let [digest] = &app.sent_to("maud@")[..] else { panic!("one digest") };
    assert_eq!(digest.subject, "Your invitation to nina@x.example wasn’t delivered");
    assert!(digest.plain.contains("451 4.3.0 Later"), "{}", digest.plain);
    assert!(app.sent_to("nina@").is_empty());
}

#[tokio::test]
async fn a_digest_is_in_the_language_of_its_recipient() {
    let app = TestApp::new().await;
    let maud = app.person("maud", &[(AGENCY, MANAGER)]).await;
    let by = app.session(maud).await;
    let dutch = json!({ "locale": "nl" });
    assert_eq!(app.request_with_body(&by, None, Method::PATCH, path::SESSION, &dutch).await.status, 200);
    app.invite_by_mail(&by, "nina@x.example", BANK).await;
    app.refuse_next().await;
    app.advance_clock(TimeDelta::minutes(10));
    app.send_due_mails().await;
    let [digest] = &app.sent_to("maud@")[..] else { panic!("one digest") };
    assert_eq!(digest.subject, "Je uitnodiging aan nina@x.example is niet bezorgd");
    assert!(digest.plain.contains("Zet ze hier uit:"), "{}", digest.plain);
}

#[tokio::test]
async fn a_refused_reminder_marks_the_invitation_and_is_reported_until_it_is_resent() {
    let app = TestApp::new().await;
    app.state.store.ensure_job(JobKind::Invitations).await.unwrap();
    let maud = app.person("maud", &[(AGENCY, MANAGER)]).await;
    let otto = app.person("otto", &[(AIRLINE, MANAGER)]).await;
    let (by, other) = (app.session(maud).await, app.session(otto).await);
    let nina = app.invite_by_mail(&by, "nina@x.example", BANK).await;
    app.send_due_mails().await;
    app.advance_clock(TimeDelta::days(1));
    app.invite_by_mail(&other, "nina@x.example", AIRLINE).await;
    app.send_due_mails().await;
    app.advance_clock(TimeDelta::days(10));
    let runner = RunnerId::new().unwrap();
    run_due(&app.state, runner).await.unwrap();
    let mail = app.state.store.claim_any_mail(runner).await.unwrap().unwrap();
    assert_eq!(mail.mail.kind(), Mail::REMINDER);
    app.state.store.mark_mail_refused(mail.number, Some(REPLY)).await.unwrap();

    let by = app.session(maud).await;
    assert_eq!(app.undelivered(&by).await, ["nina@x.example"]);
    let delivery = &app.pending(&by, &nina).await["delivery"];
    assert_eq!((&delivery["state"], &delivery["reply"]), (&json!("refused"), &json!(REPLY)));
    assert_eq!(app.undelivered(&other).await, Vec::<String>::new(), "another manager's mail has arrived");
    app.advance_clock(TimeDelta::minutes(10));
    app.send_due_mails().await;
    let [digest] = &app.sent_to("maud@")[..] else { panic!("one digest") };
    assert_eq!(digest.subject, "Your invitation to nina@x.example wasn’t delivered");
    assert!(app.sent_to("otto@").is_empty());

    let resend = path::USER_INVITATION_RESEND.replace("{id}", &nina);
    assert_eq!(app.request(&by, None, Method::POST, &resend).await.status, 204);
    app.send_due_mails().await;
    assert_eq!(app.undelivered(&by).await, Vec::<String>::new());
    let failed: i64 = sql::query_scalar("SELECT count(*) FROM outbox WHERE outcome <> 'sent'")
        .fetch_one(&mut app.state.store.read().await.unwrap())
        .await
        .unwrap();
    assert_eq!(failed, 0, "the invitation replaces the reminder in the list of administrators");
}

#[tokio::test]
async fn a_refused_notice_about_access_is_reported_to_those_who_gave_it() {
    let app = TestApp::new().await;
    let maud = app.person("maud", &[(AGENCY, MANAGER)]).await;
    let otto = app.person("otto", &[(AIRLINE, MANAGER)]).await;
    app.person("olga", &[(PROVIDER, Role::Analyst)]).await;
    let (by, other) = (app.session(maud).await, app.session(otto).await);
    app.invite_by_mail(&by, "olga@studio.example", CLINIC).await;
    app.send_due_mails().await;
    // The next notice has roles from two managers.
    app.invite_by_mail(&by, "olga@studio.example", BANK).await;
    app.invite_by_mail(&other, "olga@studio.example", AIRLINE).await;
    app.advance_clock(TimeDelta::minutes(10));
    let mail = app.state.store.claim_any_mail(RunnerId::new().unwrap()).await.unwrap().unwrap();
    assert_eq!(mail.mail.kind(), Mail::ACCESS);
    app.state.store.mark_mail_refused(mail.number, Some(REPLY)).await.unwrap();
    app.advance_clock(TimeDelta::minutes(10));
    app.send_due_mails().await;
    assert_eq!(app.sent_to("olga@").len(), 1);
    let [digest] = &app.sent_to("maud@")[..] else { panic!("{:?}", app.sent_to("maud@")) };
    assert_eq!(digest.subject, "olga doesn’t know about their new access");
    assert!(digest.plain.contains("Node 2"), "{}", digest.plain);
    assert!(!digest.plain.contains("Node 3") && !digest.plain.contains("Node 4"), "{}", digest.plain);
    let [digest] = &app.sent_to("otto@")[..] else { panic!("{:?}", app.sent_to("otto@")) };
    assert!(digest.plain.contains("Node 4") && !digest.plain.contains("Node 2"), "{}", digest.plain);
}

#[tokio::test]
async fn the_notice_of_a_refused_invitation_is_judged_when_it_leaves() {
    let app = TestApp::new().await;
    let maud = app.person("maud", &[(AGENCY, MANAGER)]).await;
    let by = app.session(maud).await;
    let nina = app.invite_by_mail(&by, "nina@x.example", BANK).await;
    app.refuse_next().await;
    let lars = app.invite_by_mail(&by, "lars@x.example", CLINIC).await;
    app.refuse_next().await;
    let revoke = path::USER_INVITATION.replace("{id}", &lars);
    assert_eq!(app.request(&by, None, Method::DELETE, &revoke).await.status, 204);
    app.unassign(maud, AGENCY).await;
    app.assign(maud, CLINIC, MANAGER).await;
    app.advance_clock(TimeDelta::minutes(10));
    app.send_due_mails().await;
    assert!(app.sent_to("maud@").is_empty(), "one was revoked, and Maud no longer manages the other");
    app.assign(maud, AGENCY, MANAGER).await;
    assert_eq!(app.pending(&by, &nina).await["delivery"]["state"], "refused");
}

#[tokio::test]
async fn administrators_see_the_undelivered_mail_of_their_nodes_without_links() {
    let app = TestApp::new().await;
    let ada = app.person("ada", &[(PROVIDER, Role::Administrator)]).await;
    let bea = app.person("bea", &[(AIRLINE, Role::Administrator)]).await;
    let maud = app.person("maud", &[(AGENCY, MANAGER)]).await;
    let by = app.session(maud).await;
    app.invite_by_mail(&by, "nina@x.example", BANK).await;
    app.refuse_next().await;
    let list = async |user: UserId| {
        let by = app.session(user).await;
        app.request(&by, None, Method::GET, path::UNDELIVERED_MAIL).await
    };
    assert_eq!(list(maud).await.problem(), (403, "needs_administrator".into(), None));
    assert_eq!(list(bea).await.json::<Value>(), json!({ "items": [], "more": false }));
    let mails: Value = list(ada).await.json();
    let mail = &mails["items"][0];
    assert_eq!((&mail["kind"], &mail["email"]), (&json!("invitation"), &json!("nina@x.example")));
    assert_eq!((&mail["to"]["name"], &mail["attempts"]), (&json!("nina@x.example"), &json!(1)));
    assert_eq!((&mail["delivery"]["state"], &mail["delivery"]["reply"]), (&json!("refused"), &json!(REPLY)));
    assert_eq!(mails["items"].as_array().unwrap().len(), 1);

    // A mail that is tried again is listed, too, and a later mail replaces a failed one.
    for _ in 0..2 {
        let mut write = app.state.store.write().await.unwrap();
        queue_sign_in_link(&mut write, key_of(maud)).await.unwrap();
        write.commit().await.unwrap();
        let next = app.state.store.claim_any_mail(RunnerId::new().unwrap()).await.unwrap().unwrap();
        assert!(app.state.store.mark_mail_failed(next.number, Some("451 Later")).await.unwrap());
        app.advance_clock(TimeDelta::minutes(2));
    }
    let mails: Value = list(ada).await.json();
    assert_eq!(mails["items"].as_array().unwrap().len(), 2);
    let mail = &mails["items"][0];
    assert_eq!((&mail["kind"], &mail["delivery"]["state"]), (&json!("sign_in"), &json!("queued")));
    assert_eq!(mail["delivery"]["reply"], "451 Later");
    assert_eq!(mail["to"]["name"], "maud");
}

#[tokio::test]
async fn notices_about_given_access_that_follow_each_other_are_one_mail() {
    let app = TestApp::new().await;
    let maud = app.person("maud", &[(AGENCY, MANAGER)]).await;
    let otto = app.person("otto", &[(AIRLINE, MANAGER)]).await;
    let olga = app.person("olga", &[(PROVIDER, Role::Analyst)]).await;
    let (by, other) = (app.session(maud).await, app.session(otto).await);
    app.invite_by_mail(&by, "olga@studio.example", BANK).await;
    app.send_due_mails().await;
    let [first] = &app.sent_to("olga@")[..] else { panic!("the first notice leaves at once") };
    assert_eq!(first.subject, "maud gave you access to Node 2");

    app.invite_by_mail(&by, "olga@studio.example", CLINIC).await;
    app.invite_by_mail(&other, "olga@studio.example", AIRLINE).await;
    app.send_due_mails().await;
    assert_eq!(app.sent_to("olga@").len(), 1);
    app.unassign(olga, CLINIC).await;
    app.advance_clock(TimeDelta::minutes(10));
    app.send_due_mails().await;
    let mails = app.sent_to("olga@");
    assert_eq!(mails.len(), 2);
    assert_eq!(mails[0].subject, "otto gave you access to Node 4", "she has lost the roles at Node 3 since");
    // They can be switched off no more than the first one.
    assert!(!mails[0].header.contains("List-Unsubscribe"));
}
