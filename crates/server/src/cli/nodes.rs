//! Imports the organisation from a JSON file.

use std::collections::HashMap;
use std::path::Path;

use serde_json::value::RawValue;
use studio_users_domain::{NodeId, clean_name};

use crate::database::Database;
use crate::failure::Failure;
use crate::stdout::print_line;
use crate::store::{self, ImportedNode};

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The nodes of a file, and the line at which each of them begins.
struct NodeFile {
    nodes: Vec<ImportedNode>,
    lines: HashMap<NodeId, usize>,
}

pub(super) async fn import(file: &Path, database: &Database) -> Result<(), Failure> {
    let name = file.display();
    let text = std::fs::read(file).map_err(|error| format!("cannot read {name}: {error}"))?;
    let NodeFile { nodes, lines } = parse(&text).map_err(|error| format!("{name}{error}"))?;
    let store = database.open_for("nodes import").await?;
    let result = store.import_nodes(&nodes).await;
    store.close().await;
    let at = |node: Option<NodeId>| {
        let line = node.and_then(|node| lines.get(&node));
        line.map(|line| format!("line {line}: ")).unwrap_or_default()
    };
    let summary = result.map_err(|error| match error {
        store::Error::Tree(error) => format!("cannot import {name}: {}{error}", at(error.node())),
        store::Error::Kind { node, parent, problem } => {
            // The fault is in the file, so it names at least one of the two nodes.
            let line = if lines.contains_key(&node) { Some(node) } else { parent };
            format!("cannot import {name}: {}{problem}", at(line))
        }
        other => other.to_string(),
    })?;
    let (added, changed, unchanged) = (summary.added, summary.changed, summary.unchanged);
    Ok(print_line(&format!("{added} added, {changed} changed, {unchanged} unchanged"))?)
}

/// Parses and checks the nodes of a file. The error continues a message that begins with the name of the file.
fn parse(bytes: &[u8]) -> Result<NodeFile, String> {
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = bytes[..error.valid_up_to()].split(|&byte| byte == b'\n').count();
        format!(" is not UTF-8: line {line}")
    })?;
    let items: Vec<&RawValue> = serde_json::from_str(text)
        .map_err(|error| format!(" is not a list of nodes: {}", describe(&error, 1)))?;
    let mut file =
        NodeFile { nodes: Vec::with_capacity(items.len()), lines: HashMap::with_capacity(items.len()) };
    let (mut line, mut end) = (1, 0);
    for item in items {
        // The value is a part of the text.
        let begin = item.get().as_ptr().addr() - text.as_ptr().addr();
        line += text[end..begin].matches('\n').count();
        end = begin;
        let node: ImportedNode = serde_json::from_str(item.get())
            .map_err(|error| format!(" is not a list of nodes: {}", describe(&error, line)))?;
        let name =
            clean_name(&node.name).map_err(|error| format!(": line {line}: the name of a node: {error}"))?;
        // A node that occurs twice is reported at its second line.
        file.lines.insert(node.id, line);
        file.nodes.push(ImportedNode { name, ..node });
    }
    Ok(file)
}

/// Describes a parse error of a value that begins at this line of the file.
fn describe(error: &serde_json::Error, line: usize) -> String {
    let line = line + error.line().saturating_sub(1);
    let text = error.to_string();
    let text = text.rsplit_once(" at line ").map_or(text.as_str(), |(text, _)| text);
    format!("line {line}: {text}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "00000000-0000-4000-8000-000000000001";

    fn node(name: &str) -> String {
        format!("{{ \"id\": \"{ID}\", \"parent_id\": null,\n  \"kind\": \"agency\", \"name\": \"{name}\" }}")
    }

    #[test]
    fn accepts_a_byte_order_mark_and_cleans_names() {
        let file = parse(format!("\u{feff}[{}]", node(" Acme\u{200b} ")).as_bytes()).ok().unwrap();
        assert_eq!(file.nodes[0].name, "Acme");
    }

    #[test]
    fn names_the_line_at_fault() {
        let second = |other: &str| format!("[\n{},\n{other}\n]", node("Acme"));
        for (text, expected) in [
            (second(&node("")), ": line 4: the name of a node: must not be empty"),
            (second(&node("\u{2800}")), ": line 4: the name of a node: must not be empty"),
            (
                second(&node("two\\nlines")),
                ": line 4: the name of a node: must not contain control characters",
            ),
            (second(&node(&"x".repeat(101))), ": line 4: the name of a node: at most 100 characters"),
            (
                second(&node("Mars").replace("agency", "planet")),
                " is not a list of nodes: line 5: unknown variant",
            ),
            (second("7"), " is not a list of nodes: line 4: invalid type"),
            (second("{"), " is not a list of nodes: line 5: "),
            ("{}".into(), " is not a list of nodes: line 1: invalid type"),
        ] {
            let error = parse(text.as_bytes()).err().unwrap_or_default();
            assert!(error.starts_with(expected), "{text}: {error}");
        }
        let error = parse(b"[\n\xff]").err().unwrap_or_default();
        assert_eq!(error, " is not UTF-8: line 2");
    }
}
