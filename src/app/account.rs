use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;

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
    let (name, email) = (reader.name().to_owned(), reader.session.user.email.clone());
    let seed = reader.session.user.id.to_string();
    let label = messages::account_of(language, &name);
    let shown = name.clone();
    view! {
        <Menu
            label=Signal::stored(label)
            class="studio__account"
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
            <MenuItem on_select=move |()| {
                navigation.with_value(|navigation| navigation.go(Place::Account, History::Push));
            }>
                <Icon glyph=Glyph::Settings />
                {messages::your_account(language)}
            </MenuItem>
            <MenuItem on_select=move |()| spawn_local(signed_in.sign_out())>
                <Icon glyph=Glyph::Exit />
                {messages::sign_out(language)}
            </MenuItem>
        </Menu>
    }
}
