//! Upper and lower case. In WebAssembly the browser converts, because the Unicode tables of Rust would add to the download.

/// Converts a text to lower case.
pub fn to_lowercase(text: &str) -> String {
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
