//! The delivery of mails over SMTP: refusals of single recipients, and faults of the mail server as a whole.

use serde_json::{Value, json};
use studio_users_contract::path;

use crate::mail::{ReadMail, eventually};
use crate::smtp::{MailServer, Stage};
use crate::world::{A, A1, Person, World, with_id};

/// Returns the delivery of the invitation of a user.
fn delivery(manager: &Person, email: &str) -> Value {
    let user: Value = manager.get(&with_id(path::USER, &manager.id_of(email))).json();
    user["pending"]["delivery"].clone()
}

#[track_caller]
fn wait_for_state(manager: &Person, email: &str, state: &str) -> Value {
    eventually(|| Some(delivery(manager, email)).filter(|delivery| delivery["state"] == state))
}

fn undelivered(manager: &Person) -> Vec<String> {
    let page: Value = manager.get(&format!("{}?undelivered=true&sort=email", path::USERS)).json();
    let rows = page["items"].as_array().unwrap().iter();
    rows.map(|row| row["email"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_permanent_refusal_is_final_and_a_temporary_one_is_retried() {
    let mails = MailServer::start();
    mails.answer("gone@x.example", Stage::Recipient, "550 5.1.1 <gone@x.example>: no such user");
    mails.answer("spam@x.example", Stage::Content, "554");
    mails.answer("full@x.example", Stage::Recipient, "452 4.2.2 mailbox full");
    let world = World::with(&["--smtp", &mails.url()]);
    let admin = &world.administrator;
    let emails = ["gone@x.example", "spam@x.example", "full@x.example", "ok@x.example"];
    assert_eq!(admin.invite(&emails, &[(A1, &["agent"])]).status, 200);
    assert_eq!(wait_for_state(admin, "ok@x.example", "sent")["reply"], Value::Null);
    let gone = wait_for_state(admin, "gone@x.example", "refused");
    assert_eq!(gone["reply"], "550 5.1.1 <gone@x.example>: no such user");
    admin.wait_for_actions(&admin.id_of("gone@x.example"), &["user.invited"]);

    // The server has quoted the mail with its link.
    let spam = wait_for_state(admin, "spam@x.example", "refused");
    let link = ReadMail::of(&mails.rejected()[0].data).link("/join#");
    let token = link.split_once('#').unwrap().1;
    let reply = spam["reply"].as_str().unwrap();
    assert!(reply.starts_with("554 Looks bad: ") && !reply.contains(&token[..20]), "{reply}");
    assert!(!world.server.log().contains(&token[..20]));
    assert_eq!(world.try_accept(token, "Nina").problem(), (403, "link_invalid".into()));

    let full = delivery(admin, "full@x.example");
    assert_eq!((&full["state"], &full["reply"]), (&json!("queued"), &json!("452 4.2.2 mailbox full")));
    assert_eq!(undelivered(admin), ["gone@x.example", "spam@x.example"]);
    let listed: Value = admin.get(path::UNDELIVERED_MAIL).json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 3, "{listed}");
    assert!(!listed.to_string().contains(&token[..20]));

    // The first retry comes after five seconds, and does not include the refused ones.
    mails.accept_all();
    wait_for_state(admin, "full@x.example", "sent");
    for refused in ["gone@x.example", "spam@x.example"] {
        assert_eq!(mails.attempts(refused), 1);
    }
    let resend = with_id(path::USER_INVITATION_RESEND, &admin.id_of("gone@x.example"));
    assert_eq!(admin.post(&resend, &Value::Null).status, 204);
    wait_for_state(admin, "gone@x.example", "sent");
    assert_eq!(undelivered(admin), ["spam@x.example"]);
}

#[test]
fn a_fault_of_the_mail_server_refuses_no_invitation() {
    for (sign_in, recipient) in
        [("535 5.7.8 wrong password", None), ("235 ok", Some("554 5.7.1 <a@x.example>: Relay access denied"))]
    {
        let mails = MailServer::start();
        mails.answer_sign_in(sign_in);
        if let Some(answer) = recipient {
            mails.answer("a@x.example", Stage::Recipient, answer);
        }
        let world = World::with(&["--smtp", &format!("smtp://ada:s3cret@127.0.0.1:{}", mails.port)]);
        let admin = &world.administrator;
        assert_eq!(admin.invite(&["a@x.example"], &[(A1, &["agent"])]).status, 200);
        world.server.wait_for_log("will be retried");
        let delivery = delivery(admin, "a@x.example");
        assert_eq!((&delivery["state"], &delivery["reply"]), (&json!("queued"), &Value::Null), "{sign_in}");
        assert!(undelivered(admin).is_empty());
        assert_eq!(mails.accepted().len(), 0);
        let log = world.server.log();
        assert!(log.contains(if recipient.is_some() { "554 5.7.1" } else { "535" }), "{log}");
        assert!(!log.contains("s3cret"), "{log}");

        mails.accept_all();
        mails.answer_sign_in("235 ok");
        wait_for_state(admin, "a@x.example", "sent");
    }
}

#[test]
fn only_administrators_see_undelivered_mail() {
    let world = World::new();
    let manager = world.join("maud", &[(A, &["organisation_manager"])]);
    let denied = (403, "needs_administrator".to_owned());
    assert_eq!(manager.get(path::UNDELIVERED_MAIL).problem(), denied);
    let list: Value = world.administrator.get(path::UNDELIVERED_MAIL).json();
    assert_eq!(list, json!({ "items": [], "more": false }));
}
