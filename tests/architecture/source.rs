//! A minimal Rust tokenizer that finds all paths in a source file.

use std::path::{Path, PathBuf};

/// A path in a source file. Relative paths are resolved to `crate::…`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Reference {
    pub(crate) file: PathBuf,
    pub(crate) line: usize,
    /// The module that contains the path.
    pub(crate) module: Vec<String>,
    pub(crate) path: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Identifier(String),
    /// `::`
    PathSeparator,
    Punctuation(char),
}

/// Returns the module path of a file, which is relative to the source folder of the crate.
pub(crate) fn module_of(file: &Path) -> Vec<String> {
    let mut module: Vec<_> =
        file.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if module.last().is_some_and(|name| ["mod", "lib", "main"].contains(&name.as_str())) {
        module.pop();
    }
    module
}

/// Returns all paths in a source file. Expands `use` groups.
pub(crate) fn references(file: &Path, module: &[String], text: &str) -> Vec<Reference> {
    let tokens = tokens(text);
    let (mut found, mut at, mut depth) = (Vec::new(), 0, 0_usize);
    // The open inline modules, each with its brace depth.
    let mut inner: Vec<(String, usize)> = Vec::new();

    while let Some((token, _)) = tokens.get(at) {
        match token {
            Token::Punctuation('{') => depth += 1,
            Token::Punctuation('}') => {
                depth = depth.saturating_sub(1);
                inner.pop_if(|(_, opened_at)| *opened_at == depth);
            }
            Token::Identifier(word) if word == "mod" => {
                if let [(Token::Identifier(name), _), (Token::Punctuation('{'), _), ..] = &tokens[at + 1..] {
                    inner.push((name.clone(), depth));
                }
            }
            Token::Identifier(_) if at == 0 || tokens[at - 1].0 != Token::PathSeparator => {
                let here: Vec<_> = module.iter().chain(inner.iter().map(|(name, _)| name)).cloned().collect();
                let mut paths = Vec::new();
                at = parse_paths(&tokens, at, &[], &mut paths);
                for (path, line) in paths {
                    let path = resolve(path, &here);
                    // A single identifier refers to nothing outside of its module.
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

/// Returns the names in the dependency sections of a manifest, except dev-dependencies.
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

/// Parses the path at a token, or all paths of its group. Returns the index after it.
fn parse_paths(
    tokens: &[(Token, usize)],
    mut at: usize,
    prefix: &[String],
    paths: &mut Vec<(Vec<String>, usize)>,
) -> usize {
    let mut path = prefix.to_vec();
    let mut line = 0;
    while let Some((Token::Identifier(word), token_line)) = tokens.get(at) {
        path.push(word.clone());
        line = *token_line;
        at += 1;
        if !matches!(tokens.get(at), Some((Token::PathSeparator, _))) {
            break;
        }
        at += 1;
        if matches!(tokens.get(at), Some((Token::Punctuation('{'), _))) {
            return parse_group(tokens, at + 1, &path, paths);
        }
    }
    paths.push((path, line));
    at
}

/// Parses the paths in a `use` group. Returns the index after its closing brace.
fn parse_group(
    tokens: &[(Token, usize)],
    mut at: usize,
    prefix: &[String],
    paths: &mut Vec<(Vec<String>, usize)>,
) -> usize {
    while let Some((token, line)) = tokens.get(at) {
        match token {
            Token::Punctuation('}') => return at + 1,
            Token::Punctuation('*') => paths.push((prefix.to_vec(), *line)),
            Token::Identifier(word) if word == "self" => paths.push((prefix.to_vec(), *line)),
            // Skips the new name after `as`.
            Token::Identifier(word) if word == "as" => at += 1,
            Token::Identifier(_) => {
                at = parse_paths(tokens, at, prefix, paths);
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    at
}

/// Resolves `self` and `super` to an absolute path.
fn resolve(path: Vec<String>, module: &[String]) -> Vec<String> {
    let up = path.iter().take_while(|name| *name == "super").count();
    let is_relative = up > 0 || path[0] == "self";
    if !is_relative {
        return path;
    }
    let parent_depth = module.len().saturating_sub(up);
    let rest = path.iter().skip(up.max(1));
    std::iter::once("crate")
        .map(String::from)
        .chain(module[..parent_depth].iter().cloned())
        .chain(rest.cloned())
        .collect()
}

/// Tokenizes a source file. Returns each token with its line, without comments and literals.
fn tokens(text: &str) -> Vec<(Token, usize)> {
    let chars: Vec<char> = text.chars().collect();
    let (mut tokens, mut at, mut line) = (Vec::new(), 0, 1);
    while at < chars.len() {
        let end = token_end(&chars, at);
        let slice = &chars[at..end];
        match slice {
            [c, ..] if is_word(*c) && !is_literal(slice) => {
                let word: String = slice.iter().collect();
                tokens.push((Token::Identifier(word.trim_start_matches("r#").to_owned()), line));
            }
            [':', ':'] => tokens.push((Token::PathSeparator, line)),
            [c] if !c.is_whitespace() => tokens.push((Token::Punctuation(*c), line)),
            _ => {}
        }
        line += slice.iter().filter(|c| **c == '\n').count();
        at = end;
    }
    tokens
}

/// Returns the end of the token, comment or literal that starts at an index.
fn token_end(chars: &[char], at: usize) -> usize {
    let rest = &chars[at..];
    let length = match rest {
        ['/', '/', ..] => rest.iter().position(|c| *c == '\n').unwrap_or(rest.len()),
        ['/', '*', ..] => block_comment_length(rest),
        ['"', ..] => string_length(rest, 0),
        ['\'', ..] => char_length(rest),
        [':', ':', ..] => 2,
        [c, ..] if is_word(*c) => {
            let word = rest.iter().position(|c| !is_word(*c)).unwrap_or(rest.len());
            let prefix: String = rest[..word].iter().collect();
            match (prefix.as_str(), &rest[word..]) {
                ("r" | "br" | "cr", ['"' | '#', ..]) => raw_length(rest, word),
                ("b" | "c", ['"', ..]) => string_length(rest, word),
                ("b", ['\'', ..]) => word + char_length(&rest[word..]),
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

fn is_literal(slice: &[char]) -> bool {
    slice.iter().any(|c| ['"', '\''].contains(c))
}

fn block_comment_length(rest: &[char]) -> usize {
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

/// Returns the length of a string literal whose opening quote is at `open`.
fn string_length(rest: &[char], open: usize) -> usize {
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

/// Returns the length of a raw string, or of a raw identifier such as `r#type`.
fn raw_length(rest: &[char], prefix: usize) -> usize {
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

/// Returns the length of a char literal, or 1 for the apostrophe of a lifetime.
fn char_length(rest: &[char]) -> usize {
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
    fn ignores_comments_and_literals() {
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
    fn expands_groups_and_globs() {
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
    fn resolves_relative_paths() {
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
    fn counts_lines_in_literals_and_comments() {
        let text = "/* one\ntwo */ const A: &str = \"\n\";\nuse crate::api;";
        assert_eq!(references(Path::new("x.rs"), &[], text)[0].line, 4);
    }

    #[test]
    fn maps_files_to_modules() {
        assert_eq!(module_of(Path::new("lib.rs")), [""; 0]);
        assert_eq!(module_of(Path::new("ui/mod.rs")), ["ui"]);
        assert_eq!(module_of(Path::new("ui/chip.rs")), ["ui", "chip"]);
    }

    #[test]
    fn reads_the_dependencies_of_a_manifest() {
        let manifest = "[package]\nname = \"x\"\n[dependencies]\nserde.workspace = true\nweb-sys = { features = [\n\
                        \"Window\",\n] }\n[target.'cfg(unix)'.dependencies]\nnix = \"1\"\n[dependencies.uuid]\n\
                        version = \"1\"\n[dev-dependencies]\nproptest = \"1\"\n[lints]\nworkspace = true\n";
        assert_eq!(dependencies(manifest), ["serde", "web-sys", "nix", "uuid"]);
    }
}
