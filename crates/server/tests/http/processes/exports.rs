//! Two backends with one target of the audit log's export.

use std::collections::BTreeSet;

use super::*;
use crate::audit_export::Receiver;
use crate::server::wait_until;
use crate::world::A1;

/// Waits until the receiver has all entries of the log, for at most 40 seconds: a lease of 20 seconds may have to end.
#[track_caller]
fn wait_for_all(pair: &Pair, receiver: &Receiver) {
    let has_all = || {
        let numbers: BTreeSet<i64> =
            receiver.entries().iter().map(|entry| entry["seq"].as_i64().unwrap()).collect();
        numbers.len() == usize::try_from(pair.database.number("SELECT count(*) FROM audit")).unwrap()
    };
    for _ in 0..800 {
        if has_all() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("{} entries were received", receiver.entries().len());
}

#[test]
fn one_backend_exports_and_the_other_takes_over() {
    let Some(mut pair) = Pair::start() else { return };
    let receiver = Receiver::start();
    let target = receiver.target();
    for backend in std::mem::take(&mut pair.backends) {
        assert!(backend.stop().0);
    }
    let holder = start_exporting(&pair, &target);
    wait_for_all(&pair, &receiver);
    pair.backends = vec![holder, start_exporting(&pair, &target)];
    let owner = |pair: &Pair| {
        pair.database.number("SELECT coalesce(max(('x' || encode(substr(lease_owner, 1, 6), 'hex'))::bit(48)::bigint), 0) FROM audit_exports")
    };
    let invite = |pair: &Pair, backend: usize, name: &str| {
        let administrator = pair.at(&pair.administrator, backend);
        let email = format!("{name}@x.example");
        assert_eq!(administrator.invite(&[&email], &[(A1, &["agent"])]).status, 200);
    };
    for number in 0..20 {
        invite(&pair, number % 2, &format!("n{number}"));
    }
    wait_for_all(&pair, &receiver);
    // Each entry was sent once, by one backend, in the order of the log.
    let numbers: Vec<i64> = receiver.entries().iter().map(|entry| entry["seq"].as_i64().unwrap()).collect();
    assert_eq!(numbers, (1..=i64::try_from(numbers.len()).unwrap()).collect::<Vec<_>>());
    let first = owner(&pair);
    assert_ne!(first, 0);

    // One of them is killed while it holds the lease. The other one exports from then on.
    assert!(!pair.backends.iter().any(|backend| backend.log().contains("could not be exported")));
    pair.backends.remove(0).kill();
    for number in 0..5 {
        invite(&pair, 0, &format!("k{number}"));
    }
    wait_for_all(&pair, &receiver);
    assert_ne!(owner(&pair), first);
    // A backend that stops gives its lease back.
    assert!(pair.backends.remove(0).stop().0);
    assert_eq!(owner(&pair), 0);
    pair.backends.push(start_exporting(&pair, &target));
    invite(&pair, 0, "last");
    wait_until("the new backend exports at once", || {
        let last = pair.database.number("SELECT max(seq) FROM audit");
        receiver.entries().iter().any(|entry| entry["seq"] == last)
    });
    wait_for_all(&pair, &receiver);
}

fn start_exporting(pair: &Pair, target: &str) -> Server {
    Server::start_with(backend_on(&pair.database), folder_with_key(), &["--audit-export", target])
}
