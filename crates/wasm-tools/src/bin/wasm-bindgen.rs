//! Generates the JavaScript that loads a compiled page. This is `wasm-bindgen` for the target `web`, with
//! only the options that this project uses. The official program compiles four times as many crates:
//! <https://crates.io/crates/wasm-bindgen-cli>

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use lexopt::{Arg, Parser, ValueExt};
use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<()> {
    let mut bindgen = Bindgen::new();
    let mut out_dir = None;
    let mut arguments = Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("version") | Arg::Short('V') => {
                println!("wasm-bindgen {}", env!("CARGO_PKG_VERSION"));
                return Ok(());
            }
            Arg::Long("target") => match arguments.value()?.string()?.as_str() {
                "web" => drop(bindgen.web(true)?),
                other => bail!("unsupported target `{other}`; only `web` is supported"),
            },
            Arg::Long("out-dir") => out_dir = Some(PathBuf::from(arguments.value()?)),
            Arg::Long("out-name") => drop(bindgen.out_name(&arguments.value()?.string()?)),
            Arg::Long("no-typescript") => drop(bindgen.typescript(false)),
            Arg::Long("debug") => drop(bindgen.debug(true)),
            Arg::Long("keep-debug") => drop(bindgen.keep_debug(true)),
            Arg::Long("no-demangle") => drop(bindgen.demangle(false)),
            Arg::Long("keep-lld-exports") => drop(bindgen.keep_lld_exports(true)),
            Arg::Long("omit-default-module-path") => drop(bindgen.omit_default_module_path(true)),
            Arg::Long("remove-name-section") => drop(bindgen.remove_name_section(true)),
            Arg::Long("remove-producers-section") => drop(bindgen.remove_producers_section(true)),
            Arg::Value(input) => drop(bindgen.input_path(PathBuf::from(input))),
            other => return Err(other.unexpected().into()),
        }
    }
    bindgen.generate(out_dir.context("--out-dir is missing")?)
}
