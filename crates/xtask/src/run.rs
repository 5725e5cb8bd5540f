//! `cargo xtask run`: from nothing to the product.

use std::env;
use std::io::{self, IsTerminal};
use std::process::Command;
use std::thread::{self, JoinHandle};

use anyhow::{Context, Result, anyhow, bail};

use crate::backend::{self, Server, Stopper};
use crate::cli::RunOptions;
use crate::page::{self, Flavour};
use crate::progress::Progress;
use crate::{process, tool, wasm_target};

/// Sets up, builds and starts, and waits until the backend is stopped.
pub(crate) fn run(options: &RunOptions) -> Result<()> {
    let mut progress = Progress::new(6);
    let flavour = if options.release { Flavour::Small } else { Flavour::Quick };

    progress.step("Checking that Rust can compile for the browser", wasm_target::ensure)?;

    let (wasm_bindgen, trunk) = (tool::wasm_bindgen()?, tool::trunk());
    let compilation =
        Compilation::start(options.release, wasm_bindgen.find().is_none() || trunk.find().is_none());
    progress.step(&wasm_bindgen.title(), || wasm_bindgen.find_or_install())?;
    progress.step(&trunk.title(), || trunk.find_or_install())?;
    progress.step("Building the page", || page::build(flavour))?;
    progress.step("Building the backend", || compilation.finish(options.release))?;

    let listen = backend::free_address(options.listen)?;
    if listen != options.listen {
        println!("      {} is taken, so this is another port", options.listen);
    }
    let (server, url) = progress.step("Starting", || {
        let mut server = Server::start(options.release, options.demo, listen)?;
        stop_on_ctrl_c(server.stopper())?;
        let url = server.wait_until_listening()?;
        Ok((server, url))
    })?;
    progress.summary();
    say_where_to_go(&url, !options.no_open);

    let status = server.wait()?;
    if !status.success() {
        bail!("the backend stopped: {status}");
    }
    Ok(())
}

/// What is compiled beside the other steps, as it needs none of them.
struct Compilation(Option<JoinHandle<Result<()>>>);

impl Compilation {
    /// Begins with the backend, and goes on with the page's Rust if the tools will take long enough. The
    /// optimised backend holds the page, so it waits for that.
    fn start(release: bool, page_too: bool) -> Self {
        if release {
            return Self(None);
        }
        let mut commands = vec![backend::build_command(false)];
        if page_too {
            commands.push(page::compile_command(Flavour::Quick));
        }
        Self(Some(thread::spawn(move || {
            commands.iter_mut().try_for_each(|command| process::run_quietly(command).map(drop))
        })))
    }

    /// Waits for the backend.
    fn finish(self, release: bool) -> Result<()> {
        match self.0 {
            Some(thread) => thread.join().map_err(|_| anyhow!("the build panicked"))?,
            None => process::run(&mut backend::build_command(release)),
        }
    }
}

/// Once asks the backend to stop; twice leaves at once.
fn stop_on_ctrl_c(stopper: Stopper) -> Result<()> {
    let mut asked = false;
    ctrlc::set_handler(move || {
        if asked {
            std::process::exit(130);
        }
        asked = true;
        stopper.stop();
    })
    .context("cannot listen for Ctrl-C")
}

fn say_where_to_go(url: &str, may_open: bool) {
    // The name that the sign-in link has too: cookies are kept by name.
    let url = &url.replace("127.0.0.1", "localhost");
    println!("\n  The studio is at {url}");
    println!("  Its sign-in page offers four people: be one of them.");
    println!("  Ctrl-C stops it.\n");
    if let Some(opener) = opener().filter(|_| may_open && io::stdout().is_terminal()) {
        let _ = Command::new(opener).arg(url).spawn();
    }
}

/// What opens a page in the user's browser, if there is a desktop.
fn opener() -> Option<&'static str> {
    let has_desktop = env::var_os("DISPLAY").is_some() || env::var_os("WAYLAND_DISPLAY").is_some();
    let opener = match env::consts::OS {
        "macos" => "open",
        "linux" if has_desktop => "xdg-open",
        _ => return None,
    };
    process::folder_on_path(opener).map(|_| opener)
}
