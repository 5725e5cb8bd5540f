use leptos::prelude::*;
use studio_users_domain::UserId;

/// A change of data, made by the current user or by someone else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// One user changed.
    User(UserId),
    /// Many users changed, or it is unknown which.
    Users,
    /// A bulk action on the selected users has started.
    BulkStarted,
    /// The organisation tree changed, or the permissions of the current user in it.
    Tree,
}

type Listeners = Vec<(u32, Callback<Change>)>;

/// Notifies the parts of the page of changes, so that each refetches the data it shows.
#[derive(Clone, Copy)]
pub struct Changes {
    listeners: StoredValue<Listeners>,
    last: StoredValue<u32>,
}

impl Default for Changes {
    fn default() -> Self {
        Self { listeners: StoredValue::new(Vec::new()), last: StoredValue::new(0) }
    }
}

impl Changes {
    /// Notifies all subscribers.
    pub fn notify(self, change: Change) {
        let listeners = self.listeners.try_get_value().unwrap_or_default();
        for (_, listener) in listeners {
            // An earlier listener may have disposed this one.
            let _ = listener.try_run(change);
        }
    }

    /// Calls `on_change` for every change until the current reactive owner is cleaned up.
    pub fn subscribe(self, on_change: impl Fn(Change) + Send + Sync + 'static) {
        let id = self.last.try_update_value(|last| {
            *last += 1;
            *last
        });
        let Some(id) = id else { return };
        let listener = Callback::new(on_change);
        self.listeners.update_value(|listeners| listeners.push((id, listener)));
        on_cleanup(move || {
            self.listeners.try_update_value(|listeners| listeners.retain(|(other, _)| *other != id));
        });
    }
}

/// Returns the change notifications of this page from the context.
pub fn use_changes() -> Changes {
    expect_context()
}
