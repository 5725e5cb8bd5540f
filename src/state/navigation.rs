use std::sync::Arc;

use leptos::prelude::*;

use super::Place;

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
/// Where something is not saved, the reader can be held: whatever leads away, Back and links included, then waits
/// until they have said what becomes of it.
#[derive(Clone)]
pub struct Navigation {
    /// Where the reader is.
    pub place: Signal<Place>,
    /// Whether they wanted to go elsewhere, and are held.
    pub is_held_back: Signal<bool>,
    location: Signal<Place>,
    go: Arc<dyn Fn(Place, History) + Send + Sync>,
    hold: RwSignal<Option<Stays>>,
    wanted: RwSignal<Option<(Place, History)>>,
    came_back: StoredValue<bool>,
}

/// Whether somebody who is held may go to a place: nothing is lost by it.
type Stays = Arc<dyn Fn(&Place) -> bool + Send + Sync>;

impl Navigation {
    /// A navigation over a place and a way to change it.
    pub fn new(location: Signal<Place>, go: impl Fn(Place, History) + Send + Sync + 'static) -> Self {
        let hold = RwSignal::new(None::<Stays>);
        let wanted = RwSignal::new(None);
        let leaves = move |place: &Place| hold.with(|hold| hold.as_ref().is_some_and(|stays| !stays(place)));
        // Back and links have changed the address already: the page then stays behind it.
        let place = Memo::new(move |before: Option<&Place>| {
            let location = location.get();
            before.filter(|_| leaves(&location)).cloned().unwrap_or(location)
        });
        let is_held_back = Memo::new(move |_| wanted.with(Option::is_some) || location.with(leaves));
        Self {
            place: place.into(),
            is_held_back: is_held_back.into(),
            location,
            go: Arc::new(go),
            hold,
            wanted,
            came_back: StoredValue::new(false),
        }
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

    /// Goes to a place. Going to where one is does nothing.
    pub fn go(&self, place: Place, history: History) {
        if self.place.with_untracked(|here| *here == place) {
            return;
        }
        if self.hold.with_untracked(|hold| hold.as_ref().is_some_and(|stays| !stays(&place))) {
            self.wanted.set(Some((place, history)));
        } else {
            self.came_back.try_update_value(|came_back| *came_back = false);
            (self.go)(place, history);
        }
    }

    /// Leads the reader on to a place, without asking whether they are held: they can no longer be where they are.
    pub fn lead_on(&self, place: Place) {
        self.release();
        self.go(place, History::Replace);
    }

    /// Leads the reader back to a place where they were before: they find it as they left it.
    pub fn lead_back(&self, place: Place) {
        self.lead_on(place);
        let _ = self.came_back.try_set_value(true);
    }

    /// Holds the reader, but for the places to which they may go all the same.
    pub fn hold(&self, stays: impl Fn(&Place) -> bool + Send + Sync + 'static) {
        let _ = self.hold.try_set(Some(Arc::new(stays)));
    }

    /// Holds them no longer. Where they wanted to go is forgotten.
    pub fn release(&self) {
        let _ = self.wanted.try_set(None);
        if self.hold.try_with_untracked(Option::is_some) == Some(true) {
            let _ = self.hold.try_set(None);
        }
    }

    /// The reader stays: the address is again that of the place.
    pub fn stay(&self) {
        self.wanted.set(None);
        let place = self.place.get_untracked();
        if self.location.with_untracked(|location| *location != place) {
            (self.go)(place, History::Push);
        }
    }

    /// The reader leaves for where they wanted to go, and is held no longer.
    pub fn leave(&self) {
        let wanted = self.wanted.try_update(Option::take).flatten();
        self.release();
        if let Some((place, history)) = wanted {
            self.go(place, history);
        }
    }
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
            navigation.hold(|place| *place == users());
            navigation.go(Place::Roles, History::Push);
            assert!(navigation.is_held_back.get_untracked());
            assert_eq!(location.get_untracked(), users());

            navigation.stay();
            assert!(!navigation.is_held_back.get_untracked());
            assert_eq!((navigation.place.get_untracked(), went.get_value()), (users(), vec![]));

            navigation.go(Place::Roles, History::Push);
            navigation.leave();
            assert_eq!(
                (navigation.place.get_untracked(), location.get_untracked()),
                (Place::Roles, Place::Roles)
            );
            assert!(!navigation.is_held_back.get_untracked());
        });
    }

    #[test]
    fn back_and_links_wait_as_well_and_the_address_returns() {
        Owner::new().with(|| {
            let (navigation, location, went) = page();
            navigation.hold(|place| *place == users());
            location.set(Place::Roles);
            assert_eq!(navigation.place.get_untracked(), users());
            assert!(navigation.is_held_back.get_untracked());

            navigation.stay();
            assert_eq!((location.get_untracked(), navigation.place.get_untracked()), (users(), users()));
            assert_eq!(went.get_value(), [History::Push]);

            location.set(Place::Roles);
            navigation.leave();
            assert_eq!(navigation.place.get_untracked(), Place::Roles);
        });
    }

    #[test]
    fn who_is_led_on_is_not_held() {
        Owner::new().with(|| {
            let (navigation, location, _) = page();
            navigation.hold(|_| false);
            navigation.lead_on(Place::SignIn);
            assert_eq!(location.get_untracked(), Place::SignIn);
            assert_eq!(navigation.place.get_untracked(), Place::SignIn);
        });
    }
}
