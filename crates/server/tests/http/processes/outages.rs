//! The database stops, restarts and ends connections, while the backends go on.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::proxy::Proxy;
use super::*;
use crate::events::subscribe;
use crate::server::{READY, wait_until};
use crate::world::{A1, B1};

/// The time after the database's return within which the backends serve again.
const RECOVERY: Duration = Duration::from_secs(5);

/// Sends a request. Returns the response and how long it took.
fn timed(request: impl FnOnce() -> Response) -> (Response, Duration) {
    let start = Instant::now();
    let response = request();
    (response, start.elapsed())
}

/// Waits until both backends serve, for at most 5 seconds. Returns how long it took.
#[track_caller]
fn wait_for_service(pair: &Pair) -> Duration {
    let start = Instant::now();
    for backend in [0, 1] {
        let administrator = pair.at(&pair.administrator, backend);
        loop {
            let name = json!({ "name": "Ada" });
            let requests: [&dyn Fn() -> Response; 3] =
                [&|| administrator.get(path::HEALTH), &|| administrator.get(path::USERS), &|| {
                    administrator.call("PATCH", path::SESSION, &name, &[])
                }];
            let statuses = requests.map(|request| request().status);
            if statuses == [204, 200, 200] {
                break;
            }
            assert!(start.elapsed() < RECOVERY, "backend {backend}: {statuses:?}");
            thread::sleep(Duration::from_millis(20));
        }
    }
    start.elapsed()
}

#[track_caller]
fn assert_unreachable(response: &Response) {
    assert_eq!(response.problem(), (503, "unavailable".into()));
    assert_eq!(response.header("retry-after"), "1", "{}", response.text());
}

#[test]
fn requests_fail_at_once_while_the_database_is_stopped_and_succeed_after_its_return() {
    let Some((cluster, mut pair)) = Pair::with_cluster() else { return };
    let olga = pair.join("olga", &[(A1, &["operator"])]);
    let mut streams = [0, 1].map(|backend| subscribe(&pair.client(&pair.administrator, backend)));
    for stream in &mut streams {
        stream.event_id();
    }
    for round in 0..3 {
        cluster.stop();
        let mut longest = Duration::ZERO;
        for attempt in 0..10 {
            for backend in [0, 1] {
                let administrator = pair.at(&pair.administrator, backend);
                let name = json!({ "name": "Other" });
                let requests: [&dyn Fn() -> Response; 5] = [
                    &|| administrator.get(path::USERS),
                    &|| administrator.call("PATCH", path::SESSION, &name, &[]),
                    &|| administrator.invite(&["lost@x.example"], &[(A1, &["agent"])]),
                    &|| pair.backends[backend].client().sign_in("guess"),
                    &|| administrator.get(path::HEALTH),
                ];
                for request in requests {
                    let (response, took) = timed(request);
                    assert_unreachable(&response);
                    longest = longest.max(took);
                }
                assert_eq!(administrator.get(path::LIVENESS).status, 204, "round {round}, attempt {attempt}");
            }
        }
        for backend in &pair.backends {
            wait_until("the backend is not ready", || backend.request("GET", READY, &[], b"").status == 503);
        }
        cluster.start_again();
        let recovery = wait_for_service(&pair);
        eprintln!("round {round}: 503 after at most {longest:?}, service again after {recovery:?}");
        pair.assert_consistent();
    }
    // The streams were open all the time.
    let response = pair.at(&olga, 1).call("PATCH", path::SESSION, &json!({ "name": "Olga" }), &[]);
    assert_eq!(response.status, 200);
    for stream in &mut streams {
        while stream.next().unwrap().data["id"] != olga.id.as_str() {}
    }
    let lost = "SELECT count(*) FROM users WHERE email = 'lost@x.example'";
    assert_eq!(pair.database.number(lost), 0);
    cluster.stop();
    let start = Instant::now();
    assert!(pair.backends.pop().unwrap().stop().0, "a backend can be stopped without its database");
    eprintln!("stopped after {:?}", start.elapsed());
}

/// Changes the database without a pause, at both backends. Returns the responses to the changes, by their number.
fn change_until(pair: &Pair, is_ended: &AtomicBool) -> Vec<(usize, u16, Duration)> {
    let responses = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for worker in 0..4 {
            let responses = &responses;
            scope.spawn(move || {
                let administrator = pair.at(&pair.administrator, worker % 2);
                let mut number = worker;
                while !is_ended.load(Ordering::Relaxed) {
                    let (email, key) = (format!("n{number}@x.example"), format!("key-{number}"));
                    let grants =
                        json!([{ "node_id": A1, "roles": ["agent"] }, { "node_id": B1, "roles": ["agent"] }]);
                    let body = json!({ "emails": [email], "grants": grants });
                    let headers = [("idempotency-key", key.as_str())];
                    let (response, took) =
                        timed(|| administrator.call("POST", path::INVITATIONS, &body, &headers));
                    assert!([200, 503].contains(&response.status), "{}", response.text());
                    if response.status == 503 {
                        assert_unreachable(&response);
                        thread::sleep(Duration::from_millis(100));
                    }
                    responses.lock().unwrap().push((number, response.status, took));
                    number += 4;
                }
            });
        }
    });
    responses.into_inner().unwrap()
}

