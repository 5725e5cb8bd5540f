use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use leptos::ev::MouseEvent;
use leptos::leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle};
use leptos::prelude::*;

use super::Place;

/// How long the address may lag behind what is typed.
const WRITE_AFTER: Duration = Duration::from_millis(150);

/// What becomes of the place that is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum History {
    /// Back leads to it: for what was chosen.
    Push,
    /// It is forgotten: for where somebody is led on to.
    Replace,
    /// It is forgotten too, and the address may lag behind: for each letter typed.
    Type,
}

/// Where the reader is, and how they get elsewhere. The page's own goes through the browser's URL; a host
/// may keep the place for itself.
///
/// Where something is not saved, the reader can be held ([`Hold`]): whatever leads away, Back and links included, then
/// waits until they have said what becomes of it.
#[derive(Clone)]
pub struct Navigation {
    /// Where the reader is.
    pub place: Signal<Place>,
    location: Signal<Place>,
    go: Arc<dyn Fn(Place, History) + Send + Sync>,
    addresses: Option<Arc<Addresses>>,
    holds: RwSignal<Vec<Held>>,
    held_back_by: Signal<Option<usize>>,
    wanted: RwSignal<Option<(Place, History)>>,
    came_back: StoredValue<bool>,
}

/// What may hold the reader: while it does, they are asked before they go where it would be lost. Of several the one that holds since last asks first.
#[derive(Clone)]
pub struct Hold {
    navigation: Navigation,
    id: usize,
}

/// One who holds the reader.
#[derive(Clone)]
struct Held {
    by: usize,
    stays: Stays,
}

/// Tells the address of a place.
type Addresses = dyn Fn(&Place) -> String + Send + Sync;

/// Whether somebody who is held may go to a place: nothing is lost by it.
type Stays = Arc<dyn Fn(&Place) -> bool + Send + Sync>;

impl Navigation {
    /// A navigation over a place and a way to change it.
    pub fn new(location: Signal<Place>, go: impl Fn(Place, History) + Send + Sync + 'static) -> Self {
        let holds = RwSignal::new(Vec::<Held>::new());
        let wanted = RwSignal::new(None::<(Place, History)>);
        let holder = move |place: &Place| holds.with(|holds| holder_of(holds, place));
        // Back and links have changed the address already: the page then stays behind it.
        let place = Memo::new(move |before: Option<&Place>| {
            let location = location.get();
            before.filter(|_| holder(&location).is_some()).cloned().unwrap_or(location)
        });
        let held_back_by = Memo::new(move |_| {
            let of_wanted = wanted.with(|wanted| wanted.as_ref().and_then(|(place, _)| holder(place)));
            of_wanted.or_else(|| location.with(holder))
        });
        Self {
            place: place.into(),
            location,
            go: Arc::new(go),
            addresses: None,
            holds,
            held_back_by: held_back_by.into(),
            wanted,
            came_back: StoredValue::new(false),
        }
    }

    /// A navigation through an address that Back, links and a host may change by themselves. `written` is the place that
    /// it says, `write` makes it say another: in place of the one before where the second argument says so.
    pub fn by_address(written: Signal<Place>, write: impl Fn(&Place, bool) + Send + Sync + 'static) -> Self {
        let place = RwSignal::new(written.get_untracked());
        let delayed = StoredValue::new(None::<(Place, TimeoutHandle)>);
        let cancel = move || {
            let due = delayed.try_update_value(Option::take).flatten();
            due.map(|(place, timeout)| {
                timeout.clear();
                place
            })
        };
        let write = StoredValue::new(write);
        let write = move |place: &Place, replace| {
            let _ = write.try_with_value(|write| write(place, replace));
        };
        // What changes the address first, the place follows.
        Effect::new(move |_| {
            let written = written.get();
            if place.get_untracked() != written {
                cancel();
                place.set(written);
            }
        });
        Self::new(place.into(), move |to, history| {
            let before = cancel();
            place.set(to.clone());
            match history {
                History::Push => {
                    if let Some(before) = before {
                        write(&before, true);
                    }
                    write(&to, false);
                }
                History::Replace => write(&to, true),
                // Browsers refuse to have the address replaced for every letter of a quick typist.
                History::Type => {
                    let due = to.clone();
                    let timeout = set_timeout_with_handle(
                        move || {
                            if let Some(place) = cancel() {
                                write(&place, true);
                            }
                        },
                        WRITE_AFTER,
                    );
                    match timeout {
                        Ok(timeout) => delayed.set_value(Some((due, timeout))),
                        Err(_) => write(&due, true),
                    }
                }
            }
        })
    }

