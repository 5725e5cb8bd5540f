//! The role matrix: roles against capabilities, from the domain crate. Sends no requests.

mod model;
mod page;

use leptos::prelude::*;

use crate::parts::{Lazy, lazy};
use page::Roles;

/// The page with the role matrix.
#[component]
pub fn RolesPage() -> impl IntoView {
    view! { <Lazy load=page with=() /> }
}

lazy! {
    fn page(_: ()) in dialogs {
        view! { <Roles /> }
    }
}
