use super::log::MAX_CHANGES;
use super::*;

use studio_users_contract::{JobChanged, JobProgress, JobState};
use studio_users_domain::UserId;

const USER: UserKey = UserKey(1);

fn user(number: u128) -> (Uuid, Change) {
    let id = UserId(Uuid::from_u128(number));
    (Uuid::from_u128(number), Change::User { id, parts: BTreeSet::from([1]) })
}

fn job(number: u128, owner: UserKey) -> (Uuid, Change) {
    let id = Uuid::from_u128(number);
    let progress =
        JobProgress { state: JobState::Done, stop_reason: None, total: 0, done: 0, unchanged: 0, refused: 0 };
    (id, Change::Job { owner, changed: JobChanged { id, progress } })
}

fn tree(number: u128, version: i64) -> (Uuid, Change) {
    (Uuid::from_u128(number), Change::Tree { version, nodes: BTreeSet::new() })
}

fn events() -> Arc<Events> {
    Arc::new(Events::new().unwrap())
}

fn subscribe(events: &Arc<Events>, last_event_id: Option<Uuid>) -> (Subscription, bool) {
    events.subscribe(USER, last_event_id).unwrap()
}

/// Returns the users whose changes a subscription receives next, by the numbers of their ids.
fn users(subscription: &mut Subscription) -> Vec<u128> {
    let mut numbers = Vec::new();
    loop {
        match subscription.try_recv() {
            Received::Change(_, change) => {
                if let Change::User { id, .. } = &*change {
                    numbers.push(id.0.as_u128());
                }
            }
            _ => return numbers,
        }
    }
}

/// Returns the number of changes that a subscription receives next.
fn count(subscription: &mut Subscription) -> usize {
    let mut count = 0;
    while let Received::Change(_, change) = subscription.try_recv() {
        count += usize::from(*change != Change::Start);
    }
    count
}

#[test]
fn replays_missed_changes_from_any_known_id() {
    let events = events();
    let (mut subscription, is_resumed) = subscribe(&events, None);
    let start = subscription.position();
    events.publish((1..=3).map(user).collect());
    assert_eq!((users(&mut subscription), is_resumed), (vec![1, 2, 3], false));
    for (id, missed) in [(start, vec![1, 2, 3]), (Uuid::from_u128(2), vec![3])] {
        let (mut resumed, is_resumed) = subscribe(&events, Some(id));
        assert_eq!((users(&mut resumed), is_resumed), (missed, true));
        assert!(resumed.is_replayed());
        assert_eq!(resumed.try_recv(), Received::Empty);
    }
    let (mut new, is_resumed) = subscribe(&events, Some(Uuid::from_u128(9)));
    assert_eq!((new.try_recv(), is_resumed), (Received::Empty, false));
}

#[test]
fn names_a_position_by_the_change_before_it() {
    let events = events();
    let (mut subscription, _) = subscribe(&events, None);
    let start = subscription.position();
    assert_eq!(subscribe(&events, None).0.position(), start);
    assert_ne!(start, self::events().subscribe(USER, None).unwrap().0.position(), "the id is random");
    events.publish(vec![user(1), job(2, USER)]);
    assert_eq!(subscription.position(), start, "nothing was received");
    let received: Vec<_> = std::iter::from_fn(|| match subscription.try_recv() {
        Received::Change(id, _) => Some((id, subscription.position())),
        _ => None,
    })
    .collect();
    let one = Uuid::from_u128(1);
    assert_eq!(received, [(Some(one), one), (None, one)], "only this process keeps the job's change");
}

#[test]
fn a_client_resumes_at_another_process() {
    let [one, other] = [events(), events()];
    let start = (Uuid::from_u128(100), Change::Start);
    one.load(vec![start.clone(), user(1)]);
    let (mut subscription, _) = subscribe(&one, None);
    one.publish(vec![user(2), job(3, USER)]);
    users(&mut subscription);
    // It starts later, and its listener reads some changes again.
    other.load(vec![start, user(1), user(2), job(3, USER)]);
    other.publish(vec![user(2), user(4)]);
    other.publish(vec![user(1), user(4), user(5)]);
    let (mut resumed, is_resumed) = subscribe(&other, Some(subscription.position()));
    assert_eq!((users(&mut resumed), is_resumed), (vec![4, 5], true));
    let (mut resumed, is_resumed) = subscribe(&other, Some(Uuid::from_u128(100)));
    assert_eq!((users(&mut resumed), is_resumed), (vec![1, 2, 4, 5], true));
}

