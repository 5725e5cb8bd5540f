//! Enforces the layers of `ARCHITECTURE.md`: which modules and libraries a module may use.
//!
//! The test tokenizes the sources. So it ignores comments and strings, and finds every path: in `use` items, macros and
//! types.

#[path = "architecture/cycles.rs"]
mod cycles;
#[path = "architecture/source.rs"]
mod source;

use std::fs;
use std::path::{Path, PathBuf};

use source::Reference;

/// The modules of the page, from the top layer down, each with the modules that it may use.
const LAYERS: [(&str, &[&str]); 10] = [
    ("element", &["embed", "state", "i18n"]),
    ("app", &["embed", "features", "parts", "state", "api", "ui", "i18n", "style"]),
    ("embed", &["features", "parts", "state", "api", "ui", "i18n", "style"]),
    ("features", &["parts", "state", "api", "ui", "i18n", "style"]),
    ("parts", &["state", "ui", "i18n", "style"]),
    ("state", &["api", "i18n"]),
    ("api", &[]),
    ("ui", &[]),
    ("i18n", &[]),
    ("style", &[]),
];

/// The layers of the server, from the top down. A module may import the modules of lower layers, not those beside it.
const SERVER_LAYERS: [&[&str]; 10] = [
    &["main", "cli"],
    &["serve", "migrate"],
    &["http"],
    &["services"],
    &["state", "error"],
    &["demo"],
    &["database"],
    &["backup"],
    &["store"],
    &["audit", "events", "mail"],
];
/// The modules of the server below all layers. They import no module but each other.
const SERVER_BASE: [&str; 22] = [
    "ages",
    "batch",
    "clock",
    "csv",
    "data_lock",
    "directory_index",
    "failure",
    "keys",
    "links",
    "metrics",
    "private_files",
    "public_url",
    "random",
    "rate_limit",
    "readiness",
    "request_id",
    "secret",
    "sql",
    "stdout",
    "text",
    "token",
    "user_agent",
];

/// The source folders of the crates.
const CRATES: [&str; 5] =
    ["src", "crates/domain/src", "crates/contract/src", "crates/server/src", "crates/xtask/src"];

/// The libraries that only some modules may use. All modules except `ui` may use the other dependencies of the page.
const RESTRICTED_LIBRARIES: [(&str, &[&str]); 3] = [
    ("leptos_router", &["app"]),
    ("studio_users_contract", &["app", "embed", "features", "state", "api"]),
    ("studio_users_domain", &["app", "embed", "features", "parts", "state", "api", "i18n"]),
];

/// The libraries that `ui` may use: browser APIs, and nothing of the domain.
const UI_LIBRARIES: [&str; 5] = ["leptos", "web_sys", "js_sys", "wasm_bindgen", "wasm_bindgen_futures"];

/// The packages of the workspace: folder, name, and the workspace packages that it may depend on.
const PACKAGES: [(&str, &str, &[&str]); 5] = [
    ("crates/domain", "studio-users-domain", &[]),
    ("crates/contract", "studio-users-contract", &["studio-users-domain"]),
    (
        "crates/server",
        "studio-users-server",
        &["studio-users", "studio-users-contract", "studio-users-domain"],
    ),
    ("crates/xtask", "xtask", &[]),
    ("", "studio-users", &["studio-users-contract", "studio-users-domain"]),
];

/// The libraries that the domain may use. None of them does I/O or reads the clock by itself.
const DOMAIN_LIBRARIES: [&str; 7] =
    ["chrono", "email_address", "enumset", "serde", "thiserror", "utoipa", "uuid"];
/// The modules of the standard library that do I/O.
const IO_MODULES: [&str; 7] = ["env", "fs", "io", "net", "os", "process", "thread"];

/// The files that may take the row id of a user from the id: of an account that was read, or that is created.
const ROW_ID_SOURCES: [&str; 4] = ["keys.rs", "store/accounts.rs", "store/new_account.rs", "demo/build.rs"];

#[test]
fn page_modules_import_only_lower_layers() {
    let libraries = dependencies("");
    let libraries: Vec<_> = libraries.iter().map(|name| name.replace('-', "_")).collect();
    let problems = references("src").into_iter().filter_map(|r| page_violation(&r, &libraries));
    assert_none(problems);
}

#[test]
fn row_ids_come_from_accounts() {
    let is_allowed = |r: &Reference| {
        let file = r.file.to_string_lossy();
        ROW_ID_SOURCES.iter().any(|source| file.ends_with(source)) || file.contains("test")
    };
    let is_row_id = |r: &Reference| r.path.last().is_some_and(|name| name == "of_account");
    let (allowed, forbidden): (Vec<_>, Vec<_>) =
        references("crates/server/src").into_iter().filter(is_row_id).partition(is_allowed);
    assert!(!allowed.is_empty(), "the rule finds the calls");
    let why = "two ids may share a row id: use `user_keys`, which compares whole ids";
    assert_none(forbidden.iter().map(|r| message(r, why)));
}

