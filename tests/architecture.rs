//! Holds the floors of `ARCHITECTURE.md`: what a module may know of.
//!
//! The sources are read as tokens, so that comments and texts count nothing, and every path counts, wherever it
//! stands: in a `use`, in a macro or in a type.

#[path = "architecture/source.rs"]
mod source;

use std::fs;
use std::path::{Path, PathBuf};

use source::Reference;

/// The modules of the page, each with those of the page that it may use, from the top down.
const FLOORS: [(&str, &[&str]); 10] = [
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

/// The libraries that only some modules may use. What the page depends on besides is free to all but `ui`.
const LIBRARIES: [(&str, &[&str]); 3] = [
    ("leptos_router", &["app"]),
    ("studio_users_contract", &["app", "embed", "features", "state", "api"]),
    ("studio_users_domain", &["app", "embed", "features", "parts", "state", "api", "i18n"]),
];

/// All that `ui` may use: it knows the browser, and nothing of users.
const LIBRARIES_OF_UI: [&str; 5] = ["leptos", "web_sys", "js_sys", "wasm_bindgen", "wasm_bindgen_futures"];

/// Our packages, each with those of ours that it may depend on.
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

/// What the rules are written with. None of these reads, writes, waits, or tells the time by itself.
const LIBRARIES_OF_DOMAIN: [&str; 6] = ["chrono", "enumset", "serde", "thiserror", "utoipa", "uuid"];
/// What of the standard library reaches out of the program.
const OUTSIDE: [&str; 7] = ["env", "fs", "io", "net", "os", "process", "thread"];

#[test]
fn imports_of_the_page_point_down() {
    let libraries = dependencies("");
    let libraries: Vec<_> = libraries.iter().map(|name| name.replace('-', "_")).collect();
    let problems = references("src").into_iter().filter_map(|r| problem_in_page(&r, &libraries));
    expect_none(problems);
}

#[test]
fn the_rules_reach_for_nothing_outside() {
    let outside = |r: &Reference| {
        let [first, second, ..] = &r.path[..] else { return false };
        ["std", "core"].contains(&first.as_str()) && OUTSIDE.contains(&second.as_str())
            || r.path.iter().any(|name| ["SystemTime", "Instant"].contains(&name.as_str()))
    };
    let problems = references("crates/domain/src").into_iter().filter(outside);
    let mut problems: Vec<_> =
        problems.map(|r| complaint(&r, "the domain is pure: it does no I/O")).collect();

    let strange = dependencies("crates/domain").into_iter();
    let strange = strange.filter(|name| !LIBRARIES_OF_DOMAIN.contains(&name.as_str()));
    problems.extend(strange.map(|name| {
        format!("crates/domain/Cargo.toml: `{name}`: the domain depends on pure libraries only: {LIBRARIES_OF_DOMAIN:?}")
    }));
    expect_none(problems);
}

#[test]
fn packages_depend_downwards() {
    let is_ours = |name: &String| PACKAGES.iter().any(|(_, ours, _)| name == ours);
    let problems = PACKAGES.iter().flat_map(|(folder, package, allowed)| {
        let wrong = dependencies(folder).into_iter().filter(is_ours);
        let wrong = wrong.filter(|name| !allowed.contains(&name.as_str()));
        wrong.map(move |name| {
            format!("{folder}/Cargo.toml: `{name}`: of ours {package} may depend on {allowed:?} only")
        })
    });
    expect_none(problems);
}

#[test]
fn of_the_page_the_backend_knows_how_its_first_view_is_drawn() {
    let is_other = |r: &Reference| {
        r.path.first().is_some_and(|name| name == "studio_users")
            && r.path[1..].iter().take(2).ne(["app", "draw"])
    };
    let problems = references("crates/server/src").into_iter().filter(is_other);
    expect_none(problems.map(|r| complaint(&r, "of the page the backend may use `app::draw` only")));
}

/// What is wrong with a reference, if anything is.
fn problem_in_page(reference: &Reference, libraries: &[String]) -> Option<String> {
    let names: Vec<_> = reference.path.iter().map(String::as_str).collect();
    let (place, path) = (&reference.module, &names[..]);
    let from = place.first().map_or("the entry", String::as_str);
    let floor = FLOORS.iter().find(|(module, _)| *module == from);

    match path {
        ["crate" | "studio_users", to, rest @ ..] => {
            let Some((_, below)) = floor else {
                let is_known = place.is_empty();
                return (!is_known).then(|| {
                    complaint(
                        reference,
                        &format!("`{from}` has no floor: give it one in tests/architecture.rs"),
                    )
                });
            };
            if from == "features" && *to == "features" {
                // The folder's own `mod.rs` gathers the features.
                let own = place.get(1)?;
                let is_own = rest.first().is_some_and(|name| name == own);
                return (!is_own).then(|| complaint(reference, "features do not import one another"));
            }
            let is_allowed = *to == from || below.contains(to) || !FLOORS.iter().any(|(name, _)| name == to);
            (!is_allowed).then(|| match *below {
                [] => complaint(reference, &format!("`{from}` may use no other module of the page")),
                _ => complaint(reference, &format!("of the page `{from}` may use {below:?} only")),
            })
        }
        [library, ..] if libraries.iter().any(|name| name == library) => {
            if let Some((_, users)) = LIBRARIES.iter().find(|(name, _)| name == library)
                && !users.contains(&from)
            {
                return Some(complaint(reference, &format!("only {users:?} may use `{library}`")));
            }
            if *library == "leptos_router" && place.get(1).is_none_or(|module| module != "router") {
                return Some(complaint(reference, "only `app::router` may use `leptos_router`"));
            }
            (from == "ui" && !LIBRARIES_OF_UI.contains(library))
                .then(|| complaint(reference, &format!("`ui` may use {LIBRARIES_OF_UI:?} only")))
        }
        _ => None,
    }
}

fn complaint(reference: &Reference, rule: &str) -> String {
    let Reference { file, line, path, .. } = reference;
    format!("{}:{line}: `{}`: {rule}", file.display(), path.join("::"))
}

fn expect_none(problems: impl IntoIterator<Item = String>) {
    let problems: Vec<_> = problems.into_iter().collect();
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("there is a root")
}

/// Every reference in the Rust files below a folder.
fn references(folder: &str) -> Vec<Reference> {
    let (root, mut files) = (root(), Vec::new());
    let mut folders = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("the folder can be read") {
            let path = entry.expect("the folder can be read").path();
            match path.extension() {
                _ if path.is_dir() => folders.push(path),
                Some(extension) if extension == "rs" => files.push(path),
                _ => {}
            }
        }
    }
    assert!(!files.is_empty(), "{folder} holds no source");
    files.sort();
    let of = |file: &PathBuf| {
        let text = fs::read_to_string(file).expect("a source is UTF-8");
        let within =
            |folder: &Path| file.strip_prefix(folder).expect("the file is below the folder").to_path_buf();
        source::references(&within(&root), &source::module_of(&within(&root.join(folder))), &text)
    };
    files.iter().flat_map(of).collect()
}

