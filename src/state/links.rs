use leptos::prelude::*;
use studio_users_domain::UserId;

/// Copying links to invitations: done in one place, for every part of the page that has a button for it.
#[derive(Clone, Copy)]
pub struct Links {
    /// Whose link was copied within the last two seconds: the button that did it says so.
    pub copied: RwSignal<Option<UserId>>,
    copy: StoredValue<Option<Callback<LinkCopy>>>,
}

/// A link that is to be copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkCopy {
    /// Whose invitation it is to.
    pub user: UserId,
    /// What they are called.
    pub name: String,
    /// Whether a notice tells that it was done, as there is no button that stays and says so.
    pub by_notice: bool,
}

impl Default for Links {
    fn default() -> Self {
        Self { copied: RwSignal::new(None), copy: StoredValue::new(None) }
    }
}

impl Links {
    /// Copies a link. To be called within the click itself, or the browser may refuse. What goes wrong is told by a
    /// notice, and a link that the browser does not let be copied is shown.
    pub fn copy(self, link: LinkCopy) {
        if let Some(copy) = self.copy.try_get_value().flatten() {
            let _ = copy.try_run(link);
        }
    }

    /// The part of the page that copies tells how.
    pub fn on_copy(self, copy: impl Fn(LinkCopy) + Send + Sync + 'static) {
        self.copy.set_value(Some(Callback::new(copy)));
    }
}

/// The links of this page.
pub fn use_links() -> Links {
    expect_context()
}
