use leptos::prelude::*;
use studio_users_domain::Language;

use super::{get_local_item, set_local_item};

/// The colour scheme.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Theme {
    /// Follows the operating system (`prefers-color-scheme`).
    #[default]
    System,
    /// Dark text on a light background.
    Light,
    /// Light text on a dark background.
    Dark,
}

/// The user's display preferences, persisted in `localStorage`.
#[derive(Debug, Clone, Copy)]
pub struct Preferences {
    /// The language of the texts.
    pub language: RwSignal<Language>,
    /// The colour scheme.
    pub theme: RwSignal<Theme>,
}

// `index.html` reads both keys too, before the first paint.
const LANGUAGE_KEY: &str = "studio-users.language";
const THEME_KEY: &str = "studio-users.theme";

impl Theme {
    /// Every theme, in the order of the menu.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// The value of the `data-theme` attribute. `None` where the system decides.
    pub const fn attribute(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        }
    }
}

impl Preferences {
    /// Loads the stored preferences and persists later changes of the theme. The default language is the browser's.
    pub fn load() -> Self {
        let browser_language = || window().navigator().language().and_then(|tag| Language::from_tag(&tag));
        let language =
            get_local_item(LANGUAGE_KEY).and_then(|tag| Language::from_tag(&tag)).or_else(browser_language);
        let theme = get_local_item(THEME_KEY);
        let theme = Theme::ALL.into_iter().find(|known| known.attribute() == theme.as_deref());
        let preferences = Self {
            language: RwSignal::new(language.unwrap_or_default()),
            theme: RwSignal::new(theme.unwrap_or_default()),
        };
        Effect::watch(
            move || preferences.theme.get(),
            |theme, _, _| set_local_item(THEME_KEY, theme.attribute()),
            false,
        );
        preferences
    }

    /// The preferences for prerendering in the backend, where `localStorage` is unknown.
    #[cfg(not(target_family = "wasm"))]
    pub fn prerendered(language: Language) -> Self {
        Self { language: RwSignal::new(language), theme: RwSignal::new(Theme::System) }
    }

    /// Sets the language and persists the choice.
    pub fn choose_language(self, language: Language) {
        set_local_item(LANGUAGE_KEY, Some(language.tag()));
        let _ = self.language.try_set(language);
    }

    /// Returns the language that the user chose in this browser.
    pub fn chosen_language(self) -> Option<Language> {
        get_local_item(LANGUAGE_KEY).and_then(|tag| Language::from_tag(&tag))
    }

    /// Sets the language from a profile or an invitation. A choice made in this browser takes precedence.
    pub fn suggest_language(self, language: Language) {
        if get_local_item(LANGUAGE_KEY).is_none() && self.language.try_get_untracked() != Some(language) {
            let _ = self.language.try_set(language);
        }
    }
}
