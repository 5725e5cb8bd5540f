//! Splits a compiled page into a main module and lazy-loaded parts.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, anyhow};
use lexopt::{Arg, Parser, ValueExt};
use wasm_split_cli_support::{Options, transform};

fn main() -> Result<()> {
    let (mut paths, mut name) = (Vec::new(), None);
    let mut arguments = Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("out-name") => name = Some(arguments.value()?.string()?),
            Arg::Value(path) => paths.push(PathBuf::from(path)),
            other => return Err(other.unexpected().into()),
        }
    }
    let [input, folder] = &paths[..] else {
        return Err(anyhow!("usage: wasm-split-cli INPUT FOLDER --out-name NAME"));
    };
    let name = name.context("--out-name is missing")?;
    let wasm = fs::read(input).with_context(|| format!("cannot read {}", input.display()))?;
    let (main_file, main_module) = (folder.join(format!("{name}.wasm")), format!("./{name}.js"));
    let mut options = Options::new(&wasm);
    options.output_dir = folder;
    options.main_out_path = &main_file;
    options.main_module = &main_module;
    transform(options).map(drop).map_err(|error| anyhow!("{error:?}"))
}
