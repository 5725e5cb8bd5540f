//! `cargo xtask screenshots`: the pictures of the documentation.

use anyhow::Result;

use crate::backend::Build;
use crate::cli::OutputOptions;
use crate::console::Console;
use crate::page::{self, Flavour};
use crate::{browser, npm, process, wasm_target, workspace};

/// Fonts for the names in all scripts of the demo. Without them the pictures show empty boxes.
const FONTS: [&str; 3] = ["fonts-noto-core", "fonts-noto-cjk", "fonts-noto-color-emoji"];

/// Builds the product, starts it on demo data, and takes each screenshot in light and dark into `docs/`.
pub(crate) fn run(options: OutputOptions) -> Result<()> {
    let console = Console::new(4, options.output());
    console.step("Checking that Rust can compile for the browser", None, wasm_target::ensure)?;
    let browser = console.step("Looking for a browser and fonts", None, |task| {
        if process::folder_on_path("apt-get").is_some() {
            browser::apt_install(&FONTS, task)?;
        }
        browser::find_or_install(task)
    })?;
    let (flavour, build) = (Flavour::Small, Build::Tested);
    console.step("Building the page and the backend", flavour.estimate(), |task| {
        page::build(flavour, task)?;
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