/// The names of what a package depends on, but for its tests' helpers.
fn dependencies(folder: &str) -> Vec<String> {
    let manifest = fs::read_to_string(root().join(folder).join("Cargo.toml")).expect("there is a manifest");
    source::dependencies(&manifest)
}

fn problems_of(module: &[&str], text: &str) -> Vec<String> {
    let module: Vec<_> = module.iter().map(|name| (*name).to_owned()).collect();
    let libraries = ["chrono", "leptos", "leptos_router", "studio_users_contract", "studio_users_domain"]
        .map(String::from);
    let references = source::references(Path::new("src/x.rs"), &module, text);
    references.iter().filter_map(|r| problem_in_page(r, &libraries)).collect()
}

#[test]
fn a_complaint_names_the_file_the_line_and_the_rule() {
    let problems = problems_of(&["state", "session"], "use std::rc::Rc;\nuse crate::ui::Button;\n");
    assert_eq!(
        problems,
        ["src/x.rs:2: `crate::ui::Button`: of the page `state` may use [\"api\", \"i18n\"] only"]
    );
}

#[test]
fn features_keep_to_themselves() {
    let users = &["features", "users", "store"];
    assert_eq!(problems_of(users, "use crate::features::users::model; use super::model::Row;"), [""; 0]);
    for text in [
        "use crate::features::invite::Dialog;",
        "use super::super::invite::Dialog;",
        "use crate::{api, features::{invite, users}};",
        "fn f() { view! { <crate::features::invite::Dialog/> } }",
        "use crate::features::*;",
    ] {
        assert_eq!(problems_of(users, text).len(), 1, "{text}");
    }
    assert_eq!(problems_of(&["features"], "pub use users::Users; pub use crate::features::invite;"), [""; 0]);
}

#[test]
fn ui_knows_the_browser_only() {
    let ui = &["ui", "chip"];
    assert_eq!(problems_of(ui, "use leptos::prelude::*; use crate::ui::Icon; use std::fmt;"), [""; 0]);
    for text in [
        "use crate::i18n::t;",
        "use studio_users_domain::Role;",
        "use chrono::Utc;",
        "use super::super::state;",
    ] {
        assert_eq!(problems_of(ui, text).len(), 1, "{text}");
    }
}

#[test]
fn only_one_module_of_the_app_knows_the_router() {
    let text = "use leptos_router::hooks::use_navigate;";
    assert_eq!(problems_of(&["app", "router"], text), [""; 0]);
    assert_eq!(problems_of(&["app", "studio"], text).len(), 1);
    assert_eq!(problems_of(&["features", "users"], text).len(), 1);
    assert_eq!(problems_of(&["state"], text).len(), 1);
}

#[test]
fn a_new_module_is_given_a_floor() {
    assert!(problems_of(&["helpers"], "use crate::api::Client;")[0].contains("has no floor"));
}
