//! Tests of what happens to invitations at a time: the expiry, the reminder, and the notice to the inviter.

use axum::http::Method;
use chrono::TimeDelta;
use serde_json::{Value, json};
use studio_users_contract::path;
use studio_users_domain::{Role, UserId};

use super::invitation_worker::run_due;
use super::sessions::queue_sign_in_link;
use crate::sql;
use crate::store::{JobKind, RunnerId};
use crate::testing::{
    AGENCY, BANK, CLINIC, Cookie, TestApp, WRITES, allow_writes_to, fail_writes_to, key_of, node_id,
};

const MANAGER: Role = Role::OrganisationManager;

impl TestApp {
    /// Runs the job if it is due, as two processes that start at the same moment.
    async fn run_invitations(&self) {
        let (one, other) = (RunnerId::new().unwrap(), RunnerId::new().unwrap());
        let (first, second) = tokio::join!(run_due(&self.state, one), run_due(&self.state, other));
        first.unwrap();
        second.unwrap();
        self.send_due_mails().await;
    }

    async fn next_run_in(&self) -> TimeDelta {
        let now = self.state.clock.now();
        self.state.store.next_job_at(JobKind::Invitations, now).await.unwrap().unwrap() - now
    }

    fn reminders(&self) -> Vec<String> {
        let mails = self.sent_to("nina@x.example").into_iter();
        let reminders = mails.filter(|mail| mail.subject.contains("expires soon"));
        reminders.map(|mail| token_in(&mail.plain)).collect()
    }

    async fn can_open(&self, token: &str) -> bool {
        let body = json!({ "token": token });
        let nobody = Cookie::none();
        let url = path::INVITATIONS_INSPECT;
        self.request_with_body(&nobody, None, Method::POST, url, &body).await.status == 200
    }
}

fn token_in(text: &str) -> String {
    text.split_once("/join#").unwrap().1.split_whitespace().next().unwrap().to_owned()
}

/// Invites Nina by mail and lets 11 days pass, so that her reminder is due. Returns the token of the first mail.
async fn until_reminder(app: &TestApp) -> (UserId, Cookie, String, String) {
    app.state.store.ensure_job(JobKind::Invitations).await.unwrap();
    app.run_invitations().await;
    let maud = app.person("maud", &[(AGENCY, MANAGER)]).await;
    app.person("ingrid", &[(AGENCY, MANAGER)]).await;
    let by = app.session(maud).await;
    let nina = app.invite_by_mail(&by, "nina@x.example", BANK).await;
    app.send_due_mails().await;
    let token = token_in(&app.sent_to("nina@x.example")[0].plain);
    app.advance_clock(TimeDelta::days(11) - TimeDelta::seconds(1));
    app.run_invitations().await;
    assert!(app.reminders().is_empty());
    app.advance_clock(TimeDelta::seconds(1));
    // A session is in use for at most 14 days.
    (maud, app.session(maud).await, nina, token)
}

#[tokio::test]
async fn reminds_once_with_a_link_beside_the_first() {
    let app = TestApp::new().await;
    let (.., first) = until_reminder(&app).await;
    app.run_invitations().await;
    let app = app.restart().await;
    app.run_invitations().await;
    let [reminder] = &app.reminders()[..] else { panic!("one reminder") };
    assert_ne!(&first, reminder);
    assert!(app.can_open(&first).await && app.can_open(reminder).await);
    let mail = &app.sent_to("nina@x.example")[0];
    assert!(mail.plain.contains("maud invited you as Agent"), "{}", mail.plain);
    assert_eq!(app.next_run_in().await, TimeDelta::days(3));
    app.advance_clock(TimeDelta::days(2));
    app.run_invitations().await;
    assert_eq!(app.reminders().len(), 1);
}

#[tokio::test]
async fn a_reminder_waits_for_a_resend() {
    let app = TestApp::new().await;
    let (_, by, nina, _) = until_reminder(&app).await;
    let resend = path::USER_INVITATION_RESEND.replace("{id}", &nina);
    assert_eq!(app.request(&by, None, Method::POST, &resend).await.status, 204);
    app.run_invitations().await;
    assert!(app.reminders().is_empty());
    app.advance_clock(TimeDelta::days(11));
    app.run_invitations().await;
    assert_eq!(app.reminders().len(), 1);
}

