//! What each role can do: roles against capabilities, as the domain has them. Asks nothing of the backend.

mod model;
mod page;

use leptos::prelude::*;

use crate::parts::{Lazy, lazy};
use page::Roles;

/// What each role can do.
#[component]
pub fn RolesPage() -> impl IntoView {
    view! { <Lazy load=page with=() /> }
}

lazy! {
    fn page(_: ()) in dialogs {
        view! { <Roles /> }
    }
}
