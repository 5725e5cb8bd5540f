//! Reads Rust as tokens, as far as it takes to know every path in it.

use std::path::{Path, PathBuf};

/// A path that stands in a source, resolved to `crate::…` where it is relative.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Reference {
    pub(crate) file: PathBuf,
    pub(crate) line: usize,
    /// The module that it stands in.
    pub(crate) module: Vec<String>,
    pub(crate) path: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Word(String),
    /// `::`
    Step,
    Mark(char),
}

/// The module that a file holds, by the file's place in the crate's folder.
pub(crate) fn module_of(file: &Path) -> Vec<String> {
    let mut module: Vec<_> =
        file.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if module.last().is_some_and(|name| ["mod", "lib", "main"].contains(&name.as_str())) {
        module.pop();
    }
    module
}

/// Every path in a source, with the groups of `use` taken apart.
pub(crate) fn references(file: &Path, module: &[String], text: &str) -> Vec<Reference> {
    let tokens = tokens(text);
    let (mut found, mut at, mut depth) = (Vec::new(), 0, 0_usize);
    // The modules within the file that are open, each with the depth of its braces.
    let mut inner: Vec<(String, usize)> = Vec::new();

    while let Some((token, _)) = tokens.get(at) {
        match token {
            Token::Mark('{') => depth += 1,
            Token::Mark('}') => {
                depth = depth.saturating_sub(1);
                inner.pop_if(|(_, opened_at)| *opened_at == depth);
            }
            Token::Word(word) if word == "mod" => {
                if let [(Token::Word(name), _), (Token::Mark('{'), _), ..] = &tokens[at + 1..] {
                    inner.push((name.clone(), depth));
                }
            }
            Token::Word(_) if at == 0 || tokens[at - 1].0 != Token::Step => {
                let here: Vec<_> = module.iter().chain(inner.iter().map(|(name, _)| name)).cloned().collect();
                let mut paths = Vec::new();
                at = take_paths(&tokens, at, &[], &mut paths);
                for (path, line) in paths {
                    let path = resolved(path, &here);
                    // A word alone refers to nothing beyond its module.
                    if path.len() > 1 {
                        found.push(Reference { file: file.to_path_buf(), line, module: here.clone(), path });
                    }
                }
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    found
}

/// The names in the dependency sections of a manifest, but for those of its tests.
pub(crate) fn dependencies(manifest: &str) -> Vec<String> {
    let (mut names, mut is_within) = (Vec::new(), false);
    for line in manifest.lines() {
        if let Some(section) = line.strip_prefix('[') {
            let section = section.trim_end_matches(']');
            is_within = section.ends_with("dependencies")
                && !section.starts_with("workspace")
                && !section.ends_with("dev-dependencies");
            if let Some(name) = section.strip_prefix("dependencies.") {
                names.push(name.to_owned());
            }
        } else if is_within
            && line.starts_with(|c: char| c.is_ascii_alphanumeric())
            && let Some((name, _)) = line.split_once(['=', '.', ' '])
        {
            names.push(name.to_owned());
        }
    }
    names
}

/// Takes the path that begins at a token, or the several of a group, and returns where it ends.
fn take_paths(
    tokens: &[(Token, usize)],
    mut at: usize,
    before: &[String],
    paths: &mut Vec<(Vec<String>, usize)>,
) -> usize {
    let mut path = before.to_vec();
    let mut line = 0;
    while let Some((Token::Word(word), its_line)) = tokens.get(at) {
        path.push(word.clone());
        line = *its_line;
        at += 1;
        if !matches!(tokens.get(at), Some((Token::Step, _))) {
            break;
        }
        at += 1;
        if matches!(tokens.get(at), Some((Token::Mark('{'), _))) {
            return take_group(tokens, at + 1, &path, paths);
        }
    }
    paths.push((path, line));
    at
}

/// Takes the paths between the braces of a group, and returns where it ends.
fn take_group(
    tokens: &[(Token, usize)],
    mut at: usize,
    before: &[String],
    paths: &mut Vec<(Vec<String>, usize)>,
) -> usize {
    while let Some((token, line)) = tokens.get(at) {
        match token {
            Token::Mark('}') => return at + 1,
            Token::Mark('*') => paths.push((before.to_vec(), *line)),
            Token::Word(word) if word == "self" => paths.push((before.to_vec(), *line)),
            // The new name after `as` is no path.
            Token::Word(word) if word == "as" => at += 1,
            Token::Word(_) => {
                at = take_paths(tokens, at, before, paths);
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    at
}

/// `self` and `super` made absolute.
fn resolved(path: Vec<String>, module: &[String]) -> Vec<String> {
    let up = path.iter().take_while(|name| *name == "super").count();
    let is_relative = up > 0 || path[0] == "self";
    if !is_relative {
        return path;
    }
    let stay = module.len().saturating_sub(up);
    let rest = path.iter().skip(up.max(1));
    std::iter::once("crate")
        .map(String::from)
        .chain(module[..stay].iter().cloned())
        .chain(rest.cloned())
        .collect()
}

/// The tokens, each with its line; comments and texts are left out.
fn tokens(text: &str) -> Vec<(Token, usize)> {
    let chars: Vec<char> = text.chars().collect();
    let (mut tokens, mut at, mut line) = (Vec::new(), 0, 1);
    while at < chars.len() {
        let end = token_end(&chars, at);
        let taken = &chars[at..end];
        match taken {
            [c, ..] if is_word(*c) && !is_text(taken) => {
                let word: String = taken.iter().collect();
                tokens.push((Token::Word(word.trim_start_matches("r#").to_owned()), line));
            }
            [':', ':'] => tokens.push((Token::Step, line)),
            [c] if !c.is_whitespace() => tokens.push((Token::Mark(*c), line)),
            _ => {}
        }
        line += taken.iter().filter(|c| **c == '\n').count();
        at = end;
    }
    tokens
}

/// Where the token, comment or text that begins at a place ends.
fn token_end(chars: &[char], at: usize) -> usize {
    let rest = &chars[at..];
    let length = match rest {
        ['/', '/', ..] => rest.iter().position(|c| *c == '\n').unwrap_or(rest.len()),
        ['/', '*', ..] => block_comment(rest),
        ['"', ..] => quoted(rest, 0),
        ['\'', ..] => character(rest),
        [':', ':', ..] => 2,
        [c, ..] if is_word(*c) => {
            let word = rest.iter().position(|c| !is_word(*c)).unwrap_or(rest.len());
            let prefix: String = rest[..word].iter().collect();
            match (prefix.as_str(), &rest[word..]) {
                ("r" | "br" | "cr", ['"' | '#', ..]) => raw(rest, word),
                ("b" | "c", ['"', ..]) => quoted(rest, word),
                ("b", ['\'', ..]) => word + character(&rest[word..]),
                _ => word,
            }
        }
        _ => 1,
    };
    at + length
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn is_text(taken: &[char]) -> bool {
    taken.iter().any(|c| ['"', '\''].contains(c))
}

fn block_comment(rest: &[char]) -> usize {
    let (mut at, mut depth) = (0, 0_usize);
    while at < rest.len() {
        match &rest[at..] {
            ['/', '*', ..] => (depth, at) = (depth + 1, at + 2),
            ['*', '/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at.min(rest.len())
}

/// The length of a text whose opening quote stands at a place.
fn quoted(rest: &[char], open: usize) -> usize {
    let mut at = open + 1;
    while at < rest.len() {
        match rest[at] {
            '"' => return at + 1,
            '\\' => at += 2,
            _ => at += 1,
        }
    }
    rest.len()
}

/// The length of a raw text, or of a raw name such as `r#type`.
fn raw(rest: &[char], prefix: usize) -> usize {
    let hashes = rest[prefix..].iter().take_while(|c| **c == '#').count();
    let open = prefix + hashes;
    if rest.get(open) != Some(&'"') {
        let name = rest[open..].iter().take_while(|c| is_word(**c)).count();
        return open + name;
    }
    let closes =
        |at: usize| rest[at] == '"' && rest[at + 1..].iter().take_while(|c| **c == '#').count() >= hashes;
    (open + 1..rest.len()).find(|at| closes(*at)).map_or(rest.len(), |at| at + 1 + hashes)
}

/// The length of a character, or 1 for the mark of a lifetime.
fn character(rest: &[char]) -> usize {
    match rest {
        ['\'', '\\', _, more @ ..] => {
            3 + more.iter().position(|c| *c == '\'').map_or(more.len(), |at| at + 1)
        }
        ['\'', _, '\'', ..] => 3,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(text: &str) -> Vec<String> {
        let module = ["features".to_owned(), "users".to_owned()];
        references(Path::new("x.rs"), &module, text).iter().map(|r| r.path.join("::")).collect()
    }

    #[test]
    fn comments_and_texts_count_nothing() {
        let text = r##"
            //! crate::a::b
            /* crate::a /* crate::b */ crate::c */
            const A: &str = "crate::a \" crate::b";
            const B: &str = r#"crate::a " crate::b"#;
            const C: &[u8] = b"crate::a"; const D: char = '"'; const E: u8 = b'"'; const F: char = '\'';
            fn f<'a>(x: &'a str) -> char { '\u{22}' }
            use std::fmt;
        "##;
        assert_eq!(paths(text), ["std::fmt"]);
    }

    #[test]
    fn groups_and_globs_are_taken_apart() {
        let text =
            "use crate::{self, api::{Client, error::{self, Error as E}}, ui::*}; fn f() { a::b::<c::D>() }";
        let found = [
            "crate::api::Client",
            "crate::api::error",
            "crate::api::error::Error",
            "crate::ui",
            "a::b",
            "c::D",
        ];
        assert_eq!(paths(text), found);
    }

    #[test]
    fn relative_paths_are_resolved_in_their_module() {
        let text = "use super::invite; use self::model::Row; mod tests { use super::*; use super::super::x; } use super::y;";
        let found = [
            "crate::features::invite",
            "crate::features::users::model::Row",
            "crate::features::users",
            "crate::features::x",
            "crate::features::y",
        ];
        assert_eq!(paths(text), found);
    }

    #[test]
    fn lines_are_counted_over_texts_and_comments() {
        let text = "/* one\ntwo */ const A: &str = \"\n\";\nuse crate::api;";
        assert_eq!(references(Path::new("x.rs"), &[], text)[0].line, 4);
    }

    #[test]
    fn files_hold_modules() {
        assert_eq!(module_of(Path::new("lib.rs")), [""; 0]);
        assert_eq!(module_of(Path::new("ui/mod.rs")), ["ui"]);
        assert_eq!(module_of(Path::new("ui/chip.rs")), ["ui", "chip"]);
    }

    #[test]
    fn a_manifest_names_its_dependencies() {
        let manifest = "[package]\nname = \"x\"\n[dependencies]\nserde.workspace = true\nweb-sys = { features = [\n\
                        \"Window\",\n] }\n[target.'cfg(unix)'.dependencies]\nnix = \"1\"\n[dependencies.uuid]\n\
                        version = \"1\"\n[dev-dependencies]\nproptest = \"1\"\n[lints]\nworkspace = true\n";
        assert_eq!(dependencies(manifest), ["serde", "web-sys", "nix", "uuid"]);
    }
}
