use leptos::prelude::*;
use studio_users_contract::{Total, UserRow};
use studio_users_domain::UserId;

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
    /// The row of a user outside of the loaded list, such as a search result, who is about to be opened.
    pub found: RwSignal<Option<UserRow>>,
    /// The user that the last step led to. Set when their row is loaded.
    pub stepped_to: RwSignal<Option<UserId>>,
    step: StoredValue<Option<Callback<isize>>>,
    on_prefetch: StoredValue<Option<Callback<UserId>>>,
}

impl Default for ListNavigation {
    fn default() -> Self {
        Self {
            total: RwSignal::new(None),
            position: RwSignal::new(None),
            row: RwSignal::new(None),
            found: RwSignal::new(None),
            stepped_to: RwSignal::new(None),
            step: StoredValue::new(None),
            on_prefetch: StoredValue::new(None),
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
        if let Some(on_prefetch) = self.on_prefetch.try_get_value().flatten() {
            let _ = on_prefetch.try_run(user);
        }
    }

    /// Registers the panel's handler for prefetching.
    pub fn on_prefetch(self, prefetch: impl Fn(UserId) + Send + Sync + 'static) {
        self.on_prefetch.set_value(Some(Callback::new(prefetch)));
    }

    /// The row of the user, if the list or a search contained it.
    pub fn known_row(self, user: UserId) -> Option<UserRow> {
        let row = |row: &Option<UserRow>| row.as_ref().filter(|row| row.id == user).cloned();
        self.row.with(row).or_else(|| self.found.with(row))
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
