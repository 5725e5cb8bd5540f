use super::*;

const READER: UserKey = UserKey(1);

fn user(number: u128) -> (Uuid, Change) {
    let id = UserId(Uuid::from_u128(number));
    (Uuid::from_u128(number), Change::User { id, parts: BTreeSet::from([1]) })
}

fn events() -> Arc<Events> {
    Arc::new(Events::new())
}

fn numbers(follower: &mut Follower) -> Vec<u128> {
    let mut numbers = Vec::new();
    while let Step::Change(id, _) = follower.step() {
        numbers.push(id.as_u128());
    }
    numbers
}

#[test]
fn whoever_comes_back_hears_what_they_missed_by_any_id_they_were_given() {
    let events = events();
    let (mut follower, is_resumed) = events.follow(READER, None).unwrap();
    let mark = follower.mark().unwrap();
    events.tell((1..=3).map(user).collect());
    assert_eq!((numbers(&mut follower), is_resumed), (vec![1, 2, 3], false));
    for (place, missed) in [(mark, vec![1, 2, 3]), (Uuid::from_u128(2), vec![3])] {
        let (mut back, is_resumed) = events.follow(READER, Some(place)).unwrap();
        assert_eq!((numbers(&mut back), is_resumed), (missed, true));
        assert!(back.is_catching_up());
        assert_eq!(back.step(), Step::Wait);
    }
    let (mut lost, is_resumed) = events.follow(READER, Some(Uuid::from_u128(9))).unwrap();
    assert_eq!((lost.step(), is_resumed), (Step::Wait, false));
}

#[test]
fn whoever_is_too_slow_or_was_away_too_long_is_lost_once() {
    let events = events();
    let (mut slow, _) = events.follow(READER, None).unwrap();
    let mark = slow.mark().unwrap();
    events.tell((0..=MOST_CHANGES as u128).map(user).collect());
    assert_eq!((slow.step(), slow.step()), (Step::Lost, Step::Wait));
    assert!(!events.follow(READER, Some(mark)).unwrap().1);
    assert!(!events.follow(READER, Some(Uuid::from_u128(0))).unwrap().1);
    assert_eq!(events.log.borrow().changes.len(), MOST_CHANGES);
}

#[test]
fn the_end_of_a_session_takes_no_room_where_nobody_follows() {
    let events = events();
    let ended = |user| vec![(Uuid::nil(), Change::SessionEnded { user })];
    let (mut follower, _) = events.follow(READER, None).unwrap();
    events.tell(ended(UserKey(2)));
    assert_eq!(follower.step(), Step::Wait);
    events.tell(ended(READER));
    assert!(matches!(follower.step(), Step::Change(..)));
}

#[test]
fn nobody_follows_more_than_twenty_times_at_once() {
    let events = events();
    let mut some: Vec<_> = (0..MOST_FOLLOWERS).map(|_| events.follow(READER, None).unwrap()).collect();
    assert!(events.follow(READER, None).is_none());
    assert!(events.follow(UserKey(2), None).is_some());
    some.pop();
    assert!(events.follow(READER, None).is_some());
}

#[test]
fn a_version_of_the_tree_is_told_once_and_the_first_never() {
    let events = events();
    let (mut follower, _) = events.follow(READER, None).unwrap();
    for (version, nodes) in
        [(1, None), (2, Some(BTreeSet::new())), (2, Some(BTreeSet::new())), (1, Some(BTreeSet::new()))]
    {
        events.tell_tree(version, nodes, Uuid::from_u128(7));
    }
    assert_eq!(numbers(&mut follower), [7]);
    events.close();
    assert_eq!(follower.step(), Step::Closed);
}