    /// A navigation that keeps its place in memory.
    pub fn in_memory(start: Place) -> Self {
        let place = RwSignal::new(start);
        Self::new(place.into(), move |to, _| place.set(to))
    }

    /// Whether the reader came where they are by the browser's Back or Forward: then they find it as they left it.
    pub fn came_back(&self) -> bool {
        self.came_back.try_get_value().unwrap_or_default()
    }

    /// The same, told by this value that the browser goes back or forward.
    #[must_use]
    pub fn returning(self, came_back: StoredValue<bool>) -> Self {
        Self { came_back, ..self }
    }

    /// The same, whose places have addresses.
    #[must_use]
    pub fn with_addresses(self, addresses: impl Fn(&Place) -> String + Send + Sync + 'static) -> Self {
        Self { addresses: Some(Arc::new(addresses)), ..self }
    }

    /// The address of a place, from the root of the origin; none where places have no addresses.
    pub fn address(&self, place: &Place) -> Option<String> {
        self.addresses.as_ref().map(|addresses| addresses(place))
    }

    /// What a link to a place refers to. Where places have no addresses that is the page itself: opened elsewhere, it
    /// begins there.
    pub fn href(&self, place: &Place) -> String {
        self.address(place).unwrap_or_else(|| window().location().href().unwrap_or_default())
    }

    /// Follows a link to a place, unless it is to be opened elsewhere.
    pub fn follow(&self, event: &MouseEvent, place: Place) {
        if is_plain(event) {
            event.prevent_default();
            self.go(place, History::Push);
        }
    }

    /// Goes to a place. Going to where one is does nothing.
    pub fn go(&self, place: Place, history: History) {
        if self.place.with_untracked(|here| *here == place) {
            return;
        }
        if self.holds.with_untracked(|holds| holder_of(holds, &place).is_some()) {
            self.wanted.set(Some((place, history)));
        } else {
            self.came_back.try_update_value(|came_back| *came_back = false);
            (self.go)(place, history);
        }
    }

    /// Leads the reader on to a place, without asking whether they are held: they can no longer be where they are.
    pub fn lead_on(&self, place: Place) {
        let _ = self.wanted.try_set(None);
        let _ = self.holds.try_set(Vec::new());
        self.go(place, History::Replace);
    }

    /// Leads the reader back to a place where they were before: they find it as they left it.
    pub fn lead_back(&self, place: Place) {
        self.lead_on(place);
        let _ = self.came_back.try_set_value(true);
    }

    /// Whether anything holds the reader: then something is not saved.
    pub fn is_held(&self) -> bool {
        self.holds.with(|holds| !holds.is_empty())
    }

    /// What may hold the reader, and does not yet. It ends with the part of the page that asks for it.
    pub fn hold(&self) -> Hold {
        static MADE: AtomicUsize = AtomicUsize::new(0);
        let hold = Hold { navigation: self.clone(), id: MADE.fetch_add(1, Ordering::Relaxed) };
        let ended = StoredValue::new(hold.clone());
        on_cleanup(move || {
            ended.try_with_value(Hold::release);
        });
        hold
    }
}

impl Hold {
    /// Whether the reader wanted to go elsewhere, and this has to ask them.
    pub fn is_asked(&self) -> bool {
        self.navigation.held_back_by.get() == Some(self.id)
    }

    /// Holds the reader, but for the places to which they may go all the same.
    pub fn keep(&self, stays: impl Fn(&Place) -> bool + Send + Sync + 'static) {
        let held = Held { by: self.id, stays: Arc::new(stays) };
        let _ = self.navigation.holds.try_update(|holds| {
            holds.retain(|other| other.by != held.by);
            holds.push(held);
        });
    }

    /// Holds them no longer. Where they wanted to go is forgotten.
    pub fn release(&self) {
        let Navigation { holds, wanted, .. } = &self.navigation;
        if holds.try_with_untracked(|holds| holds.iter().any(|held| held.by == self.id)) == Some(true) {
            let _ = wanted.try_set(None);
            let _ = holds.try_update(|holds| holds.retain(|held| held.by != self.id));
        }
    }

