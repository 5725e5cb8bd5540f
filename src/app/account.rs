use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_domain::Denial;

use super::preferences_menu::{LanguageChoices, ThemeChoices};
use super::session::AppSession;
use crate::i18n::{messages, use_language};
use crate::state::{CurrentUser, History, Navigation, Route};
use crate::ui::{Avatar, Glyph, Icon, Menu, MenuItem};

/// The account menu: language, theme, profile and sign out.
#[component]
pub(super) fn Account(current_user: Arc<CurrentUser>) -> impl IntoView {
    let language = use_language();
    let session = expect_context::<AppSession>();
    let navigation = StoredValue::new(expect_context::<Navigation>());
    // During an impersonation the menu shows the impersonated user, whose account cannot be changed.
    let (email, id) = match &current_user.session.view {
        Some(view) => (view.user.email.clone(), view.user.id),
        None => (current_user.session.user.email.clone(), current_user.session.user.id),
    };
    let (name, seed) = (current_user.name().to_owned(), id.to_string());
    let locked = current_user.is_viewing().then(|| Denial::InsideView.message(language));
    let glyph = move |usual| if locked.is_some() { Glyph::Lock } else { usual };
    let class = if locked.is_some() { "studio__account studio__account--viewed" } else { "studio__account" };
    let label = messages::account_of(language, &name);
    let avatar_name = name.clone();
    view! {
        <Menu
            label=Signal::stored(label)
            class
            button=ViewFn::from(move || view! { <Avatar name=avatar_name.clone() seed=seed.clone() /> })
            at_end=true
        >
            <div class="menu__person">
                <strong>
                    <bdi>{name.clone()}</bdi>
                </strong>
                <span class="hint">{email.clone()}</span>
            </div>
            <div class="menu__rule" role="separator"></div>
            <div role="group" aria-label=messages::language(language)>
                <div class="menu__heading" aria-hidden="true">
                    {messages::language(language)}
                </div>
                <LanguageChoices />
            </div>
            <div class="menu__rule" role="separator"></div>
            <div role="group" aria-label=messages::theme(language)>
                <div class="menu__heading" aria-hidden="true">
                    {messages::theme(language)}
                </div>
                <ThemeChoices />
            </div>
            <div class="menu__rule" role="separator"></div>
            <MenuItem locked=locked.map(String::from) on_select=move |()| {
                navigation.with_value(|navigation| navigation.go(Route::Account, History::Push));
            }>
                <Icon glyph=glyph(Glyph::Settings) />
                {messages::your_account(language)}
            </MenuItem>
            <MenuItem locked=locked.map(String::from) on_select=move |()| spawn_local(session.sign_out())>
                <Icon glyph=glyph(Glyph::Exit) />
                {messages::sign_out(language)}
            </MenuItem>
        </Menu>
    }
}