#[test]
fn reports_a_lagging_subscription_once() {
    let events = events();
    let (mut slow, _) = subscribe(&events, None);
    let start = slow.position();
    events.publish((0..=MAX_CHANGES as u128 + 1).map(user).collect());
    assert_eq!((slow.try_recv(), slow.try_recv()), (Received::Lagged, Received::Empty));
    assert_eq!(slow.position(), Uuid::from_u128(MAX_CHANGES as u128 + 1));
    assert!(!subscribe(&events, Some(start)).1);
    assert!(!subscribe(&events, Some(Uuid::from_u128(0))).1);
    let (mut resumed, is_resumed) = subscribe(&events, Some(Uuid::from_u128(1)));
    assert_eq!((users(&mut resumed).len(), is_resumed), (MAX_CHANGES, true));
}

#[test]
fn keeps_a_position_to_name_while_only_live_changes_arrive() {
    let events = events();
    let (mut subscription, _) = subscribe(&events, None);
    events.publish(vec![user(1)]);
    events.publish((0..=MAX_CHANGES as u128).map(|number| job(1_000_000 + number, USER)).collect());
    while subscription.try_recv() != Received::Empty {}
    assert_eq!(subscription.position(), Uuid::from_u128(1));
    let (mut resumed, is_resumed) = subscribe(&events, Some(Uuid::from_u128(1)));
    assert_eq!((users(&mut resumed), is_resumed), (Vec::new(), true));
}

#[test]
fn a_loaded_log_makes_open_subscriptions_lag() {
    let events = events();
    let (mut open, _) = subscribe(&events, None);
    events.load(vec![user(1)]);
    assert_eq!((open.try_recv(), open.try_recv()), (Received::Lagged, Received::Empty));
    events.load(Vec::new());
    events.publish(vec![user(2)]);
    assert_eq!(users(&mut open), [2]);
}

#[test]
fn drops_live_changes_without_subscribers() {
    let events = events();
    let ended = |user| vec![(Uuid::nil(), Change::SessionEnded { user })];
    let (mut subscription, _) = subscribe(&events, None);
    events.publish(ended(UserKey(2)));
    events.publish(vec![job(2, UserKey(2))]);
    assert_eq!(subscription.try_recv(), Received::Empty);
    events.publish(ended(USER));
    assert!(matches!(subscription.try_recv(), Received::Change(None, _)));
}

#[test]
fn allows_twenty_subscriptions_per_user() {
    let events = events();
    let mut subscriptions: Vec<_> =
        (0..StreamLimits::DEFAULT.per_user).map(|_| subscribe(&events, None)).collect();
    assert!(events.subscribe(USER, None).is_none());
    assert!(events.subscribe(UserKey(2), None).is_some());
    subscriptions.pop();
    assert!(events.subscribe(USER, None).is_some());
}

#[test]
fn publishes_each_tree_version_once() {
    let events = events();
    let (mut subscription, _) = subscribe(&events, None);
    for version in [2, 2, 1] {
        events.publish_tree(version, BTreeSet::new(), Uuid::from_u128(7));
    }
    assert_eq!(count(&mut subscription), 1);
    // Another process publishes the same version under an id of its own.
    events.publish(vec![tree(8, 2)]);
    assert_eq!(count(&mut subscription), 0);
    assert!(subscribe(&events, Some(Uuid::from_u128(8))).1);
    events.publish(vec![tree(9, 3), tree(10, 3)]);
    events.publish_tree(3, BTreeSet::new(), Uuid::from_u128(11));
    assert_eq!(count(&mut subscription), 1);
    events.close();
    assert_eq!(subscription.try_recv(), Received::Closed);
}

#[test]
fn limits_the_subscriptions_of_all_users() {
    let events = events();
    events.set_limits(StreamLimits { total: 3, per_user: 2 });
    let subscribe = |number| events.subscribe(UserKey(number), None).map(|(subscription, _)| subscription);
    let first = [subscribe(1), subscribe(1), subscribe(2)];
    assert!(first.iter().all(Option::is_some));
    assert!(subscribe(1).is_none() && subscribe(3).is_none());
    drop(first);
    assert!(subscribe(3).is_some());
    assert_eq!(StreamLimits { total: 2_000, per_user: 20 }.within(100).total, 75);
}