#[tokio::test]
async fn nobody_is_reminded_of_an_invitation_that_they_cannot_accept() {
    for case in ["revoked", "accepted", "inviter removed", "inviter demoted", "refused"] {
        let app = TestApp::new().await;
        let (maud, by, nina, token) = until_reminder(&app).await;
        // The reminder is queued, and its reason goes away before it leaves.
        let runner = RunnerId::new().unwrap();
        run_due(&app.state, runner).await.unwrap();
        match case {
            "revoked" => {
                let revoke = path::USER_INVITATION.replace("{id}", &nina);
                assert_eq!(app.request(&by, None, Method::DELETE, &revoke).await.status, 204);
            }
            "accepted" => {
                let body = json!({ "token": token, "name": "Nina" });
                let (nobody, url) = (Cookie::none(), path::INVITATIONS_ACCEPT);
                let joined = app.request_with_body(&nobody, None, Method::POST, url, &body).await;
                assert_eq!(joined.status, 201);
            }
            "inviter removed" => {
                let mut write = app.state.store.write().await.unwrap();
                app.state.store.remove_account(&mut write, key_of(maud)).await.unwrap();
                write.commit().await.unwrap();
            }
            "inviter demoted" => {
                app.unassign(maud, AGENCY).await;
                app.assign(maud, CLINIC, MANAGER).await;
            }
            _ => {
                let resend = path::USER_INVITATION_RESEND.replace("{id}", &nina);
                assert_eq!(app.request(&by, None, Method::POST, &resend).await.status, 204);
                app.execute("UPDATE outbox SET outcome = 'refused' WHERE kind = 'invitation'").await;
            }
        }
        app.send_due_mails().await;
        assert!(app.reminders().is_empty(), "{case}");
    }
}

#[tokio::test]
async fn a_restored_invitation_is_reminded_with_a_link_that_works() {
    for days in [14, 5] {
        let app = TestApp::new().await;
        app.state.store.ensure_job(JobKind::Invitations).await.unwrap();
        let maud = app.person("maud", &[(AGENCY, MANAGER)]).await;
        let by = app.session(maud).await;
        let grants = json!([{ "node_id": node_id(BANK), "roles": ["agent"] }]);
        let body = json!({ "emails": ["nina@x.example"], "grants": grants, "expires_in_days": days });
        let invited = app.request_with_body(&by, None, Method::POST, path::INVITATIONS, &body).await;
        assert_eq!(invited.status, 200);
        app.run_invitations().await;
        let first = token_in(&app.sent_to("nina@x.example")[0].plain);
        let found: Value =
            app.request(&by, None, Method::GET, &format!("{}?search=nina", path::USERS)).await.json();
        let nina = path::USER.replace("{id}", found["items"][0]["id"].as_str().unwrap());
        assert_eq!(app.request(&by, None, Method::DELETE, &nina).await.status, 204);
        let restore = path::USER_RESTORE.replace("{id}", found["items"][0]["id"].as_str().unwrap());
        assert_eq!(app.request(&by, None, Method::POST, &restore).await.status, 200);
        assert!(!app.can_open(&first).await, "the removal has revoked the link");
        app.run_invitations().await;
        assert!(app.reminders().is_empty());
        app.advance_clock(TimeDelta::days(days - 3));
        app.run_invitations().await;
        let [reminder] = &app.reminders()[..] else { panic!("one reminder of {days} days") };
        assert!(app.can_open(reminder).await);
    }
}

