use leptos::prelude::*;
use studio_users_contract::{Total, UserRow};
use studio_users_domain::UserId;

/// What opens a user.
pub type Then = Box<dyn FnOnce()>;

/// Opens a user, or makes ready for that.
type Opens = Callback<(UserId, Option<Then>)>;

/// The list that the users table shows, as far as the panel beside it needs to know: where in it the open user
/// stands, and how to step on from there.
#[derive(Clone, Copy)]
pub struct Results {
    /// How many there are; none until the list has come.
    pub total: RwSignal<Option<Total>>,
    /// The place in the list of the user who is open, from 0; none where they are not in what has come of it.
    pub position: RwSignal<Option<usize>>,
    /// The row of the user who is open, while there is nothing more exact.
    pub row: RwSignal<Option<UserRow>>,
    /// The user to open by stepping on by so many; answered once their row has come.
    pub stepped: RwSignal<Option<UserId>>,
    step: StoredValue<Option<Callback<isize>>>,
    opens: StoredValue<Option<Opens>>,
}

impl Default for Results {
    fn default() -> Self {
        Self {
            total: RwSignal::new(None),
            position: RwSignal::new(None),
            row: RwSignal::new(None),
            stepped: RwSignal::new(None),
            step: StoredValue::new(None),
            opens: StoredValue::new(None),
        }
    }
}

impl Results {
    /// Opens the user who stands so many places on in the list. Does nothing at its ends.
    pub fn step(self, by: isize) {
        if let Some(step) = self.step.try_get_value().flatten() {
            let _ = step.try_run(by);
        }
    }

    /// A user is about to be opened: what is asked of the backend about them need not wait until they are.
    pub fn open_soon(self, user: UserId) {
        if let Some(opens) = self.opens.try_get_value().flatten() {
            let _ = opens.try_run((user, None));
        }
    }

    /// Opens a user by this: where the panel is ready, once it knows them, or when waiting for that would be felt.
    pub fn open(self, user: UserId, then: Then) {
        match self.opens.try_get_value().flatten() {
            Some(opens) => {
                let _ = opens.try_run((user, Some(then)));
            }
            None => then(),
        }
    }

    /// The panel tells what is to be done then: the user may be opened at some time, or is now, by what comes with them.
    pub fn on_open(self, opens: impl Fn(UserId, Option<Then>) + Send + Sync + 'static) {
        self.opens.set_value(Some(Callback::new(move |(user, then)| opens(user, then))));
    }

    /// The list tells how to step on.
    pub fn on_step(self, step: impl Fn(isize) + Send + Sync + 'static) {
        self.step.set_value(Some(Callback::new(step)));
    }
}

/// The list of this page.
pub fn use_results() -> Results {
    expect_context()
}
