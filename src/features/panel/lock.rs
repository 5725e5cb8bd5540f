use leptos::prelude::*;
use studio_users_domain::Denial;

use crate::i18n::{Language, messages};
use crate::state::{Link, Live, OFFLINE_ID, denial_id};

/// Why a control is locked. It can be reached all the same, and tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lock {
    /// The backend is out of reach.
    Offline,
    /// It would be refused.
    Denied(Denial),
}

impl Lock {
    /// The lock of what this denial forbids, if any does; out of reach of the backend everything is locked.
    pub(super) fn of(denial: impl Fn() -> Option<Denial> + Send + Sync + 'static) -> Memo<Option<Self>> {
        let live = expect_context::<Live>();
        Memo::new(move |_| match live.link.get() {
            Link::Down => Some(Self::Offline),
            Link::Up => denial().map(Self::Denied),
        })
    }

    /// The id of the element that says why.
    pub(super) fn id(self) -> String {
        match self {
            Self::Offline => OFFLINE_ID.into(),
            Self::Denied(denial) => denial_id(denial),
        }
    }

    /// Why, in words.
    pub(super) fn words(self, language: Language) -> &'static str {
        match self {
            Self::Offline => messages::offline_reason(language),
            Self::Denied(denial) => denial.sentence(language),
        }
    }
}
