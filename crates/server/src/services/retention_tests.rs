//! Tests of the retention: which data of a person are left, and for how long.

use axum::http::Method;
use chrono::TimeDelta;
use serde_json::{Value, json};
use studio_users_contract::path;
use studio_users_domain::{Role, UserId};

use super::retention_worker::{run, run_due};
use crate::sql::{self, Dialect, either};
use crate::store::{ErasureRefusal, JobKind, PersonQuery, RunnerId};
use crate::testing::{AGENCY, BANK, PROVIDER, TestApp, WRITES, fail_writes_to, key_of, node_id};

/// Returns the tables and columns that contain a text, ignoring case, in the order of their names.
async fn places(app: &TestApp, text: &str) -> Vec<String> {
    let mut tx = app.state.store.read().await.unwrap();
    let columns: Vec<(String, String, bool)> = sql::query_as(either(
        "SELECT t.name, c.name, FALSE FROM sqlite_master t, pragma_table_info(t.name) c \
         WHERE t.type = 'table' AND t.name NOT LIKE 'search_trigrams%' ORDER BY t.name, c.name",
        "SELECT table_name, column_name, data_type = 'bytea' FROM information_schema.columns \
         WHERE table_schema = current_schema() ORDER BY table_name, column_name",
    ))
    .fetch_all(&mut tx)
    .await
    .unwrap();
    assert!(columns.len() > 100, "{}", columns.len());
    let mut found = Vec::new();
    for (table, column, is_bytes) in columns {
        let sql = match tx.dialect() {
            Dialect::Sqlite => {
                format!("SELECT count(*) FROM {table} WHERE instr(lower(\"{column}\"), ?) > 0")
            }
            Dialect::Postgres => {
                let value = if is_bytes {
                    format!("encode(\"{column}\", 'escape')")
                } else {
                    format!("\"{column}\"::text")
                };
                format!("SELECT count(*) FROM {table} WHERE strpos(lower({value}), ?) > 0")
            }
        };
        let row = sql::query_built(sql).bind(text.to_lowercase()).fetch_one(&mut tx).await.unwrap();
        let count: i64 = row.try_get(0).unwrap();
        if count > 0 {
            found.push(format!("{table}.{column}"));
        }
    }
    found
}

async fn count(app: &TestApp, table: &str) -> i64 {
    let sql = format!("SELECT count(*) FROM {table}");
    let mut tx = app.state.store.read().await.unwrap();
    sql::query_built(sql).fetch_one(&mut tx).await.unwrap().try_get(0).unwrap()
}

fn of(path: &str, user: UserId) -> String {
    path.replace("{id}", &user.to_string())
}

async fn removed_olga() -> (TestApp, UserId, UserId) {
    let app = TestApp::new().await;
    let maud = app.person("maud", &[(AGENCY, Role::Administrator)]).await;
    app.person("ada", &[(PROVIDER, Role::Administrator)]).await;
    let olga = app.person("olga", &[(BANK, Role::Operator)]).await;
    app.session(olga).await;
    let by = app.session(maud).await;
    let view = json!({ "user_id": olga, "reason": "Olga asks" });
    let view = app.request_with_body(&by, None, Method::POST, path::VIEWS, &view).await;
    assert_eq!(view.status, 201);
    // Mails another user about Olga.
    let mail = crate::mail::Mail::Joined {
        person: "Olga".into(),
        email: "olga@studio.example".into(),
        nodes: Vec::new(),
    };
    let mut write = app.state.store.write().await.unwrap();
    let new = crate::store::NewMail { to: key_of(maud), by: None, language: None, mail };
    write.queue_mail(&new).await.unwrap().unwrap();
    write.commit().await.unwrap();
    assert_eq!(app.request(&by, None, Method::DELETE, &of(path::USER, olga)).await.status, 204);
    (app, maud, olga)
}

