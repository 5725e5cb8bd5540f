use super::*;

const USER: UserKey = UserKey(1);

fn user(number: u128) -> (Uuid, Change) {
    let id = UserId(Uuid::from_u128(number));
    (Uuid::from_u128(number), Change::User { id, parts: BTreeSet::from([1]) })
}

fn events() -> Arc<Events> {
    Arc::new(Events::new())
}

fn numbers(subscription: &mut Subscription) -> Vec<u128> {
    let mut numbers = Vec::new();
    while let Received::Change(id, _) = subscription.try_recv() {
        numbers.push(id.as_u128());
    }
    numbers
}

#[test]
fn replays_missed_changes_from_any_known_id() {
    let events = events();
    let (mut subscription, is_resumed) = events.subscribe(USER, None).unwrap();
    let checkpoint = subscription.checkpoint().unwrap();
    events.publish((1..=3).map(user).collect());
    assert_eq!((numbers(&mut subscription), is_resumed), (vec![1, 2, 3], false));
    for (id, missed) in [(checkpoint, vec![1, 2, 3]), (Uuid::from_u128(2), vec![3])] {
        let (mut resumed, is_resumed) = events.subscribe(USER, Some(id)).unwrap();
        assert_eq!((numbers(&mut resumed), is_resumed), (missed, true));
        assert!(resumed.is_replayed());
        assert_eq!(resumed.try_recv(), Received::Empty);
    }
    let (mut new, is_resumed) = events.subscribe(USER, Some(Uuid::from_u128(9))).unwrap();
    assert_eq!((new.try_recv(), is_resumed), (Received::Empty, false));
}

#[test]
fn reports_a_lagging_subscription_once() {
    let events = events();
    let (mut slow, _) = events.subscribe(USER, None).unwrap();
    let checkpoint = slow.checkpoint().unwrap();
    events.publish((0..=MAX_CHANGES as u128).map(user).collect());
    assert_eq!((slow.try_recv(), slow.try_recv()), (Received::Lagged, Received::Empty));
    assert!(!events.subscribe(USER, Some(checkpoint)).unwrap().1);
    assert!(!events.subscribe(USER, Some(Uuid::from_u128(0))).unwrap().1);
    assert_eq!(events.log.borrow().changes.len(), MAX_CHANGES);
}

#[test]
fn drops_the_end_of_a_session_without_subscribers() {
    let events = events();
    let ended = |user| vec![(Uuid::nil(), Change::SessionEnded { user })];
    let (mut subscription, _) = events.subscribe(USER, None).unwrap();
    events.publish(ended(UserKey(2)));
    assert_eq!(subscription.try_recv(), Received::Empty);
    events.publish(ended(USER));
    assert!(matches!(subscription.try_recv(), Received::Change(..)));
}

#[test]
fn allows_twenty_subscriptions_per_user() {
    let events = events();
    let mut subscriptions: Vec<_> =
        (0..StreamLimits::DEFAULT.per_user).map(|_| events.subscribe(USER, None).unwrap()).collect();
    assert!(events.subscribe(USER, None).is_none());
    assert!(events.subscribe(UserKey(2), None).is_some());
    subscriptions.pop();
    assert!(events.subscribe(USER, None).is_some());
}

#[test]
fn publishes_each_tree_version_once_except_the_first() {
    let events = events();
    let (mut subscription, _) = events.subscribe(USER, None).unwrap();
    for (version, nodes) in
        [(1, None), (2, Some(BTreeSet::new())), (2, Some(BTreeSet::new())), (1, Some(BTreeSet::new()))]
    {
        events.publish_tree(version, nodes.map(|nodes| Change::Tree { nodes }), Uuid::from_u128(7));
    }
    assert_eq!(numbers(&mut subscription), [7]);
    events.close();
    assert_eq!(subscription.try_recv(), Received::Closed);
}

#[test]
fn limits_the_subscriptions_of_all_users() {
    let events = Arc::new(Events::new());
    events.set_limits(StreamLimits { total: 3, per_user: 2 });
    let subscribe = |number| events.subscribe(UserKey(number), None).map(|(subscription, _)| subscription);
    let first = [subscribe(1), subscribe(1), subscribe(2)];
    assert!(first.iter().all(Option::is_some));
    assert!(subscribe(1).is_none() && subscribe(3).is_none());
    drop(first);
    assert!(subscribe(3).is_some());
    assert_eq!(StreamLimits { total: 2_000, per_user: 20 }.within(100).total, 75);
}