#[tokio::test]
async fn a_role_that_was_added_without_a_mail_is_in_one_reminder() {
    for by_inviter in [true, false] {
        let app = TestApp::new().await;
        app.state.store.ensure_job(JobKind::Invitations).await.unwrap();
        let maud = app.person("maud", &[(AGENCY, MANAGER)]).await;
        let ingrid = app.person("ingrid", &[(AGENCY, MANAGER)]).await;
        let (by, other) = (app.session(maud).await, app.session(ingrid).await);
        let nina = app.invite_by_mail(&by, "nina@x.example", BANK).await;
        app.run_invitations().await;
        app.advance_clock(TimeDelta::days(9));
        app.change_roles(if by_inviter { &by } else { &other }, &nina, CLINIC, json!(["planner"])).await;
        app.run_invitations().await;
        app.advance_clock(TimeDelta::days(2));
        app.run_invitations().await;
        app.run_invitations().await;
        let mails = app.sent_to("nina@x.example");
        let reminders: Vec<_> = mails.iter().filter(|mail| mail.subject.contains("expires soon")).collect();
        // A link accepts only what its creator may give, so each inviter has a reminder of their own.
        assert_eq!(reminders.len(), if by_inviter { 1 } else { 2 });
        assert!(reminders.iter().any(|mail| mail.plain.contains("Planner")), "{reminders:?}");
        if by_inviter {
            assert!(reminders[0].plain.contains("Node 2") && reminders[0].plain.contains("Node 3"));
        }
    }
}

#[tokio::test]
async fn a_short_invitation_has_no_reminder() {
    let app = TestApp::new().await;
    app.state.store.ensure_job(JobKind::Invitations).await.unwrap();
    let maud = app.person("maud", &[(AGENCY, MANAGER)]).await;
    let by = app.session(maud).await;
    let grants = json!([{ "node_id": node_id(BANK), "roles": ["agent"] }]);
    let body = json!({ "emails": ["nina@x.example"], "grants": grants, "expires_in_days": 5 });
    assert_eq!(app.request_with_body(&by, None, Method::POST, path::INVITATIONS, &body).await.status, 200);
    app.run_invitations().await;
    assert_eq!(app.next_run_in().await, TimeDelta::days(5));
}

#[tokio::test]
async fn reminders_count_for_no_sender_and_leave_after_sign_in_mails() {
    let app = TestApp::new().await;
    app.state.store.ensure_job(JobKind::Invitations).await.unwrap();
    let maud = app.person("maud", &[(AGENCY, MANAGER)]).await;
    let by = app.session(maud).await;
    for number in 0..7 {
        app.invite_by_mail(&by, &format!("n{number}@x.example"), BANK).await;
    }
    app.run_invitations().await;
    app.advance_clock(TimeDelta::days(11));
    run_due(&app.state, RunnerId::new().unwrap()).await.unwrap();
    let mut write = app.state.store.write().await.unwrap();
    queue_sign_in_link(&mut write, key_of(maud)).await.unwrap();
    write.commit().await.unwrap();
    let next = app.state.store.claim_any_mail(RunnerId::new().unwrap()).await.unwrap().unwrap();
    assert_eq!(next.mail.kind(), "sign_in");
    let count = "SELECT count(*) FROM outbox WHERE kind = 'reminder'";
    let count: i64 =
        sql::query_scalar(count).fetch_one(&mut app.state.store.read().await.unwrap()).await.unwrap();
    assert_eq!(count, 7, "more than one batch");
}

#[tokio::test]
async fn the_inviter_hears_once_of_expired_invitations_that_they_still_manage() {
    let app = TestApp::new().await;
    app.state.store.ensure_job(JobKind::Invitations).await.unwrap();
    let maud = app.person("maud", &[(AGENCY, MANAGER)]).await;
    let by = app.session(maud).await;
    let emails = ["nina@x.example", "lars@x.example", "kim@x.example", "tom@x.example"];
    let mut users = Vec::new();
    for (email, node) in emails.into_iter().zip([BANK, CLINIC, BANK, CLINIC]) {
        users.push(app.invite_by_mail(&by, email, node).await);
    }
    app.run_invitations().await;
    app.advance_clock(TimeDelta::days(14));
    app.run_invitations().await;
    assert!(app.sent_to("maud@").is_empty(), "the digest collects for ten minutes");
    // Before it leaves, one is sent again, and Maud no longer manages the clinic.
    let by = app.session(maud).await;
    let resend = path::USER_INVITATION_RESEND.replace("{id}", &users[2]);
    assert_eq!(app.request(&by, None, Method::POST, &resend).await.status, 204);
    app.unassign(maud, AGENCY).await;
    app.assign(maud, BANK, MANAGER).await;
    app.advance_clock(TimeDelta::minutes(10));
    for _ in 0..2 {
        app.run_invitations().await;
        app.advance_clock(TimeDelta::hours(1));
    }
    let [digest] = &app.sent_to("maud@")[..] else { panic!("one digest: {:?}", app.sent_to("maud@")) };
    assert_eq!(digest.subject, "Your invitation to nina@x.example has expired");
    assert!(digest.header.contains("List-Unsubscribe"));
}

