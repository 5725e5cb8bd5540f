//! The list of users where the program cannot run. Only the backend renders these texts.

use studio_users_domain::Language;

messages! {
    webassembly_blocked {
        en: "This browser blocks WebAssembly, so this list is read-only.",
        nl: "Deze browser blokkeert WebAssembly. Daarom is deze lijst alleen-lezen."
    }
    javascript_off {
        en: "JavaScript is turned off, so this list is read-only.",
        nl: "JavaScript staat uit. Daarom is deze lijst alleen-lezen."
    }
}
