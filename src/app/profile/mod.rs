//! The profile page of the current user: name, language and sessions, and who viewed the
//! studio as them.

mod failure;
mod form;
mod sessions;
mod views;

use std::sync::Arc;

use leptos::prelude::*;

use super::session::AppSession;
use crate::api::Client;
use crate::i18n::{messages, use_language};
use crate::parts::lazy;
use crate::state::CurrentUser;
use form::ProfileForm;
use sessions::Sessions;
use views::OwnViewList;

lazy! {
    /// Loads the profile page.
    pub(super) fn profile(current_user: Signal<Arc<CurrentUser>>) in studio {
        view! { <ProfilePage current_user /> }
    }
}

#[component]
fn ProfilePage(#[prop(into)] current_user: Signal<Arc<CurrentUser>>) -> impl IntoView {
    let language = use_language();
    let renewal = expect_context::<AppSession>().renewal;
    // If the session has expired, the user signs in again and the requests are retried.
    provide_context(expect_context::<Client>().with_session_renewal(move || renewal.wait()));
    view! {
        <div class="profile">
            <h1 class="page-head__title">{messages::your_account(language)}</h1>
            <ProfileForm current_user />
            <Sessions />
            <OwnViewList />
        </div>
    }
}
