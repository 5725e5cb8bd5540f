use chrono::{DateTime, Utc};
use leptos::prelude::*;
use studio_users_contract::{BulkSelection, UserRow};

/// Something that any part of the page may ask for, and that one feature does in a dialog of its own.
#[derive(Debug, Clone, PartialEq)]
pub enum Ask {
    /// Inviting people.
    Invite,
    /// Viewing the studio as somebody.
    View(Box<UserRow>),
    /// Removing somebody.
    Remove(Box<UserRow>),
    /// Removing many.
    RemoveMany {
        /// Whom.
        select: BulkSelection,
        /// How many they are.
        count: u32,
    },
    /// Adding a role to many.
    AddRole {
        /// To whom.
        select: BulkSelection,
        /// How many they are.
        count: u32,
    },
    /// Mailing the invitations of many again: it is done at once, with nothing to confirm.
    ResendMany {
        /// Whose.
        select: BulkSelection,
        /// How many they are.
        count: u32,
    },
    /// Comparing what somebody sees with what more roles would show, or with what somebody else sees.
    Compare(Box<UserRow>),
    /// The list of those who were removed.
    Removed,
    /// Showing an invitation's link, where the browser did not let it be copied.
    ShowLink {
        /// Whose invitation it is.
        name: String,
        /// The link. It is shown this once.
        url: String,
        /// Until when it works.
        expires_at: DateTime<Utc>,
    },
    /// What can be done with somebody, on a phone, where a row has no room for its buttons.
    RowSheet(Box<UserRow>),
    /// Finding users and actions by typing.
    Palette,
    /// The list of the keyboard's shortcuts.
    Shortcuts,
}

/// What is asked for at the moment: one thing at a time.
#[derive(Clone, Copy)]
pub struct Asks(pub RwSignal<Option<Ask>>);

impl Default for Asks {
    fn default() -> Self {
        Self(RwSignal::new(None))
    }
}

impl Asks {
    /// Asks for something, in place of what was asked for before.
    pub fn ask(self, ask: Ask) {
        let _ = self.0.try_set(Some(ask));
    }

    /// It is done, or given up.
    pub fn close(self) {
        let _ = self.0.try_set(None);
    }
}

/// What this page is asked for.
pub fn use_asks() -> Asks {
    expect_context()
}
