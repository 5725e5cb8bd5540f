use std::sync::Arc;

use leptos::prelude::*;
use studio_users_contract::UserRow;
use studio_users_domain::UserId;

use super::columns::{Column, Layout};
use crate::features::users::data::rows::CachedRow;
use crate::features::users::data::selection::Selection;
use crate::i18n::Language;
use crate::state::{CurrentUser, Lock};

/// The context that the cells of all rows share.
#[derive(Clone, Copy)]
pub(crate) struct RowContext {
    pub(crate) language: Language,
    /// The CSS font of chips and tags.
    pub(crate) font: Signal<String>,
    /// The width of the roles column, in px.
    pub(crate) roles_width: Signal<f64>,
    /// The width of the environments column, in px.
    pub(crate) environments_width: Signal<f64>,
    /// The lock on all actions that change data, if any.
    pub(crate) lock: Signal<Option<Lock>>,
    pub(crate) selection: Selection,
    pub(crate) current_user: Signal<Arc<CurrentUser>>,
    pub(crate) layout: Layout,
    /// The rendered columns without the name.
    pub(crate) columns: Signal<Vec<Column>>,
    /// Returns the URL that opens a user.
    pub(crate) href: Callback<UserId, String>,
}

/// The row that a set of cells shows. It changes when the virtual list recycles the DOM row.
///
/// Updating cells costs far less than creating them. After a row is removed, the signal keeps its last value.
#[derive(Clone, Copy)]
pub(crate) struct RowSignal(pub(super) Memo<Option<CachedRow>>);

impl RowSignal {
    /// Reads from the row and tracks changes. Returns the default value before the first row arrives.
    pub(crate) fn with<T: Default>(self, read: impl FnOnce(&UserRow) -> T) -> T {
        self.0.with(|row| row.as_deref().map(read)).unwrap_or_default()
    }
}
