//! Upper and lower case, and accents. In WebAssembly the browser converts, because the Unicode tables of Rust would add
//! to the download.

/// Converts a text to lower case.
pub fn to_lowercase(text: &str) -> String {
    // Spares most texts the way to the browser and back.
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    #[cfg(target_family = "wasm")]
    return js_sys::JsString::from(text).to_lower_case().into();
    #[cfg(not(target_family = "wasm"))]
    return text.to_lowercase();
}

/// Converts a text to upper case.
pub fn to_uppercase(text: &str) -> String {
    #[cfg(target_family = "wasm")]
    return js_sys::JsString::from(text).to_upper_case().into();
    #[cfg(not(target_family = "wasm"))]
    return text.to_uppercase();
}

/// Separates the accents from their letters, as characters of their own. Replaces compatibility forms, such as full-width
/// letters
/// ([NFKD](https://developer.mozilla.org/docs/Web/JavaScript/Reference/Global_Objects/String/normalize)).
pub fn decompose(text: &str) -> String {
    #[cfg(target_family = "wasm")]
    return js_sys::JsString::from(text).normalize("NFKD").into();
    #[cfg(all(test, not(target_family = "wasm")))]
    return unicode_normalization::UnicodeNormalization::nfkd(text).collect();
    // The backend prerenders nothing that needs it.
    #[cfg(not(any(test, target_family = "wasm")))]
    return text.to_owned();
}