/// Checks that each confirmed invitation is complete, and that repeating the others with their keys invites each person
/// once.
#[track_caller]
fn assert_invited(pair: &Pair, responses: &[(usize, u16, Duration)]) {
    let mut unknown = 0;
    for (number, status, _) in responses {
        let email = format!("n{number}@x.example");
        let invited = format!(
            "SELECT count(*) FROM pending_grants g JOIN users u ON u.pk = g.user_pk WHERE u.email = '{email}'"
        );
        let count = pair.database.number(&invited);
        match status {
            200 => assert_eq!(count, 2, "{email} was confirmed"),
            _ => assert!([0, 2].contains(&count), "{email} has {count} of 2 grants"),
        }
        if *status == 200 {
            continue;
        }
        unknown += count / 2;
        let grants = json!([{ "node_id": A1, "roles": ["agent"] }, { "node_id": B1, "roles": ["agent"] }]);
        let body = json!({ "emails": [email], "grants": grants });
        let key = format!("key-{number}");
        let headers = [("idempotency-key", key.as_str())];
        let repeated = pair.administrator.call("POST", path::INVITATIONS, &body, &headers);
        assert_eq!(repeated.status, 200, "{}", repeated.text());
        assert_eq!(pair.database.number(&invited), 2, "{email}");
        let mails = format!(
            "SELECT count(*) FROM outbox o JOIN users u ON u.pk = o.user_pk WHERE u.email = '{email}'"
        );
        assert_eq!(pair.database.number(&mails), 1, "{email} gets one mail");
    }
    let failed = responses.iter().filter(|(_, status, _)| *status == 503).count();
    let longest = responses.iter().map(|(.., took)| *took).max().unwrap_or_default();
    eprintln!(
        "{} changes, {failed} of them 503, {unknown} of those were committed; the longest took {longest:?}",
        responses.len()
    );
}

#[test]
fn a_restart_in_the_middle_of_changes_leaves_nothing_half_written() {
    let Some((cluster, pair)) = Pair::with_cluster() else { return };
    let is_ended = AtomicBool::new(false);
    let responses = thread::scope(|scope| {
        let changing = scope.spawn(|| change_until(&pair, &is_ended));
        for _ in 0..5 {
            // Not a wait for a result: the changes go on meanwhile.
            thread::sleep(Duration::from_millis(700));
            cluster.stop();
            cluster.start_again();
        }
        eprintln!("service again after {:?}", wait_for_service(&pair));
        is_ended.store(true, Ordering::Relaxed);
        changing.join().unwrap()
    });
    assert_invited(&pair, &responses);
    pair.assert_consistent();
}

#[test]
fn a_cut_connection_fails_only_its_own_request() {
    let Some(pair) = Pair::start() else { return };
    let is_ended = AtomicBool::new(false);
    let responses = thread::scope(|scope| {
        let changing = scope.spawn(|| change_until(&pair, &is_ended));
        for round in 0..40 {
            thread::sleep(Duration::from_millis(50));
            let condition = ["state <> 'idle'", "true", "query LIKE 'LISTEN%'"][round % 3];
            pair.database.cut_connections(&format!("({condition}) AND random() < 0.5"));
        }
        eprintln!("service again after {:?}", wait_for_service(&pair));
        is_ended.store(true, Ordering::Relaxed);
        changing.join().unwrap()
    });
    assert_invited(&pair, &responses);
    pair.assert_consistent();
}

