//! The toolbar: the search field, the filters and the columns menu.

pub(crate) mod bar;
pub(crate) mod columns_menu;
pub(crate) mod filters;
