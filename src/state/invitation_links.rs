use leptos::prelude::*;
use studio_users_domain::UserId;

/// Copies invitation links to the clipboard, for every part of the page that has a copy button.
#[derive(Clone, Copy)]
pub struct InvitationLinks {
    /// The user whose link was copied within the last two seconds. The button shows a confirmation for that time.
    pub copied: RwSignal<Option<UserId>>,
    copy: StoredValue<Option<Callback<LinkCopy>>>,
}

/// A request to copy an invitation link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkCopy {
    /// The invited user.
    pub user: UserId,
    /// Their name, for messages.
    pub name: String,
    /// Whether to confirm by a notice, for a caller whose button does not stay visible.
    pub by_notice: bool,
}

impl Default for InvitationLinks {
    fn default() -> Self {
        Self { copied: RwSignal::new(None), copy: StoredValue::new(None) }
    }
}

impl InvitationLinks {
    /// Copies a link. Call this synchronously in the click handler, otherwise the browser may deny clipboard access
    /// ([transient activation](https://developer.mozilla.org/en-US/docs/Glossary/Transient_activation)). A failure
    /// shows a notice. If the browser denies access, a dialog shows the link instead.
    pub fn copy(self, link: LinkCopy) {
        if let Some(copy) = self.copy.try_get_value().flatten() {
            let _ = copy.try_run(link);
        }
    }

    /// Registers the handler that copies.
    pub fn on_copy(self, copy: impl Fn(LinkCopy) + Send + Sync + 'static) {
        self.copy.set_value(Some(Callback::new(copy)));
    }
}

/// Returns the invitation links of this page from the context.
pub fn use_invitation_links() -> InvitationLinks {
    expect_context()
}