#[test]
fn a_change_whose_commit_has_no_answer_can_be_repeated_with_its_key() {
    let Some(pair) = Pair::start() else { return };
    let proxy = Proxy::start(pair.database.socket());
    let mut command = backend_on(&pair.database);
    command.env("STUDIO_USERS_DATABASE", pair.database.url_on_port(proxy.port));
    let backend = Server::start_with(command, folder_with_key(), &["--smtp", &pair.mails.url()]);
    let administrator = Person { url: backend.url.clone(), ..pair.administrator.clone() };
    let body = json!({ "emails": ["ivo@x.example"], "grants": [{ "node_id": A1, "roles": ["agent"] }] });
    let invite = |by: &Person| by.call("POST", path::INVITATIONS, &body, &[("idempotency-key", "one")]);
    proxy.lose_commit_of(b"ivo@x.example");
    let (response, took) = timed(|| invite(&administrator));
    assert_unreachable(&response);
    eprintln!("503 after {took:?}");
    let invited = "SELECT count(*) FROM users WHERE email = 'ivo@x.example'";
    assert_eq!(pair.database.number(invited), 1, "the change was committed");
    let repeated = invite(&administrator);
    assert_eq!(repeated.status, 200, "{}", repeated.text());
    assert_eq!(repeated.body, invite(&pair.administrator).body, "the stored response");
    assert_eq!(pair.database.number("SELECT count(*) FROM outbox"), 1, "one mail");

    let olga = pair.join("olga", &[(A1, &["operator"])]);
    let tag = administrator.tag(&olga.id);
    proxy.lose_commit_of(olga.id.parse::<uuid::Uuid>().unwrap().as_bytes());
    assert_unreachable(&administrator.assign_if(&olga.id, A1, Some(&["agent"]), &tag));
    assert!(proxy.has_lost());
    assert_eq!(administrator.assign_if(&olga.id, A1, Some(&["agent"]), &tag).status, 412);
    assert_eq!(administrator.effective(&olga.id, A1), ["agent"]);
    assert!(!backend.log().contains("panic"), "{}", backend.log());
    pair.verify_audit(backend.data.path());
    pair.assert_consistent();
}

#[test]
fn a_statement_that_waits_too_long_is_unavailable() {
    let Some(pair) = Pair::start() else { return };
    let administrator = pair.at(&pair.administrator, 1);
    thread::scope(|scope| {
        let locking = scope.spawn(|| {
            // Ends when it is cancelled, so that a slow machine does not see the end of the lock first.
            pair.database.execute(
                "BEGIN; LOCK TABLE directory IN ACCESS EXCLUSIVE MODE; \
                 DO $$ BEGIN PERFORM pg_sleep(120); EXCEPTION WHEN query_canceled THEN NULL; END $$; COMMIT",
            );
        });
        eventually(|| {
            let locks = "SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted \
                 AND relation = 'directory'::regclass";
            (pair.database.number(locks) > 0).then_some(())
        });
        let (response, took) = timed(|| administrator.get(path::USERS));
        assert_eq!(response.problem(), (503, "unavailable".into()));
        assert_eq!(response.header("retry-after"), "5");
        eprintln!("503 after {took:?}");
        let cancelled = "SELECT count(*) FROM (SELECT pg_cancel_backend(pid) FROM pg_stat_activity \
             WHERE datname = current_database() AND query LIKE 'BEGIN; LOCK%') cancelled";
        assert_eq!(pair.database.number(cancelled), 1);
        locking.join().unwrap();
    });
    assert_eq!(administrator.get(path::USERS).status, 200);
    assert!(!pair.backends[1].log().contains("panic"), "{}", pair.backends[1].log());
}

#[test]
fn an_import_never_shows_an_empty_list() {
    let Some(pair) = Pair::start() else { return };
    let emails: Vec<String> = (0..50).map(|number| format!("n{number}@x.example")).collect();
    for part in emails.chunks(25) {
        let emails: Vec<&str> = part.iter().map(String::as_str).collect();
        assert_eq!(pair.administrator.invite(&emails, &[(A1, &["agent"])]).status, 200);
    }
    let folder = folder_with_key();
    let file = folder.path().join("nodes.json");
    let is_ended = AtomicBool::new(false);
    thread::scope(|scope| {
        let reading: Vec<_> = (0..4)
            .map(|worker| {
                let (pair, is_ended) = (&pair, &is_ended);
                scope.spawn(move || {
                    let administrator = pair.at(&pair.administrator, worker % 2);
                    let mut count = 0;
                    while !is_ended.load(Ordering::Relaxed) {
                        let response = administrator.get(path::USERS);
                        assert_eq!(response.status, 200, "{}", response.text());
                        assert_eq!(response.json::<Value>()["total"]["value"], 51);
                        count += 1;
                    }
                    count
                })
            })
            .collect();
        for round in 0..30 {
            let renamed = json!([{ "id": A1, "parent_id": crate::world::A, "kind": "environment", "name": format!("Name {round}") }]);
            std::fs::write(&file, renamed.to_string()).unwrap();
            let mut import = backend_on(&pair.database);
            stdout_of(
                &import
                    .args(["nodes", "import"])
                    .arg(&file)
                    .arg("--data")
                    .arg(folder.path())
                    .output()
                    .unwrap(),
            );
        }
        is_ended.store(true, Ordering::Relaxed);
        let counts: Vec<i32> = reading.into_iter().map(|reading| reading.join().unwrap()).collect();
        eprintln!("{counts:?} lists during 30 imports");
    });
    pair.assert_consistent();
}