    /// The reader stays: the address is again that of the place.
    pub fn stay(&self) {
        let Navigation { place, location, wanted, go, .. } = &self.navigation;
        wanted.set(None);
        let place = place.get_untracked();
        if location.with_untracked(|location| *location != place) {
            go(place, History::Push);
        }
    }

    /// The reader leaves for where they wanted to go, unless something else holds them too.
    pub fn leave(&self) {
        let wanted = self.navigation.wanted.try_update(Option::take).flatten();
        self.release();
        if let Some((place, history)) = wanted {
            self.navigation.go(place, history);
        }
    }
}

/// Whether a click opens here, rather than in another tab or window.
fn is_plain(event: &MouseEvent) -> bool {
    let has_modifier = event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key();
    event.button() == 0 && !has_modifier && !event.default_prevented()
}

/// Who of all that hold the reader keeps them from going to a place: the one who holds since last.
fn holder_of(holds: &[Held], place: &Place) -> Option<usize> {
    holds.iter().rev().find(|held| !(held.stays)(place)).map(|held| held.by)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::UsersPlace;

    fn users() -> Place {
        Place::Users(UsersPlace::default())
    }

    /// A navigation over a location that Back and links change by themselves, and what it was told to do.
    fn page() -> (Navigation, RwSignal<Place>, StoredValue<Vec<History>>) {
        let location = RwSignal::new(users());
        let went = StoredValue::new(Vec::new());
        let navigation = Navigation::new(location.into(), move |to, history| {
            went.update_value(|went| went.push(history));
            location.set(to);
        });
        assert_eq!(navigation.place.get_untracked(), users());
        (navigation, location, went)
    }

    #[test]
    fn who_is_held_stays_until_they_say_so() {
        Owner::new().with(|| {
            let (navigation, location, went) = page();
            let hold = navigation.hold();
            hold.keep(|place| *place == users());
            navigation.go(Place::Roles, History::Push);
            assert!(untrack(|| hold.is_asked()));
            assert_eq!(location.get_untracked(), users());

            hold.stay();
            assert!(!untrack(|| hold.is_asked()));
            assert_eq!((navigation.place.get_untracked(), went.get_value()), (users(), vec![]));

            navigation.go(Place::Roles, History::Push);
            hold.leave();
            assert_eq!(
                (navigation.place.get_untracked(), location.get_untracked()),
                (Place::Roles, Place::Roles)
            );
            assert!(!untrack(|| hold.is_asked()));
        });
    }

    #[test]
    fn back_and_links_wait_as_well_and_the_address_returns() {
        Owner::new().with(|| {
            let (navigation, location, went) = page();
            let hold = navigation.hold();
            hold.keep(|place| *place == users());
            location.set(Place::Roles);
            assert_eq!(navigation.place.get_untracked(), users());
            assert!(untrack(|| hold.is_asked()));

            hold.stay();
            assert_eq!((location.get_untracked(), navigation.place.get_untracked()), (users(), users()));
            assert_eq!(went.get_value(), [History::Push]);

            location.set(Place::Roles);
            hold.leave();
            assert_eq!(navigation.place.get_untracked(), Place::Roles);
        });
    }

    #[test]
    fn of_several_who_hold_each_asks_the_innermost_first() {
        Owner::new().with(|| {
            let (navigation, location, _) = page();
            let (outer, inner) = (navigation.hold(), navigation.hold());
            outer.keep(|place| *place == users());
            inner.keep(|place| *place == users());
            let asked = || untrack(|| (outer.is_asked(), inner.is_asked()));
            for goes in [true, false] {
                if goes {
                    navigation.go(Place::Roles, History::Push);
                } else {
                    location.set(Place::Roles);
                }
                assert_eq!(asked(), (false, true));
                inner.leave();
                assert_eq!((asked(), navigation.place.get_untracked()), ((true, false), users()));
                outer.stay();
                assert_eq!((asked(), location.get_untracked()), ((false, false), users()));
                inner.keep(|place| *place == users());
            }
            inner.release();
            navigation.go(Place::Roles, History::Push);
            outer.leave();
            assert_eq!(navigation.place.get_untracked(), Place::Roles);
        });
    }

    #[test]
    fn who_is_led_on_is_not_held() {
        Owner::new().with(|| {
            let (navigation, location, _) = page();
            navigation.hold().keep(|_| false);
            navigation.lead_on(Place::SignIn);
            assert_eq!(location.get_untracked(), Place::SignIn);
            assert_eq!(navigation.place.get_untracked(), Place::SignIn);
        });
    }
}
