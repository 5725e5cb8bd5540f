//! Large and small letters, as the browser knows them: tables of all writing would have to be loaded. Outside of a browser,
//! where nothing is loaded, Rust's own serve.

/// In small letters.
pub fn small(text: &str) -> String {
    #[cfg(target_family = "wasm")]
    return js_sys::JsString::from(text).to_lower_case().into();
    #[cfg(not(target_family = "wasm"))]
    return text.to_lowercase();
}

/// In large letters.
pub fn large(text: &str) -> String {
    #[cfg(target_family = "wasm")]
    return js_sys::JsString::from(text).to_upper_case().into();
    #[cfg(not(target_family = "wasm"))]
    return text.to_uppercase();
}
