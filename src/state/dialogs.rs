use chrono::{DateTime, Utc};
use leptos::prelude::*;
use studio_users_contract::{BulkSelection, Job, UserRow};

/// A request to open a dialog. Any part of the page may send it; one feature handles it.
#[derive(Debug, Clone, PartialEq)]
pub enum DialogRequest {
    /// Invites users.
    Invite,
    /// Starts an impersonation of a user.
    View(Box<UserRow>),
    /// Removes a user.
    Remove(Box<UserRow>),
    /// Removes several users.
    RemoveMany {
        /// The users to remove.
        select: BulkSelection,
        /// The number of users.
        count: u32,
    },
    /// Adds a role to several users.
    AddRole {
        /// The users who receive the role.
        select: BulkSelection,
        /// The number of users.
        count: u32,
    },
    /// Resends the invitations of several users. This needs no confirmation, so no dialog opens.
    ResendMany {
        /// The users whose invitations are resent.
        select: BulkSelection,
        /// The number of users.
        count: u32,
    },
    /// Compares what a user sees with what more roles would show, or with what another user sees.
    Compare(Box<UserRow>),
    /// The list of removed users.
    Removed,
    /// The list of e-mails that did not arrive.
    UndeliveredMail,
    /// The list of recent bulk actions.
    Jobs,
    /// The summary of an ended bulk job.
    JobSummary(Box<Job>),
    /// Shows an invitation link that the browser did not allow to copy.
    ShowLink {
        /// The name of the invited user.
        name: String,
        /// The link. The backend returns it only once.
        url: String,
        /// The time at which the link expires.
        expires_at: DateTime<Utc>,
    },
    /// The actions for a user in a bottom sheet, on a phone, where a row has no room for buttons.
    RowSheet(Box<UserRow>),
    /// The command palette: finds users and actions.
    Palette,
    /// The list of keyboard shortcuts.
    Shortcuts,
}

/// The current dialog request. Only one dialog is open at a time.
#[derive(Clone, Copy)]
pub struct Dialogs(pub RwSignal<Option<DialogRequest>>);

impl Default for Dialogs {
    fn default() -> Self {
        Self(RwSignal::new(None))
    }
}

impl Dialogs {
    /// Requests a dialog, replacing the previous request.
    pub fn open(self, request: DialogRequest) {
        let _ = self.0.try_set(Some(request));
    }

    /// Clears the request, after completion or cancellation.
    pub fn close(self) {
        let _ = self.0.try_set(None);
    }
}

/// Returns the dialog requests of this page from the context.
pub fn use_dialogs() -> Dialogs {
    expect_context()
}
