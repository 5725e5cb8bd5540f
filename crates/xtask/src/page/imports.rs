//! Shortens the names of the functions that a program imports from its JavaScript module. wasm-bindgen names them
//! `__wbg_setAttribute_9e7d603908f63705`, in both files. Such hashes do not compress.

use anyhow::{Context, Result, bail, ensure};

/// The start of wasm-bindgen's names.
const PREFIX: &str = "__wb";
/// The number of the import section
/// (<https://webassembly.github.io/spec/core/binary/modules.html#import-section>).
const IMPORT_SECTION: u8 = 2;

/// Returns the program and its bundled JavaScript with short names.
pub(super) fn shorten(wasm: &[u8], js: &str) -> Result<(Vec<u8>, String)> {
    let (header, mut rest) = wasm.split_at_checked(8).context("the file is not WebAssembly")?;
    let mut shortened = header.to_vec();
    let mut names = Vec::new();
    while let Some((&section, after)) = rest.split_first() {
        rest = after;
        let size = read_number(&mut rest)?;
        let mut content = take(&mut rest, size)?;
        let renamed =
            if section == IMPORT_SECTION { rename(&mut content, &mut names)? } else { content.to_vec() };
        shortened.push(section);
        write_bytes(&mut shortened, &renamed);
    }
    let mut js = js.to_owned();
    for (index, name) in names.iter().enumerate() {
        let property = format!("{name}:");
        ensure!(js.matches(&property).count() == 1, "the JavaScript does not define `{name}` once");
        js = js.replace(&property, &format!("{}:", short(index)));
    }
    Ok((shortened, js))
}

/// Rewrites the import section, and collects the names that it replaces.
fn rename(section: &mut &[u8], names: &mut Vec<String>) -> Result<Vec<u8>> {
    let count = read_number(section)?;
    let mut renamed = Vec::new();
    write_number(&mut renamed, count);
    for _ in 0..count {
        let module = read_bytes(section)?;
        let name = std::str::from_utf8(read_bytes(section)?).context("a name is not UTF-8")?;
        write_bytes(&mut renamed, module);
        if name.starts_with(PREFIX) {
            write_bytes(&mut renamed, short(names.len()).as_bytes());
            names.push(name.to_owned());
        } else {
            write_bytes(&mut renamed, name.as_bytes());
        }
        let before = *section;
        skip_type(section)?;
        renamed.extend(&before[..before.len() - section.len()]);
    }
    Ok(renamed)
}

/// Skips the type of an import (<https://webassembly.github.io/spec/core/binary/types.html#external-types>).
fn skip_type(section: &mut &[u8]) -> Result<()> {
    let kind = take(section, 1)?[0];
    match kind {
        // A function.
        0 => drop(read_number(section)?),
        // A table has a type before its limits, and a memory has only limits.
        1 | 2 => {
            take(section, usize::from(kind == 1))?;
            let has_maximum = take(section, 1)?[0] & 1 == 1;
            for _ in 0..=usize::from(has_maximum) {
                read_number(section)?;
            }
        }
        // A global.
        3 => drop(take(section, 2)?),
        _ => bail!("an import has the unknown kind {kind}"),
    }
    Ok(())
}

/// Returns the short name of an import. It is a JavaScript identifier.
fn short(mut index: usize) -> String {
    let mut name = String::from("i");
    loop {
        name.push(char::from(b"abcdefghijklmnopqrstuvwxyz"[index % 26]));
        index /= 26;
        if index == 0 {
            return name;
        }
    }
}

fn take<'a>(bytes: &mut &'a [u8], count: usize) -> Result<&'a [u8]> {
    let (taken, rest) = bytes.split_at_checked(count).context("the file ends too early")?;
    *bytes = rest;
    Ok(taken)
}

fn read_bytes<'a>(bytes: &mut &'a [u8]) -> Result<&'a [u8]> {
    let count = read_number(bytes)?;
    take(bytes, count)
}

/// Reads a number in [LEB128](https://webassembly.github.io/spec/core/binary/values.html#integers).
fn read_number(bytes: &mut &[u8]) -> Result<usize> {
    let mut number = 0;
    for shift in (0..32).step_by(7) {
        let byte = take(bytes, 1)?[0];
        number |= usize::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(number);
        }
    }
    bail!("a number is too long")
}

fn write_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    write_number(out, bytes.len());
    out.extend(bytes);
}

fn write_number(out: &mut Vec<u8>, mut number: usize) {
    loop {
        let byte = u8::try_from(number & 0x7f).unwrap_or_default();
        number >>= 7;
        if number == 0 {
            out.push(byte);
            return;
        }
        out.push(byte | 0x80);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A program that imports a function, a table, a memory and a global, and has an empty custom section.
    fn program(name: &str) -> Vec<u8> {
        let mut imports = vec![4];
        for (name, kind) in [
            (name, &[0, 5][..]),
            ("table", &[1, 0x70, 0, 1]),
            ("memory", &[2, 1, 1, 0x80, 0x01]),
            ("global", &[3, 0x7f, 0]),
        ] {
            write_bytes(&mut imports, b"./page_bg.js");
            write_bytes(&mut imports, name.as_bytes());
            imports.extend(kind);
        }
        let mut wasm = b"\0asm\x01\0\0\0".to_vec();
        wasm.push(IMPORT_SECTION);
        write_bytes(&mut wasm, &imports);
        wasm.extend([0, 2, 1, b'x']);
        wasm
    }

    #[test]
    fn shortens_the_same_name_in_both_files() {
        let js = "let i={table:t,__wbg_a_0123456789abcdef:function(){},b:1}";
        let (wasm, js) = shorten(&program("__wbg_a_0123456789abcdef"), js).unwrap();
        assert_eq!(wasm, program("ia"));
        assert_eq!(js, "let i={table:t,ia:function(){},b:1}");
    }

    #[test]
    fn refuses_a_name_that_the_javascript_lacks_and_a_file_that_ends_early() {
        let wasm = program("__wbg_a");
        assert!(shorten(&wasm, "let i={}").is_err());
        for length in 0..wasm.len() {
            let js = "let i={__wbg_a:1}";
            // Without the custom section, the file is complete.
            let is_complete = [8, wasm.len() - 4].contains(&length);
            assert_eq!(shorten(&wasm[..length], js).is_ok(), is_complete, "{length}");
        }
    }

    #[test]
    fn names_and_numbers_are_distinct() {
        let names: std::collections::HashSet<_> = (0..1_000).map(short).collect();
        assert_eq!(names.len(), 1_000);
        for number in [0, 127, 128, 16_384, 4_000_000] {
            let mut bytes = Vec::new();
            write_number(&mut bytes, number);
            assert_eq!(read_number(&mut bytes.as_slice()).unwrap(), number);
        }
    }
}
