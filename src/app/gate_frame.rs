use leptos::prelude::*;

use super::preferences_menu::{LanguageChoices, ThemeChoices, theme_name};
use crate::i18n::{endonym, messages, use_language};
use crate::state::Preferences;
use crate::ui::{Glyph, Icon, Menu};

/// The page before the studio: what stands around signing in and joining.
#[component]
pub(super) fn GateFrame(
    /// What stands in it.
    children: Children,
) -> impl IntoView {
    let language = use_language();
    view! {
        <div class="su gate">
            <header class="gate__top">
                <span class="studio__logo">
                    <Icon glyph=Glyph::Logo />
                </span>
                {messages::studio(language)}
            </header>
            <main class="gate__main">{children()}</main>
            <GateFoot />
        </div>
    }
}

/// The choices that one may want to make before signing in.
#[component]
fn GateFoot() -> impl IntoView {
    let language = use_language();
    let preferences = expect_context::<Preferences>();
    let theme = move || theme_name(language, preferences.theme.get());
    view! {
        <footer class="gate__foot">
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
        </footer>
    }
}
