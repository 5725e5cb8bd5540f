use leptos::prelude::*;
use studio_users_domain::Denial;

use super::{Connection, EventStream, OFFLINE_ID, denial_id, use_current_user};
use crate::i18n::{Language, messages};
use crate::reactive::memo;

/// The reason why a control is locked. A locked control stays focusable (`aria-disabled`) so that it can explain the reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lock {
    /// The backend is unreachable.
    Offline,
    /// The backend would deny the action.
    Denied(Denial),
}

impl Lock {
    /// Returns the lock of an action that `denial` may forbid. Every change is locked during an impersonation and while
    /// the backend is unreachable.
    pub fn of(denial: impl Fn() -> Option<Denial> + Send + Sync + 'static) -> Memo<Option<Self>> {
        let everything = Self::of_everything();
        memo(move |_| everything.get().or_else(|| denial().map(Self::Denied)))
    }

    /// Returns the lock that applies to every change: impersonation or an unreachable backend.
    pub fn of_everything() -> Signal<Option<Self>> {
        let event_stream = expect_context::<EventStream>();
        let current_user = use_current_user();
        Signal::derive(move || match event_stream.connection.get() {
            _ if current_user.read().is_viewing() => Some(Self::Denied(Denial::InsideView)),
            Connection::Down => Some(Self::Offline),
            Connection::Up => None,
        })
    }

    /// The id of the element that describes the reason, for `aria-describedby`.
    pub fn id(self) -> String {
        match self {
            Self::Offline => OFFLINE_ID.into(),
            Self::Denied(denial) => denial_id(denial),
        }
    }

    /// The reason as text.
    pub fn words(self, language: Language) -> &'static str {
        match self {
            Self::Offline => messages::offline_reason(language),
            Self::Denied(denial) => denial.message(language),
        }
    }

    /// Whether an impersonation is the reason.
    pub const fn is_view(self) -> bool {
        matches!(self, Self::Denied(Denial::InsideView))
    }
}
