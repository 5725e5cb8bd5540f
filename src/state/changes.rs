use leptos::prelude::*;
use studio_users_domain::UserId;

/// What changed, by the reader's own hand or by another's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Somebody whom the reader sees, or saw.
    User(UserId),
    /// Many users, or nobody knows which.
    Users,
    /// The organisation, or what the reader may do in it.
    Tree,
}

type Listeners = Vec<(u32, Callback<Change>)>;

/// Tells the parts of the page of what changed, so that each reads anew what it shows.
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
    /// Tells everybody.
    pub fn tell(self, change: Change) {
        let listeners = self.listeners.try_get_value().unwrap_or_default();
        for (_, listener) in listeners {
            // One of them may have taken another away.
            let _ = listener.try_run(change);
        }
    }

    /// Calls this with every change, until the part of the page that asks is gone.
    pub fn listen(self, on_change: impl Fn(Change) + Send + Sync + 'static) {
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

/// What tells of changes on this page.
pub fn use_changes() -> Changes {
    expect_context()
}