#[tokio::test]
async fn a_removed_user_is_erased_after_30_days() {
    let (app, maud, olga) = removed_olga().await;
    let mail = app.state.store.claim_any_mail(RunnerId::new().unwrap()).await.unwrap().unwrap();
    app.state.store.mark_mail_sent(mail.number).await.unwrap();
    app.advance_clock(TimeDelta::hours(24) - TimeDelta::seconds(1));
    run(&app.state).await.unwrap();
    let by = app.session(maud).await;
    let restore = of(path::USER_RESTORE, olga);
    assert_eq!(app.request(&by, None, Method::POST, &restore).await.status, 200, "it can be undone");
    assert_eq!(app.request(&by, None, Method::DELETE, &of(path::USER, olga)).await.status, 204);

    app.advance_clock(TimeDelta::days(30) - TimeDelta::seconds(1));
    run(&app.state).await.unwrap();
    assert_eq!(places(&app, "olga@studio").await, ["search_texts.email", "users.email", "users.email_norm"]);
    app.advance_clock(TimeDelta::seconds(1));
    run(&app.state).await.unwrap();
    assert_eq!(places(&app, "olga@studio").await, [""; 0]);
    assert_eq!(places(&app, "olga").await, ["audit.target_name", "audit.texts"], "the log keeps its names");
    // The address is free, and the others are still there.
    app.person("olga", &[(BANK, Role::Operator)]).await;
    assert!(places(&app, "maud").await.contains(&"users.email".into()));
}

#[tokio::test]
async fn outdated_data_are_deleted() {
    let (app, maud, _) = removed_olga().await;
    let by = app.session(maud).await;
    let lars = app.invitee("lars@studio.example").await;
    app.invite_now(lars, BANK, Role::Agent, maud).await;
    let link = app.request(&by, None, Method::POST, &of(path::USER_INVITATION_LINK, lars)).await;
    assert_eq!(link.status, 201);
    app.state.store.create_sign_in_link(key_of(maud)).await.unwrap();
    let invitation = json!({ "emails": ["nina@studio.example"],
        "grants": [{ "node_id": node_id(BANK), "roles": ["agent"] }] });
    let key = [("idempotency-key", "one")];
    let invited = app.request_with_headers(&by, Method::POST, path::INVITATIONS, &key, &invitation).await;
    assert_eq!(invited.status, 200);
    let nobody = app.person("nobody", &[(BANK, Role::Agent)]).await;
    app.unassign(nobody, BANK).await;
    while let Some(mail) = app.state.store.claim_any_mail(RunnerId::new().unwrap()).await.unwrap() {
        app.state.store.mark_mail_sent(mail.number).await.unwrap();
    }
    let tables = [
        "sessions",
        "sign_in_links",
        "invitation_links",
        "idempotency_keys",
        "outbox",
        "counted_mails",
        "jobs",
        "removals",
        "views",
    ];
    for table in tables {
        assert!(count(&app, table).await > 0, "{table}");
    }
    app.advance_clock(TimeDelta::days(14 + 90 + 30) + TimeDelta::seconds(1));
    // Ends the invitations, which revokes their links, and erases those who were invited.
    run(&app.state).await.unwrap();
    app.advance_clock(TimeDelta::days(31));
    run(&app.state).await.unwrap();
    for table in tables.into_iter().chain(["pending_grants"]) {
        assert_eq!(count(&app, table).await, 0, "{table}");
    }
    for text in ["lars", "nina", "nobody", "olga@"] {
        let found = places(&app, text).await;
        assert!(found.iter().all(|place| place.starts_with("audit.")), "{text}: {found:?}");
    }
    assert!(!places(&app, "maud").await.is_empty());
}

#[tokio::test]
async fn sessions_end_at_last_and_are_limited_per_user() {
    let app = TestApp::new().await;
    let ada = app.person("ada", &[(PROVIDER, Role::Administrator)]).await;
    let by = app.session(ada).await;
    for _ in 0..89 {
        app.advance_clock(TimeDelta::days(1));
        assert_eq!(app.request(&by, None, Method::GET, path::SESSION).await.status, 200);
    }
    app.advance_clock(TimeDelta::days(1));
    assert_eq!(app.request(&by, None, Method::GET, path::SESSION).await.status, 401, "after 90 days in use");

    app.advance_clock(TimeDelta::days(1));
    let mut sessions = Vec::new();
    for _ in 0..101 {
        // The clock goes back, so the first session has the latest time.
        app.step_clock(TimeDelta::seconds(-1));
        let mut write = app.state.store.write().await.unwrap();
        let token =
            super::sessions::start(&app.state, &mut write, key_of(ada), "Firefox".into()).await.unwrap();
        write.commit().await.unwrap();
        sessions.push(token.hash());
    }
    let mut statuses = Vec::new();
    for token in sessions {
        let mut tx = app.state.store.read().await.unwrap();
        let now = app.state.clock.now();
        statuses.push(app.state.store.active_session(&mut tx, token, now).await.unwrap().is_some());
    }
    assert_eq!(statuses.iter().position(|&is_active| is_active), Some(1), "the oldest ended");
    assert!(statuses[1..].iter().all(|&is_active| is_active));
    let ended = "audit WHERE action = 'session.ended'";
    assert_eq!(count(&app, ended).await, 1);
}

