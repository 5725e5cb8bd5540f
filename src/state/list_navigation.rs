use leptos::prelude::*;
use studio_users_contract::{Total, UserRow};
use studio_users_domain::UserId;

/// A continuation that opens a user's panel.
pub type OpenNow = Box<dyn FnOnce()>;

/// The panel's handler: prefetches a user and, with a continuation, opens them.
type OnOpen = Callback<(UserId, Option<OpenNow>)>;

/// The link between the users table and the panel beside it: the position of the open user in the list, and stepping to
/// the next or previous user.
#[derive(Clone, Copy)]
pub struct ListNavigation {
    /// The number of users in the list. `None` until the list is loaded.
    pub total: RwSignal<Option<Total>>,
    /// The index of the open user in the list, from 0. `None` if their row is not loaded.
    pub position: RwSignal<Option<usize>>,
    /// The row of the open user, shown until the details are loaded.
    pub row: RwSignal<Option<UserRow>>,
    /// The user that the last step led to. Set when their row is loaded.
    pub stepped_to: RwSignal<Option<UserId>>,
    step: StoredValue<Option<Callback<isize>>>,
    on_open: StoredValue<Option<OnOpen>>,
}

impl Default for ListNavigation {
    fn default() -> Self {
        Self {
            total: RwSignal::new(None),
            position: RwSignal::new(None),
            row: RwSignal::new(None),
            stepped_to: RwSignal::new(None),
            step: StoredValue::new(None),
            on_open: StoredValue::new(None),
        }
    }
}

impl ListNavigation {
    /// Opens the user `by` rows further in the list (negative: back). Does nothing at the ends of the list.
    pub fn step(self, by: isize) {
        if let Some(step) = self.step.try_get_value().flatten() {
            let _ = step.try_run(by);
        }
    }

    /// Prefetches the data of a user who is about to be opened.
    pub fn prefetch(self, user: UserId) {
        if let Some(on_open) = self.on_open.try_get_value().flatten() {
            let _ = on_open.try_run((user, None));
        }
    }

    /// Opens a user by calling `open_now`. Once the panel is loaded, its handler decides when: as soon as the data is
    /// ready, or after a delay that users do not notice yet.
    pub fn open(self, user: UserId, open_now: OpenNow) {
        match self.on_open.try_get_value().flatten() {
            Some(on_open) => {
                let _ = on_open.try_run((user, Some(open_now)));
            }
            None => open_now(),
        }
    }

    /// Registers the panel's handler. Its second argument is `None` to prefetch only. `Some(open_now)` opens the user:
    /// it calls `open_now` when the data is ready, or after a delay that users do not notice yet.
    pub fn on_open(self, handler: impl Fn(UserId, Option<OpenNow>) + Send + Sync + 'static) {
        self.on_open.set_value(Some(Callback::new(move |(user, open_now)| handler(user, open_now))));
    }

    /// Registers the table's handler for stepping.
    pub fn on_step(self, step: impl Fn(isize) + Send + Sync + 'static) {
        self.step.set_value(Some(Callback::new(step)));
    }
}

/// Returns the list navigation of this page from the context.
pub fn use_list_navigation() -> ListNavigation {
    expect_context()
}
