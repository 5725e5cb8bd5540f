use leptos::leptos_dom::helpers::is_server;
use leptos::prelude::window;
use web_sys::Storage;

/// What the browser kept under this name.
pub fn kept(key: &str) -> Option<String> {
    // What is drawn without a browser knows of nothing that one keeps.
    if is_server() { None } else { read(window().local_storage().ok().flatten(), key) }
}

/// Keeps a value in the browser, or forgets it. Where the browser keeps nothing (a full disk, a private window),
/// the choice lasts as long as the page.
pub fn keep(key: &str, value: Option<&str>) {
    write(window().local_storage().ok().flatten(), key, value);
}

/// What this tab kept under this name: it outlives a reload, and no other tab sees it.
pub fn kept_in_tab(key: &str) -> Option<String> {
    read(window().session_storage().ok().flatten(), key)
}

/// Keeps a value in this tab, or forgets it.
pub fn keep_in_tab(key: &str, value: Option<&str>) {
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
