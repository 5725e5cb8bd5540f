use leptos::leptos_dom::helpers::is_server;
use leptos::prelude::window;
use web_sys::Storage;

/// Reads a value from `localStorage`.
pub fn get_local_item(key: &str) -> Option<String> {
    // The backend prerenders without a browser, so nothing is stored.
    if is_server() { None } else { read(window().local_storage().ok().flatten(), key) }
}

/// Writes a value to `localStorage`, or removes it. Failures are ignored (a full disk, a private window): the choice
/// then lasts as long as the page.
pub fn set_local_item(key: &str, value: Option<&str>) {
    write(window().local_storage().ok().flatten(), key, value);
}

/// Reads a value from `sessionStorage`, which survives a reload and is private to the tab.
pub fn get_session_item(key: &str) -> Option<String> {
    read(window().session_storage().ok().flatten(), key)
}

/// Writes a value to `sessionStorage`, or removes it.
pub fn set_session_item(key: &str, value: Option<&str>) {
    write(window().session_storage().ok().flatten(), key, value);
}

fn read(storage: Option<Storage>, key: &str) -> Option<String> {
    storage?.get_item(key).ok().flatten()
}

fn write(storage: Option<Storage>, key: &str, value: Option<&str>) {
    if let Some(storage) = storage {
        let _ = match value {
            Some(value) => storage.set_item(key, value),
            None => storage.remove_item(key),
        };
    }
}