#[tokio::test]
async fn an_operator_erases_a_person_everywhere() {
    let (app, _, olga) = removed_olga().await;
    let store = &app.state.store;
    let query = PersonQuery::Email("OLGA@studio.example".into());
    let exported = store.export_person(&query).await.unwrap().unwrap();
    let account: &Value = &exported["accounts"][0];
    assert_eq!((&account["email"], &account["removed"]), (&json!("olga@studio.example"), &json!(true)));
    assert_eq!(account["removals"].as_array().map(Vec::len), Some(1), "{exported}");
    let entries = exported["audit"].as_array().unwrap().iter();
    let actions: Vec<_> = entries.map(|entry| entry["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["view.started", "user.removed"]);

    let summary = store.erase_person(&query, false).await.unwrap().unwrap();
    assert!(summary.accounts == 1 && summary.audit_texts > 0 && summary.kept_entries == 0, "{summary:?}");
    assert_eq!(places(&app, "olga").await, [""; 0]);
    let last: (Vec<u8>, Option<String>, String) =
        sql::query_as("SELECT target, target_name, details FROM audit ORDER BY seq DESC LIMIT 1")
            .fetch_one(&mut store.read().await.unwrap())
            .await
            .unwrap();
    assert_eq!(
        last,
        (olga.0.as_bytes().to_vec(), None, r#"{"reason":"erased","by":"command_line"}"#.to_owned())
    );
    assert_eq!(store.erase_person(&query, true).await.unwrap(), Err(ErasureRefusal::NotFound));
}

#[tokio::test]
async fn erasing_obeys_the_rules() {
    let app = TestApp::new().await;
    let ada = app.person("ada", &[(PROVIDER, Role::Administrator)]).await;
    let olga = app.person("olga", &[(BANK, Role::Operator)]).await;
    let store = &app.state.store;
    let erase = async |user: UserId, is_forced| {
        store.erase_person(&PersonQuery::Id(user.0), is_forced).await.unwrap()
    };
    assert_eq!(erase(olga, false).await, Err(ErasureRefusal::HasAccess(1)));
    assert_eq!(erase(ada, true).await, Err(ErasureRefusal::LastManager("Node 0".into())));
    let cookie = app.session(olga).await;
    assert!(erase(olga, true).await.is_ok());
    assert_eq!(app.request(&cookie, None, Method::GET, path::SESSION).await.status, 401);
    assert_eq!(places(&app, "olga").await, [""; 0]);
    let at_node = "audit WHERE action = 'user.removed' AND node IS NOT NULL AND target_name IS NULL";
    assert_eq!(count(&app, at_node).await, 1);
}

#[tokio::test]
async fn erasing_a_person_erases_the_counts_of_mails_to_and_by_them() {
    let app = TestApp::new().await;
    app.person("bea", &[(PROVIDER, Role::Administrator)]).await;
    let ada = app.person("ada", &[(PROVIDER, Role::Administrator)]).await;
    let maud = app.person("maud", &[(AGENCY, Role::OrganisationManager)]).await;
    let nina = app.invite_by_mail(&app.session(maud).await, "nina@x.example", BANK).await;
    app.invite_by_mail(&app.session(ada).await, "lars@x.example", BANK).await;
    let exported = app.state.store.export_person(&PersonQuery::Email("nina@x.example".into())).await;
    let exported = exported.unwrap().unwrap();
    assert_eq!(exported["accounts"][0]["counted_mails"][0]["kind"], "invitation", "{exported}");
    let url = path::USER_INVITATION.replace("{id}", &nina);
    assert_eq!(app.request(&app.session(maud).await, None, Method::DELETE, &url).await.status, 204);
    assert!(places(&app, "nina@").await.contains(&"counted_mails.address".into()));
    let nina = PersonQuery::Email("nina@x.example".into());
    app.state.store.erase_person(&nina, true).await.unwrap().unwrap();
    assert_eq!(places(&app, "nina@").await, [""; 0]);
    assert_eq!(count(&app, "counted_mails").await, 1);
    app.state.store.erase_person(&PersonQuery::Id(ada.0), true).await.unwrap().unwrap();
    assert_eq!(count(&app, "counted_mails").await, 0);
}

#[tokio::test]
async fn erasing_a_person_with_a_short_name_keeps_the_texts_of_others() {
    let app = TestApp::new().await;
    let maud = app.person("maud", &[(AGENCY, Role::OrganisationManager)]).await;
    let mail = app.person("mail", &[(BANK, Role::Agent)]).await;
    for email in ["lars@studio.example", "kim@studio.example"] {
        let invited = app.invitee(email).await;
        app.invite(invited, BANK, Role::Agent, maud).await;
    }
    app.execute(
        "UPDATE pending_grants SET message = CASE user_pk WHEN (SELECT min(user_pk) FROM pending_grants) \
         THEN 'Read your mailbox' ELSE 'Ask MAIL for help' END",
    )
    .await;
    let mut write = app.state.store.write().await.unwrap();
    let joined = |person: &str| crate::mail::Mail::Joined {
        person: person.into(),
        email: "emailer@studio.example".into(),
        nodes: Vec::new(),
    };
    for person in ["Mail Carrier", "Emailer"] {
        let new = crate::store::NewMail { to: key_of(maud), by: None, language: None, mail: joined(person) };
        write.queue_mail(&new).await.unwrap().unwrap();
    }
    write.commit().await.unwrap();
    app.state.store.erase_person(&PersonQuery::Id(mail.0), true).await.unwrap().unwrap();
    assert_eq!(count(&app, "pending_grants WHERE message = 'Read your mailbox'").await, 1);
    assert_eq!(count(&app, "pending_grants WHERE message IS NULL").await, 1);
    assert_eq!(count(&app, "outbox").await, 2);
}

#[tokio::test]
async fn outdated_data_are_deleted_every_day_also_after_a_restart_and_a_clock_change() {
    let app = TestApp::new().await;
    app.person("maud", &[(AGENCY, Role::OrganisationManager)]).await;
    let runner = RunnerId::new().unwrap();
    let next = async |app: &TestApp| {
        app.state.store.next_job_at(JobKind::Retention, app.state.clock.now()).await.unwrap()
    };
    for _ in 0..2 {
        app.state.store.ensure_job(JobKind::Retention).await.unwrap();
    }
    assert_eq!(count(&app, "jobs").await, 1);
    assert_eq!(next(&app).await, Some(app.state.clock.now()));
    run_due(&app.state, runner).await.unwrap();
    let tomorrow = app.state.clock.now() + TimeDelta::days(1);
    assert_eq!(next(&app).await, Some(tomorrow));
    let app = app.restart().await;
    app.state.store.ensure_job(JobKind::Retention).await.unwrap();
    assert_eq!(next(&app).await, Some(tomorrow));

    app.step_clock(TimeDelta::days(-30));
    let now = app.state.clock.now();
    assert_eq!(next(&app).await, Some(now));
    run_due(&app.state, runner).await.unwrap();
    assert_eq!(next(&app).await, Some(now + TimeDelta::days(1)));

    // After a failure, the job is tried again soon.
    app.advance_clock(TimeDelta::days(1));
    app.execute("INSERT INTO idempotency_keys SELECT pk, 'k', id, '', 0 FROM users LIMIT 1").await;
    fail_writes_to(&app.state.store, "idempotency_keys", &WRITES).await;
    run_due(&app.state, runner).await.unwrap();
    assert!(next(&app).await.unwrap() > app.state.clock.now());
}
