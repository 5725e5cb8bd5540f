//! A backend ends, and the other one takes its work over.

use std::thread;
use std::time::{Duration, Instant};

use super::*;
use crate::smtp::{HOLD, Stage};
use crate::world::{A1, with_id};

/// The time within which the other backend takes over.
const TAKEOVER: Duration = Duration::from_secs(30);

/// Waits until a condition holds. Fails after 30 seconds. Returns how long it took.
#[track_caller]
fn within_takeover(what: &str, is_done: impl Fn() -> bool) -> Duration {
    let start = Instant::now();
    while !is_done() {
        assert!(start.elapsed() < TAKEOVER, "not within {TAKEOVER:?}: {what}");
        thread::sleep(Duration::from_millis(50));
    }
    start.elapsed()
}

#[test]
fn the_mail_and_the_job_of_a_killed_backend_are_taken_over() {
    let Some(mut pair) = Pair::start() else { return };
    // Only the first backend runs, so it claims all jobs.
    let second = pair.backends.pop().unwrap();
    assert!(second.stop().0);
    let emails: Vec<String> = (0..100).map(|number| format!("n{number}@x.example")).collect();
    for part in emails.chunks(50) {
        let emails: Vec<&str> = part.iter().map(String::as_str).collect();
        assert_eq!(pair.administrator.invite(&emails, &[(A1, &["agent"])]).status, 200);
    }
    eventually(|| (pair.mails.accepted().len() == 100).then_some(()));

    // The mail server does not answer this mail, so it is being sent when the backend is killed.
    pair.mails.answer("held@x.example", Stage::Content, HOLD);
    assert_eq!(pair.administrator.invite(&["held@x.example"], &[(A1, &["agent"])]).status, 200);
    eventually(|| (pair.mails.attempts("held@x.example") == 1).then_some(()));
    let before = pair.database.number("SELECT max(seq) FROM audit");
    // The lock holds the job in the middle of its first piece.
    let lock = "BEGIN; LOCK TABLE pending_grants IN SHARE MODE; SELECT pg_sleep(3); COMMIT";
    let (killed, id) = thread::scope(|scope| {
        let database = &pair.database;
        scope.spawn(|| database.execute(lock));
        eventually(|| {
            let locks = "SELECT count(*) FROM pg_locks WHERE mode = 'ShareLock' AND granted \
                 AND relation = 'pending_grants'::regclass";
            (database.number(locks) > 0).then_some(())
        });
        let ids: Vec<Value> = {
            let page = format!("{}?limit=200&search=x.example", path::USERS);
            let page: Value = pair.administrator.get(&page).json();
            page["items"].as_array().unwrap().iter().map(|row| row["id"].clone()).collect()
        };
        assert_eq!(ids.len(), 101);
        let body =
            json!({ "select": { "ids": ids }, "action": "add_role", "node_id": A1, "role": "planner" });
        let job = pair.administrator.post(path::USERS_BULK, &body);
        assert_eq!(job.status, 202, "{}", job.text());
        (pair.backends.pop().unwrap().kill(), text(&job.json::<Value>()["id"]).to_owned())
    });
    let start = Instant::now();
    pair.mails.accept_all();
    let leased = pair.database.number("SELECT count(*) FROM jobs WHERE lease_owner IS NOT NULL");
    let running = pair.database.number("SELECT count(*) FROM bulk_jobs WHERE state = 'running'");
    assert_eq!((leased, running), (2, 1));

    let other =
        Server::start_with(backend_on(&pair.database), folder_with_key(), &["--smtp", &pair.mails.url()]);
    pair.administrator.url.clone_from(&other.url);
    pair.backends.push(other);
    let received = || pair.mails.accepted().into_iter().filter(|mail| mail.to == "held@x.example").count();
    let sent = within_takeover("the mail is sent", || received() == 1);
    let done = within_takeover("the job is done", || {
        pair.administrator.get(&with_id(path::JOB, &id)).json::<Value>()["state"] == "done"
    });
    assert!(start.elapsed() < TAKEOVER);
    eprintln!("the mail was sent after {sent:?}, the job was done after {done:?} more");
    let handled = "SELECT count(*) FROM bulk_job_users WHERE outcome = 'done'";
    assert_eq!(pair.database.number(handled), 101);
    let given = format!(
        "SELECT count(*) FROM (SELECT target FROM audit WHERE seq > {before} \
         AND target <> (SELECT id FROM users WHERE email = 'held@x.example') GROUP BY target, action HAVING count(*) > 1) \
         twice"
    );
    assert_eq!(pair.database.number(&given), 0, "nobody was changed twice");
    pair.verify_audit(killed.path());
    pair.assert_consistent();
}

#[test]
fn a_backend_that_stops_gives_its_leases_back() {
    let Some(mut pair) = Pair::start() else { return };
    let second = pair.backends.pop().unwrap();
    assert!(second.stop().0);
    pair.mails.answer("held@x.example", Stage::Content, HOLD);
    assert_eq!(pair.administrator.invite(&["held@x.example"], &[(A1, &["agent"])]).status, 200);
    eventually(|| (pair.mails.attempts("held@x.example") == 1).then_some(()));
    let leased = "SELECT count(*) FROM jobs WHERE lease_owner IS NOT NULL";
    assert_eq!(pair.database.number(leased), 1);
    let start = Instant::now();
    assert!(pair.backends.pop().unwrap().stop().0);
    eprintln!("stopped after {:?}", start.elapsed());
    assert_eq!(pair.database.number(leased), 0);
    let attempts =
        "SELECT CAST(sum(attempts) AS BIGINT) FROM jobs WHERE kind = 'mail' AND finished_at IS NULL";
    assert_eq!(pair.database.number(attempts), 1, "the attempt counts");
}
