use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_domain::Denial;

use super::preferences_menu::{LanguageChoices, ThemeChoices};
use super::signed_in::SignedIn;
use crate::i18n::{messages, use_language};
use crate::state::{History, Navigation, Place, Reader};
use crate::ui::{Avatar, Glyph, Icon, Menu, MenuItem};

/// The signed-in person: how they like the page, and the way out.
#[component]
pub(super) fn Account(
    /// Who reads.
    reader: Arc<Reader>,
) -> impl IntoView {
    let language = use_language();
    let signed_in = expect_context::<SignedIn>();
    let navigation = StoredValue::new(expect_context::<Navigation>());
    // Inside a view it is the viewed person's, of which there is nothing to change.
    let (email, id) = match &reader.session.view {
        Some(view) => (view.user.email.clone(), view.user.id),
        None => (reader.session.user.email.clone(), reader.session.user.id),
    };
    let (name, seed) = (reader.name().to_owned(), id.to_string());
    let locked = reader.is_viewing().then(|| Denial::InsideView.sentence(language));
    let glyph = move |usual| if locked.is_some() { Glyph::Lock } else { usual };
    let class = if locked.is_some() { "studio__account studio__account--viewed" } else { "studio__account" };
    let label = messages::account_of(language, &name);
    let shown = name.clone();
    view! {
        <Menu
            label=Signal::stored(label)
            class
            button=ViewFn::from(move || view! { <Avatar name=shown.clone() seed=seed.clone() /> })
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
                navigation.with_value(|navigation| navigation.go(Place::Account, History::Push));
            }>
                <Icon glyph=glyph(Glyph::Settings) />
                {messages::your_account(language)}
            </MenuItem>
            <MenuItem locked=locked.map(String::from) on_select=move |()| spawn_local(signed_in.sign_out())>
                <Icon glyph=glyph(Glyph::Exit) />
                {messages::sign_out(language)}
            </MenuItem>
        </Menu>
    }
}
