use js_sys::JsString;
use studio_users_domain::Unicode;
use web_sys::Url;

/// The Unicode operations of the browser. So the page needs no tables of its own.
#[derive(Debug, Clone, Copy)]
pub struct BrowserUnicode;

impl Unicode for BrowserUnicode {
    /// <https://developer.mozilla.org/docs/Web/JavaScript/Reference/Global_Objects/String/normalize>
    fn nfc(&self, text: &str) -> String {
        JsString::from(text).normalize("NFC").into()
    }

    fn nfkc(&self, text: &str) -> String {
        JsString::from(text).normalize("NFKC").into()
    }

    /// The parser of URLs converts the domain.
    fn domain_to_ascii(&self, domain: &str) -> Option<String> {
        Url::new(&format!("http://{domain}/")).ok().map(|url| url.hostname())
    }
}

/// The Unicode operations of the backend, for native tests.
#[cfg(all(test, not(target_arch = "wasm32")))]
#[derive(Debug, Clone, Copy)]
pub struct NativeUnicode;

#[cfg(all(test, not(target_arch = "wasm32")))]
impl Unicode for NativeUnicode {
    fn nfc(&self, text: &str) -> String {
        unicode_normalization::UnicodeNormalization::nfc(text).collect()
    }

    fn nfkc(&self, text: &str) -> String {
        unicode_normalization::UnicodeNormalization::nfkc(text).collect()
    }

    fn domain_to_ascii(&self, domain: &str) -> Option<String> {
        idna::domain_to_ascii(domain).ok()
    }
}