#[test]
fn the_domain_does_no_io() {
    let does_io = |r: &Reference| {
        let [first, second, ..] = &r.path[..] else { return false };
        ["std", "core"].contains(&first.as_str()) && IO_MODULES.contains(&second.as_str())
            || r.path.iter().any(|name| ["SystemTime", "Instant"].contains(&name.as_str()))
    };
    let problems = references("crates/domain/src").into_iter().filter(does_io);
    let mut problems: Vec<_> = problems.map(|r| message(&r, "the domain must not do I/O")).collect();

    let unexpected = dependencies("crates/domain").into_iter();
    let unexpected = unexpected.filter(|name| !DOMAIN_LIBRARIES.contains(&name.as_str()));
    problems.extend(unexpected.map(|name| {
        format!("crates/domain/Cargo.toml: `{name}`: the domain may depend only on {DOMAIN_LIBRARIES:?}")
    }));
    assert_none(problems);
}

#[test]
fn packages_depend_only_on_lower_packages() {
    let is_in_workspace = |name: &String| PACKAGES.iter().any(|(_, package, _)| name == package);
    let problems = PACKAGES.iter().flat_map(|(folder, package, allowed)| {
        let forbidden = dependencies(folder).into_iter().filter(is_in_workspace);
        let forbidden = forbidden.filter(|name| !allowed.contains(&name.as_str()));
        forbidden.map(move |name| {
            format!("{folder}/Cargo.toml: `{name}`: {package} may depend only on {allowed:?}")
        })
    });
    assert_none(problems);
}

#[test]
fn the_server_imports_only_the_prerenderer_of_the_page() {
    let is_forbidden = |r: &Reference| {
        r.path.first().is_some_and(|name| name == "studio_users")
            && r.path[1..].iter().take(2).ne(["app", "prerender"])
    };
    let problems = references("crates/server/src").into_iter().filter(is_forbidden);
    assert_none(problems.map(|r| message(&r, "the backend may use only `app::prerender` of the page")));
}

#[test]
fn the_server_imports_only_lower_layers() {
    let rank = |name: &str| {
        let layer = SERVER_LAYERS.iter().position(|layer| layer.contains(&name));
        layer.or_else(|| SERVER_BASE.contains(&name).then_some(SERVER_LAYERS.len()))
    };
    let violation = |r: &Reference| {
        let (from, to) = (r.module.first()?.as_str(), r.path.get(1)?.as_str());
        if r.path[0] != "crate" || from == to || to == "testing" {
            return None;
        }
        let Some(above) = rank(from) else {
            return Some(message(r, &format!("`{from}` has no layer: add it to tests/architecture.rs")));
        };
        let below = rank(to)?;
        let is_base = below == SERVER_LAYERS.len();
        (!is_base && below <= above).then(|| message(r, &format!("`{from}` may import lower layers only")))
    };
    let references = references("crates/server/src").into_iter().filter(|r| !is_test(&r.module));
    assert_none(references.filter_map(|r| violation(&r)));
}

#[test]
fn only_the_http_layer_of_the_server_uses_axum() {
    let allowed = ["http", "serve", "cli"];
    let is_forbidden = |r: &Reference| {
        let is_axum =
            r.path.first().is_some_and(|name| ["axum", "tower", "tower_http"].contains(&name.as_str()));
        is_axum
            && !is_test(&r.module)
            && !r.module.first().is_some_and(|name| allowed.contains(&name.as_str()))
    };
    let problems = references("crates/server/src").into_iter().filter(is_forbidden);
    assert_none(problems.map(|r| message(&r, &format!("only {allowed:?} may use axum"))));
}

#[test]
fn no_crate_has_an_import_cycle() {
    assert_none(CRATES.iter().flat_map(|folder| cycles::cycles(&sources(folder))));
}

/// Whether a module of the server is compiled for tests only. Tests may import everything.
fn is_test(module: &[String]) -> bool {
    module
        .iter()
        .any(|name| ["tests", "testing", "sequences"].contains(&name.as_str()) || name.ends_with("_tests"))
}

/// Checks a reference against the layers. Returns a message if it violates them.
fn page_violation(reference: &Reference, libraries: &[String]) -> Option<String> {
    let names: Vec<_> = reference.path.iter().map(String::as_str).collect();
    let (module, path) = (&reference.module, &names[..]);
    let from = module.first().map_or("the crate root", String::as_str);
    let layer = LAYERS.iter().find(|(name, _)| *name == from);

    match path {
        ["crate" | "studio_users", to, rest @ ..] => {
            let Some((_, below)) = layer else {
                let is_crate_root = module.is_empty();
                return (!is_crate_root).then(|| {
                    message(reference, &format!("`{from}` has no layer: add it to tests/architecture.rs"))
                });
            };
            if from == "features" && *to == "features" {
                // `features/mod.rs` itself re-exports the features.
                let own = module.get(1)?;
                let is_own = rest.first().is_some_and(|name| name == own);
                return (!is_own).then(|| message(reference, "features must not import each other"));
            }
            let is_allowed = *to == from || below.contains(to) || !LAYERS.iter().any(|(name, _)| name == to);
            (!is_allowed).then(|| match *below {
                [] => message(reference, &format!("`{from}` may use no other module of the page")),
                _ => message(reference, &format!("`{from}` may use only {below:?} of the page")),
            })
        }
        [library, ..] if libraries.iter().any(|name| name == library) => {
            if let Some((_, users)) = RESTRICTED_LIBRARIES.iter().find(|(name, _)| name == library)
                && !users.contains(&from)
            {
                return Some(message(reference, &format!("only {users:?} may use `{library}`")));
            }
            if *library == "leptos_router" && module.get(1).is_none_or(|name| name != "router") {
                return Some(message(reference, "only `app::router` may use `leptos_router`"));
            }
            (from == "ui" && !UI_LIBRARIES.contains(library))
                .then(|| message(reference, &format!("`ui` may use only {UI_LIBRARIES:?}")))
        }
        _ => None,
    }
}

