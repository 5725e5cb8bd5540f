//! One's own page: the name, the language, and the sessions.

mod form;
mod sessions;

use std::sync::Arc;

use leptos::prelude::*;

use super::signed_in::SignedIn;
use crate::api::Client;
use crate::i18n::{messages, use_language};
use crate::parts::lazy;
use crate::state::Reader;
use form::ProfileForm;
use sessions::Sessions;

lazy! {
    /// The page, of whoever reads.
    pub(super) fn profile(reader: Signal<Arc<Reader>>) in studio {
        view! { <ProfilePage reader /> }
    }
}

/// The page of the signed-in person about themselves.
#[component]
fn ProfilePage(
    /// Who reads.
    #[prop(into)]
    reader: Signal<Arc<Reader>>,
) -> impl IntoView {
    let language = use_language();
    let ended = expect_context::<SignedIn>().ended;
    // Whose session has ended signs in again, and what was asked goes on.
    provide_context(expect_context::<Client>().renewing(move || ended.wait()));
    view! {
        <div class="profile">
            <h1 class="page-head__title">{messages::your_account(language)}</h1>
            <ProfileForm reader />
            <Sessions />
        </div>
    }
}
