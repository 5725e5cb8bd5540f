//! `cargo xtask screenshots`: takes the screenshots for the documentation.

use anyhow::Result;

use crate::backend::BackendProfile;
use crate::cli::OutputOptions;
use crate::console::Console;
use crate::page::{self, PageProfile};
use crate::{browser, npm, process, wasm_target, workspace};

/// The Debian packages that the screenshots need: fonts for the page and for the demo's names in all scripts,
/// and pngquant, which compresses the images. Without the fonts, the images show empty boxes.
const APT_PACKAGES: [&str; 5] =
    ["fonts-liberation", "fonts-noto-core", "fonts-noto-cjk", "fonts-noto-color-emoji", "pngquant"];

/// Builds the product and an example host, starts them with demo data, and writes the screenshots to `docs/`.
pub(crate) fn run(options: OutputOptions) -> Result<()> {
    let console = Console::new(4, options.output());
    console.step("Checking the wasm32 target", None, wasm_target::ensure)?;
    let browser = console.step("Finding a browser, fonts and pngquant", None, |task| {
        if process::folder_on_path("apt-get").is_some() {
            browser::apt_install(&APT_PACKAGES, task)?;
        }
        browser::find_or_install(task)
    })?;
    let (page, backend) = (PageProfile::Dev, BackendProfile::Test);
    console.step("Building the page and the backend", page.estimate(), |task| {
        page::build(page, task)?;
        page::build_react_host(page, task)?;
        task.run_labelled("backend", &mut backend.command())
    })?;
    console.step("Taking the screenshots", None, |task| {
        let folder = workspace::root().join("end2end");
        npm::ci(&folder, task)?;
        let mut playwright = process::command("npx");
        playwright.current_dir(&folder).args([
            "--no-install",
            "playwright",
            "test",
            "--config",
            "screenshots.config.ts",
        ]);
        playwright
            .env("CHROMIUM", &browser.headless)
            .env("STUDIO_USERS_SERVER", backend.program()?)
            .env("STUDIO_USERS_PAGE", page::folder(page));
        task.run(&mut playwright)
    })?;
    console.print_summary();
    Ok(())
}
