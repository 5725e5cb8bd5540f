use leptos::prelude::*;

use super::preferences_menu::{LanguageChoices, ThemeChoices, theme_name};
use crate::i18n::{endonym, messages, use_language};
use crate::state::Preferences;
use crate::ui::{Glyph, Icon, Menu};

/// The frame of the pages that need no session: signing in and joining.
#[component]
pub(super) fn PublicFrame(children: Children) -> impl IntoView {
    let language = use_language();
    view! {
        <div class="su public-frame">
            <header class="public-frame__top">
                <span class="studio__logo">
                    <Icon glyph=Glyph::Logo />
                </span>
                {messages::studio(language)}
            </header>
            <main class="public-frame__main">{children()}</main>
            <PublicFooter />
        </div>
    }
}

/// The footer with the choice of language and theme.
#[component]
fn PublicFooter() -> impl IntoView {
    let language = use_language();
    let preferences = expect_context::<Preferences>();
    let theme = move || theme_name(language, preferences.theme.get());
    view! {
        <footer class="public-frame__foot">
            <Menu
                label=Signal::stored(format!("{}: {}", messages::language(language), endonym(language)))
                class="link link--quiet"
                button=ViewFn::from(move || endonym(language))
                above=true
            >
                <LanguageChoices />
            </Menu>
            <Menu
                label=Signal::derive(move || format!("{}: {}", messages::theme(language), theme()))
                class="link link--quiet"
                button=ViewFn::from(move || {
                    view! { {messages::theme(language)} ": " {theme} }
                })
                above=true
            >
                <ThemeChoices />
            </Menu>
            {privacy_policy()
                .map(|url| {
                    view! {
                        <a class="link link--quiet" href=url rel="privacy-policy">
                            {messages::privacy(language)}
                        </a>
                    }
                })}
        </footer>
    }
}

/// Returns the URL of the privacy policy, if the backend has one. The backend adds the link to the HTML.
fn privacy_policy() -> Option<String> {
    let link = document().query_selector("link[rel=privacy-policy]").ok()??;
    link.get_attribute("href")
}
