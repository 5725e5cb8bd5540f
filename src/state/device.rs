use studio_users_contract::device_parts;

use crate::i18n::{Language, messages};

/// Returns the name of a device in the user's language. The backend sends it in English.
pub fn device_label(language: Language, device: &str) -> String {
    match device_parts(device) {
        (browser, Some(system)) => messages::browser_on_system(language, browser, system),
        (program, None) => program.to_owned(),
    }
}