#[tokio::test]
async fn expires_a_due_invitation_and_waits_for_the_next() {
    let app = TestApp::new().await;
    app.state.store.ensure_job(JobKind::Invitations).await.unwrap();
    app.run_invitations().await;
    assert_eq!(app.next_run_in().await, TimeDelta::days(1), "there is no invitation");
    let maud = app.person("maud", &[(AGENCY, MANAGER)]).await;
    let lars = app.invitee("lars@studio.example").await;
    app.invite_now(lars, BANK, Role::Agent, maud).await;
    app.advance_clock(TimeDelta::days(1));
    app.run_invitations().await;
    assert_eq!(app.next_run_in().await, TimeDelta::days(13));
    app.advance_clock(TimeDelta::days(13) - TimeDelta::milliseconds(500));
    app.run_invitations().await;
    assert_eq!(app.next_run_in().await, TimeDelta::milliseconds(500));
    let by = app.session(maud).await;
    let expired = async || {
        let url = format!("{}?status=expired", path::USERS);
        let page: Value = app.request(&by, None, Method::GET, &url).await.json();
        page["items"].as_array().map(Vec::len)
    };
    app.advance_clock(TimeDelta::milliseconds(500));
    assert_eq!(expired().await, Some(0), "reading the list expires nothing");
    app.run_invitations().await;
    assert_eq!(expired().await, Some(1));
}

#[tokio::test]
async fn an_earlier_date_makes_the_job_run_earlier() {
    let app = TestApp::new().await;
    app.state.store.ensure_job(JobKind::Invitations).await.unwrap();
    app.run_invitations().await;
    let maud = app.person("maud", &[(AGENCY, MANAGER)]).await;
    let by = app.session(maud).await;
    app.invite_by_mail(&by, "nina@x.example", BANK).await;
    app.execute("UPDATE jobs SET due_at = created_at + 3000000000 WHERE kind = 'invitations'").await;
    let lars = app.invitee("lars@studio.example").await;
    app.invite_now(lars, BANK, Role::Agent, maud).await;
    app.state.store.job_queued(JobKind::Invitations).notified().await;
    assert_eq!(app.next_run_in().await, TimeDelta::days(14));
}

#[tokio::test]
async fn the_job_is_tried_again_after_the_storage_has_failed() {
    let app = TestApp::new().await;
    app.state.store.ensure_job(JobKind::Invitations).await.unwrap();
    app.run_invitations().await;
    let maud = app.person("maud", &[(AGENCY, MANAGER)]).await;
    let lars = app.invitee("lars@studio.example").await;
    app.invite_now(lars, BANK, Role::Agent, maud).await;
    app.advance_clock(TimeDelta::days(14));
    fail_writes_to(&app.state.store, "directory", &WRITES).await;
    let runner = RunnerId::new().unwrap();
    run_due(&app.state, runner).await.unwrap();
    assert_eq!(app.next_run_in().await, TimeDelta::seconds(5));
    allow_writes_to(&app.state.store, "directory", &WRITES).await;
    app.advance_clock(TimeDelta::seconds(5));
    run_due(&app.state, runner).await.unwrap();
    let by = app.session(maud).await;
    let url = format!("{}?status=expired", path::USERS);
    let page: Value = app.request(&by, None, Method::GET, &url).await.json();
    assert_eq!(page["items"].as_array().map(Vec::len), Some(1));
}
