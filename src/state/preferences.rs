use leptos::prelude::*;
use studio_users_domain::Language;

use super::{keep, kept};

/// Which colours to show.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// How the reader likes the page; kept in the browser.
#[derive(Debug, Clone, Copy)]
pub struct Preferences {
    /// The language.
    pub language: RwSignal<Language>,
    /// The colours.
    pub theme: RwSignal<Theme>,
}

// `index.html` reads these too, before the first paint.
const LANGUAGE_KEY: &str = "studio-users.language";
const THEME_KEY: &str = "studio-users.theme";

impl Theme {
    /// Every theme, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// The value of `data-theme`; none where the system decides.
    pub const fn attribute(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        }
    }
}

impl Preferences {
    /// What was kept, else what the browser asks for. Changes are kept from then on.
    pub fn load() -> Self {
        let asked = || window().navigator().language().and_then(|tag| Language::from_tag(&tag));
        let language = kept(LANGUAGE_KEY).and_then(|tag| Language::from_tag(&tag)).or_else(asked);
        let theme = kept(THEME_KEY);
        let theme = Theme::ALL.into_iter().find(|known| known.attribute() == theme.as_deref());
        let preferences = Self {
            language: RwSignal::new(language.unwrap_or_default()),
            theme: RwSignal::new(theme.unwrap_or_default()),
        };
        Effect::watch(
            move || preferences.theme.get(),
            |theme, _, _| keep(THEME_KEY, theme.attribute()),
            false,
        );
        preferences
    }

    /// Those of a page that is drawn without a browser, of which nobody knows what it kept.
    #[cfg(not(target_family = "wasm"))]
    pub fn drawn(language: Language) -> Self {
        Self { language: RwSignal::new(language), theme: RwSignal::new(Theme::System) }
    }

    /// Chooses a language: this browser keeps it.
    pub fn choose_language(self, language: Language) {
        keep(LANGUAGE_KEY, Some(language.tag()));
        let _ = self.language.try_set(language);
    }

    /// The language that was chosen in this browser.
    pub fn chosen_language(self) -> Option<Language> {
        kept(LANGUAGE_KEY).and_then(|tag| Language::from_tag(&tag))
    }

    /// Takes a language that somebody is known to read, where none was chosen in this browser.
    pub fn suggest_language(self, language: Language) {
        if kept(LANGUAGE_KEY).is_none() && self.language.try_get_untracked() != Some(language) {
            let _ = self.language.try_set(language);
        }
    }
}
