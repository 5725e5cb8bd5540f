//! Runs a compiled test in a browser, as cargo's runner for the page's tests:
//! <https://doc.rust-lang.org/cargo/reference/config.html#targettriplerunner>

use std::env;

fn main() -> anyhow::Result<()> {
    wasm_bindgen_cli::wasm_bindgen_test_runner::run_cli_with_args(env::args_os())
}
