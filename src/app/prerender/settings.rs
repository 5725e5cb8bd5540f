//! The settings of the browser that the prerendered view depends on.

use crate::features::users::PrerenderedLayout;
use crate::i18n::Language;

/// The settings that the browser stores. `settings.js` sends them in a cookie, because only the backend renders the view.
#[derive(Debug, Clone, Default)]
pub struct BrowserSettings {
    pub(super) language: Option<Language>,
    pub(super) layout: PrerenderedLayout,
}

impl BrowserSettings {
    /// Parses the value of the cookie: the language, the columns and the density, separated by `~`. A part that is not
    /// stored is empty. A comma is not allowed in a cookie ([RFC
    /// 6265](https://www.rfc-editor.org/rfc/rfc6265#section-4.1.1)), so the columns are separated by full stops.
    pub fn parse(cookie: &str) -> Self {
        let mut parts = cookie.split('~');
        let mut next = || parts.next().unwrap_or_default();
        let (language, columns, density) = (next(), next(), next());
        Self {
            language: Language::from_tag(language),
            layout: PrerenderedLayout { columns: columns.replace('.', ","), density: density.to_owned() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_the_cookie() {
        let settings = BrowserSettings::parse("nl~created.-roles~compact");
        assert_eq!(settings.language, Some(Language::Nl));
        assert_eq!(settings.layout.columns, "created,-roles");
        assert_eq!(settings.layout.density, "compact");
        for cookie in ["", "~~", "xx", "~~~~"] {
            let settings = BrowserSettings::parse(cookie);
            assert_eq!((settings.language, settings.layout.columns), (None, String::new()), "{cookie}");
        }
    }
}
