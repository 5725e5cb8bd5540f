//! Finds import cycles among the modules of a crate.
//!
//! Compares siblings, at every level of the module tree: `a` imports `b` if any module within `a` names anything within
//! `b`. A parent and its children may import each other, because a parent re-exports what its children define. A path
//! through such a re-export counts for the module that defines the item.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::source::{self, Reference};

type Module = Vec<String>;

/// The Rust files of a crate: each with its path below the source folder, and its text.
pub(crate) type Sources = Vec<(std::path::PathBuf, String)>;

/// Returns each cycle as a message that lists its modules, with one reference for every import.
pub(crate) fn cycles(sources: &Sources) -> Vec<String> {
    let modules: BTreeSet<Module> = sources.iter().map(|(file, _)| source::module_of(file)).collect();
    let with_parents = modules.iter().flat_map(|module| (0..=module.len()).map(|end| module[..end].to_vec()));
    let modules: BTreeSet<Module> = with_parents.collect();

    let mut re_exports = BTreeMap::new();
    let mut references = Vec::new();
    for (file, text) in sources {
        let module = source::module_of(file);
        let (exported, rest) = split_re_exports(text);
        for reference in source::references(file, &module, &exported) {
            if let (Some(target), Some(name)) = (target(&reference, &modules), reference.path.last()) {
                re_exports.insert([&module[..], std::slice::from_ref(name)].concat(), target);
            }
        }
        references
            .extend(source::references(file, &module, &rest).into_iter().filter(|it| !is_test(&it.module)));
    }

    // The imports among siblings: parent, importing child, imported child.
    let mut imports: BTreeMap<Module, BTreeMap<(String, String), String>> = BTreeMap::new();
    for reference in &references {
        let Some(path) = target(reference, &modules) else { continue };
        let path = defining_path(path, &re_exports);
        let common = reference.module.iter().zip(&path).take_while(|(a, b)| a == b).count();
        let is_child = |child: &[String]| modules.contains(child);
        if let (Some(from), Some(to)) = (reference.module.get(common), path.get(common))
            && is_child(&path[..=common])
            && is_child(&reference.module[..=common])
        {
            let evidence = format!("{}:{}", reference.file.display(), reference.line);
            let level = imports.entry(path[..common].to_vec()).or_default();
            level.entry((from.clone(), to.clone())).or_insert(evidence);
        }
    }
    imports.iter().flat_map(|(parent, imports)| cycles_at(parent, imports)).collect()
}

/// Returns the cycles among the children of one module.
fn cycles_at(parent: &[String], imports: &BTreeMap<(String, String), String>) -> Vec<String> {
    let reachable = |start: &str| {
        let mut found = BTreeSet::new();
        let mut open = vec![start];
        while let Some(module) = open.pop() {
            for (_, to) in imports.keys().filter(|(from, _)| from == module) {
                if found.insert(to.as_str()) {
                    open.push(to);
                }
            }
        }
        found
    };
    let children: BTreeSet<&str> = imports.keys().map(|(from, _)| from.as_str()).collect();
    let reach: BTreeMap<&str, BTreeSet<&str>> =
        children.iter().map(|&child| (child, reachable(child))).collect();
    let mut groups: BTreeSet<Vec<&str>> = BTreeSet::new();
    for &child in &children {
        let is_mutual = |other: &&str| {
            reach[child].contains(other) && reach.get(other).is_some_and(|reach| reach.contains(child))
        };
        let group: Vec<&str> = children.iter().copied().filter(is_mutual).collect();
        if !group.is_empty() {
            groups.insert(group);
        }
    }
    let message = |group: Vec<&str>| {
        let is_within =
            |(from, to): &(String, String)| group.contains(&from.as_str()) && group.contains(&to.as_str());
        let imports = imports.iter().filter(|(edge, _)| is_within(edge));
        let lines: Vec<_> = imports.map(|((from, to), at)| format!("  {from} imports {to} ({at})")).collect();
        format!(
            "import cycle in `{}`:\n{}",
            [&["crate".into()], parent].concat().join("::"),
            lines.join("\n")
        )
    };
    groups.into_iter().map(message).collect()
}

/// Resolves a reference to a path from the crate root. `None` for other crates and local names.
fn target(reference: &Reference, modules: &BTreeSet<Module>) -> Option<Module> {
    let (first, rest) = reference.path.split_first()?;
    if first == "crate" {
        return Some(rest.to_vec());
    }
    let child = [&reference.module[..], std::slice::from_ref(first)].concat();
    modules.contains(&child).then(|| [child, rest.to_vec()].concat())
}

/// Follows re-exports to the module that defines an item.
fn defining_path(mut path: Module, re_exports: &BTreeMap<Module, Module>) -> Module {
    // Re-exports can be re-exported, but never in a circle of more than a few steps.
    for _ in 0..8 {
        let end = (1..=path.len())
            .rev()
            .find(|&end| re_exports.get(&path[..end]).is_some_and(|to| to[..] != path[..end]));
        let Some(end) = end else { break };
        path = [&re_exports[&path[..end]][..], &path[end..]].concat();
    }
    path
}

/// Separates the statements `pub use …;` from the rest of a file.
fn split_re_exports(text: &str) -> (String, String) {
    let (mut exported, mut rest, mut is_within) = (String::new(), String::new(), false);
    for line in text.lines() {
        is_within |= line.trim_start().strip_prefix("pub").is_some_and(|line| {
            let line =
                line.strip_prefix('(').and_then(|line| line.split_once(')')).map_or(line, |(_, line)| line);
            line.starts_with(" use ")
        });
        let (part, other) = if is_within { (&mut exported, &mut rest) } else { (&mut rest, &mut exported) };
        part.push_str(line);
        // Keeps the line numbers of both.
        part.push('\n');
        other.push('\n');
        is_within &= !line.contains(';');
    }
    (exported, rest)
}

/// Whether a module is compiled for tests only. Tests may use everything.
fn is_test(module: &[String]) -> bool {
    module.iter().any(|name| name == "tests" || name == "testing" || name.ends_with("_tests"))
}

#[test]
fn finds_a_cycle_through_a_re_export() {
    let file = |path: &str, text: &str| (Path::new(path).to_path_buf(), text.to_owned());
    let cyclic = vec![
        file("lib.rs", "mod a;\nmod b;\n"),
        file("a/mod.rs", "mod part;\npub(crate) use part::Thing;\n"),
        file("a/part.rs", "use crate::b::Other;\npub(crate) struct Thing(Other);\n"),
        file("b.rs", "use crate::a::Thing;\npub(crate) struct Other(Box<Thing>);\n"),
    ];
    let found = cycles(&cyclic);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].contains("a imports b (a/part.rs:1)") && found[0].contains("b imports a (b.rs:1)"),
        "{found:?}"
    );
}

#[test]
fn allows_a_parent_and_a_child_to_import_each_other() {
    let file = |path: &str, text: &str| (Path::new(path).to_path_buf(), text.to_owned());
    let sources = vec![
        file("lib.rs", "mod store;\n"),
        file("store/mod.rs", "mod rows;\nuse rows::Row;\npub(crate) struct Error;\n"),
        file("store/rows.rs", "use super::Error;\nmod tests { use crate::store::Row; }\n"),
    ];
    assert_eq!(cycles(&sources), Vec::<String>::new());
}