fn message(reference: &Reference, rule: &str) -> String {
    let Reference { file, line, path, .. } = reference;
    format!("{}:{line}: `{}`: {rule}", file.display(), path.join("::"))
}

fn assert_none(problems: impl IntoIterator<Item = String>) {
    let problems: Vec<_> = problems.into_iter().collect();
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the workspace root exists")
}

/// Returns all references in the Rust files of a folder, recursively.
fn references(folder: &str) -> Vec<Reference> {
    let references_in = |(file, text): &(PathBuf, String)| {
        source::references(&Path::new(folder).join(file), &source::module_of(file), text)
    };
    sources(folder).iter().flat_map(references_in).collect()
}

/// Returns the Rust files of a folder, recursively: each path below the folder, and the text.
fn sources(folder: &str) -> cycles::Sources {
    let root = root().join(folder);
    let (mut files, mut folders) = (Vec::new(), vec![root.clone()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("the folder is readable") {
            let path = entry.expect("the folder is readable").path();
            match path.extension() {
                _ if path.is_dir() => folders.push(path),
                Some(extension) if extension == "rs" => files.push(path),
                _ => {}
            }
        }
    }
    assert!(!files.is_empty(), "{folder} contains no Rust file");
    files.sort();
    let read = |file: PathBuf| {
        let text = fs::read_to_string(&file).expect("the source is UTF-8");
        (file.strip_prefix(&root).expect("the file is in the folder").to_path_buf(), text)
    };
    files.into_iter().map(read).collect()
}

/// Returns the names of the dependencies of a package, without its dev-dependencies.
fn dependencies(folder: &str) -> Vec<String> {
    let manifest = fs::read_to_string(root().join(folder).join("Cargo.toml")).expect("the manifest exists");
    source::dependencies(&manifest)
}

fn violations(module: &[&str], text: &str) -> Vec<String> {
    let module: Vec<_> = module.iter().map(|name| (*name).to_owned()).collect();
    let libraries = ["chrono", "leptos", "leptos_router", "studio_users_contract", "studio_users_domain"]
        .map(String::from);
    let references = source::references(Path::new("src/x.rs"), &module, text);
    references.iter().filter_map(|r| page_violation(r, &libraries)).collect()
}

#[test]
fn a_violation_names_the_file_line_and_rule() {
    let problems = violations(&["state", "session"], "use std::rc::Rc;\nuse crate::ui::Button;\n");
    assert_eq!(
        problems,
        ["src/x.rs:2: `crate::ui::Button`: `state` may use only [\"api\", \"i18n\"] of the page"]
    );
}

#[test]
fn features_must_not_import_each_other() {
    let users = &["features", "users", "store"];
    assert_eq!(violations(users, "use crate::features::users::model; use super::model::Row;"), [""; 0]);
    for text in [
        "use crate::features::invite::Dialog;",
        "use super::super::invite::Dialog;",
        "use crate::{api, features::{invite, users}};",
        "fn f() { view! { <crate::features::invite::Dialog/> } }",
        "use crate::features::*;",
    ] {
        assert_eq!(violations(users, text).len(), 1, "{text}");
    }
    assert_eq!(violations(&["features"], "pub use users::Users; pub use crate::features::invite;"), [""; 0]);
}

#[test]
fn ui_uses_only_browser_libraries() {
    let ui = &["ui", "chip"];
    assert_eq!(violations(ui, "use leptos::prelude::*; use crate::ui::Icon; use std::fmt;"), [""; 0]);
    for text in [
        "use crate::i18n::t;",
        "use studio_users_domain::Role;",
        "use chrono::Utc;",
        "use super::super::state;",
    ] {
        assert_eq!(violations(ui, text).len(), 1, "{text}");
    }
}

#[test]
fn only_app_router_uses_leptos_router() {
    let text = "use leptos_router::hooks::use_navigate;";
    assert_eq!(violations(&["app", "router"], text), [""; 0]);
    assert_eq!(violations(&["app", "studio"], text).len(), 1);
    assert_eq!(violations(&["features", "users"], text).len(), 1);
    assert_eq!(violations(&["state"], text).len(), 1);
}

#[test]
fn a_new_module_needs_a_layer() {
    assert!(violations(&["helpers"], "use crate::api::Client;")[0].contains("has no layer"));
}
