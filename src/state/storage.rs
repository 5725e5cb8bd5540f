use leptos::prelude::window;
use web_sys::Storage;

/// What the browser kept under this name.
pub fn kept(key: &str) -> Option<String> {
    storage()?.get_item(key).ok().flatten()
}

/// Keeps a value in the browser, or forgets it. Where the browser keeps nothing (a full disk, a private window),
/// the choice lasts as long as the page.
pub fn keep(key: &str, value: Option<&str>) {
    if let Some(storage) = storage() {
        let _ = match value {
            Some(value) => storage.set_item(key, value),
            None => storage.remove_item(key),
        };
    }
}

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}
