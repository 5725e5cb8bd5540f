//! `cargo xtask screenshots`: the pictures of the documentation.

use anyhow::Result;

use crate::backend::Build;
use crate::cli::OutputOptions;
use crate::console::Console;
use crate::page::{self, Flavour};
use crate::{browser, npm, process, wasm_target, workspace};

/// Fonts for the page and for the names in all scripts of the demo, and pngquant, which makes the pictures smaller.
/// Without the fonts the pictures show empty boxes.
const PACKAGES: [&str; 5] =
    ["fonts-liberation", "fonts-noto-core", "fonts-noto-cjk", "fonts-noto-color-emoji", "pngquant"];

/// Builds the product and a host, starts them on demo data, and takes the screenshots into `docs/`.
pub(crate) fn run(options: OutputOptions) -> Result<()> {
    let console = Console::new(4, options.output());
    console.step("Checking that Rust can compile for the browser", None, wasm_target::ensure)?;
    let browser = console.step("Looking for a browser, fonts and pngquant", None, |task| {
        if process::folder_on_path("apt-get").is_some() {
            browser::apt_install(&PACKAGES, task)?;
        }
        browser::find_or_install(task)
    })?;
    let (flavour, build) = (Flavour::Quick, Build::Tested);
    console.step("Building the page and the backend", flavour.estimate(), |task| {
        page::build(flavour, task)?;
        page::build_react_host(flavour, task)?;
        task.run_labelled("backend", &mut build.command())
    })?;
    console.step("Taking the screenshots", None, |task| {
        let folder = workspace::root().join("end2end");
        npm::ci(&folder, task)?;
        let mut node = process::command("npx");
        node.current_dir(&folder).args([
            "--no-install",
            "playwright",
            "test",
            "--config",
            "screenshots.config.ts",
        ]);
        node.env("CHROMIUM", &browser.headless)
            .env("STUDIO_USERS_SERVER", build.program()?)
            .env("STUDIO_USERS_PAGE", page::folder(flavour));
        task.run(&mut node)
    })?;
    console.summary();
    Ok(())
}
