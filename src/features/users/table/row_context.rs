use leptos::prelude::*;
use studio_users_domain::UserId;

use super::columns::Column;
use crate::features::users::data::selection::Selection;
use crate::features::users::data::store::UsersStore;
use crate::i18n::Language;
use crate::state::Lock;

/// The signals that the rows read. [`RowSettings`] is one memo, because each row subscribes to everything that it reads.
#[derive(Clone, Copy)]
pub(super) struct RowContext {
    pub(super) store: UsersStore,
    pub(super) settings: Memo<RowSettings>,
    pub(super) selection: Selection,
    /// The user whose panel is open.
    pub(super) open: Signal<Option<UserId>>,
    /// Returns the URL that opens a user.
    pub(super) href: Callback<UserId, String>,
}

/// The values that all rows share. A row shows them together with its user.
#[derive(Clone, PartialEq)]
pub(super) struct RowSettings {
    pub(super) language: Language,
    /// The CSS font of chips and tags.
    pub(super) font: String,
    /// The width of the roles column, in px.
    pub(super) roles_width: f64,
    /// The width of the environments column, in px.
    pub(super) environments_width: f64,
    /// The rendered columns without the name, with their `aria-colindex`.
    pub(super) columns: Vec<(Column, usize)>,
    pub(super) aria_colcount: usize,
    /// The lock on all actions that change data, if any.
    pub(super) lock: Option<Lock>,
    /// The user whose invitation link was just copied.
    pub(super) copied_link: Option<UserId>,
    pub(super) current_user: UserId,
    /// The number of environments that the current user manages.
    pub(super) managed_environments: usize,
}
