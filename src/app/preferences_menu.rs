use leptos::prelude::*;

use crate::i18n::{Language, endonym, messages, use_language};
use crate::state::{Preferences, Theme};
use crate::ui::MenuItemRadio;

/// The menu items that choose the language.
#[component]
pub(super) fn LanguageChoices() -> impl IntoView {
    let preferences: Preferences = expect_context();
    let language = preferences.language;
    Language::ALL
        .map(|offered| {
            view! {
                <MenuItemRadio
                    is_checked=Signal::derive(move || language.get() == offered)
                    on_select=move |()| preferences.choose_language(offered)
                >
                    <span lang=offered.tag()>{endonym(offered)}</span>
                </MenuItemRadio>
            }
        })
        .collect_view()
}

/// The menu items that choose the theme.
#[component]
pub(super) fn ThemeChoices() -> impl IntoView {
    let language = use_language();
    let Preferences { theme, .. } = expect_context();
    Theme::ALL
        .map(|offered| {
            view! {
                <MenuItemRadio
                    is_checked=Signal::derive(move || theme.get() == offered)
                    on_select=move |()| theme.set(offered)
                >
                    {theme_name(language, offered)}
                </MenuItemRadio>
            }
        })
        .collect_view()
}

pub(super) fn theme_name(language: Language, theme: Theme) -> &'static str {
    match theme {
        Theme::System => messages::theme_system(language),
        Theme::Light => messages::theme_light(language),
        Theme::Dark => messages::theme_dark(language),
    }
}
