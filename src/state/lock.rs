use leptos::prelude::*;
use studio_users_domain::Denial;

use super::{Link, Live, OFFLINE_ID, denial_id, use_reader};
use crate::i18n::{Language, messages};

/// Why a control is locked. It can be reached all the same, and tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lock {
    /// The backend is out of reach.
    Offline,
    /// It would be refused.
    Denied(Denial),
}

impl Lock {
    /// The lock of what this denial forbids, if any does. Inside a view, and out of reach of the backend, whatever
    /// changes something is locked.
    pub fn of(denial: impl Fn() -> Option<Denial> + Send + Sync + 'static) -> Memo<Option<Self>> {
        let everything = Self::of_everything();
        Memo::new(move |_| everything.get().or_else(|| denial().map(Self::Denied)))
    }

    /// The lock of all that changes something, if there is one.
    pub fn of_everything() -> Signal<Option<Self>> {
        let live = expect_context::<Live>();
        let reader = use_reader();
        Signal::derive(move || match live.link.get() {
            _ if reader.read().is_viewing() => Some(Self::Denied(Denial::InsideView)),
            Link::Down => Some(Self::Offline),
            Link::Up => None,
        })
    }

    /// The id of the element that says why.
    pub fn id(self) -> String {
        match self {
            Self::Offline => OFFLINE_ID.into(),
            Self::Denied(denial) => denial_id(denial),
        }
    }

    /// Why, in words.
    pub fn words(self, language: Language) -> &'static str {
        match self {
            Self::Offline => messages::offline_reason(language),
            Self::Denied(denial) => denial.sentence(language),
        }
    }

    /// Whether it is a view that locks.
    pub const fn is_view(self) -> bool {
        matches!(self, Self::Denied(Denial::InsideView))
    }
}
