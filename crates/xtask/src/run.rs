//! `cargo xtask run`: from a fresh clone to the running product.

use std::env;
use std::io::{self, IsTerminal};
use std::process::Command;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};

use crate::backend::{self, Build, Server, Stopper};
use crate::cli::RunOptions;
use crate::console::{Console, Task};
use crate::page::{self, Flavour};
use crate::{process, tool, wasm_target};

/// Sets up, builds and starts the product, and waits until the backend stops.
pub(crate) fn run(options: &RunOptions) -> Result<()> {
    let console = Console::new(if options.release { 4 } else { 3 }, options.output());
    console.step("Checking that Rust can compile for the browser", None, wasm_target::ensure)?;
    let build = if options.release {
        // The optimised backend contains the page, so it is built afterwards.
        let flavour = Flavour::Small;
        console.step("Building the small page", flavour.estimate(), |task| page::build(flavour, task))?;
        let build = Build::Complete;
        console.step("Building the optimised backend", build.estimate(), |task| {
            task.run(&mut build.command())
        })?;
        build
    } else {
        let estimate = estimate([Flavour::Quick.estimate(), Build::Quick.estimate()]);
        console.step("Building the page and the backend", estimate, build_both)?;
        Build::Quick
    };

    let listen = backend::free_address(options.listen)?;
    let (server, url) = console.step("Starting the backend", None, |task| {
        if listen != options.listen {
            task.note(&format!("{} is taken, so it listens on {listen}", options.listen));
        }
        let mut server = Server::start(build, options.demo, listen)?;
        stop_on_ctrl_c(server.stopper())?;
        let url = server.wait_until_listening(task)?;
        Ok((server, url))
    })?;
    console.summary();
    print_where_to_go(&url, !options.no_open);

    let status = server.wait()?;
    if !status.success() {
        bail!("the backend stopped: {status}");
    }
    Ok(())
}

/// Builds the page, its tools and the backend at the same time: each build ends with one large crate, which keeps a single core
/// busy.
fn build_both(task: &Task) -> Result<()> {
    thread::scope(|scope| {
        let backend = scope.spawn(|| task.run_labelled("backend", &mut Build::Quick.command()));
        let tools = scope.spawn(|| tool::wasm_bindgen()?.find_or_install(task));
        let page = page::compile(Flavour::Quick, task);
        tools.join().map_err(|_| anyhow!("building the tools panicked"))??;
        page.and_then(|()| page::build(Flavour::Quick, task))?;
        backend.join().map_err(|_| anyhow!("building the backend panicked"))?.map(drop)
    })
}

/// The usual time of builds that run at the same time. They share two cores, so it is their sum.
fn estimate<const N: usize>(parts: [Option<Duration>; N]) -> Option<Duration> {
    parts.into_iter().flatten().reduce(|all, part| all + part)
}

/// Makes the first Ctrl-C ask the backend to stop, and the second one exit at once.
fn stop_on_ctrl_c(stopper: Stopper) -> Result<()> {
    let mut is_stopping = false;
    ctrlc::set_handler(move || {
        if is_stopping {
            std::process::exit(130);
        }
        is_stopping = true;
        stopper.stop();
    })
    .context("cannot listen for Ctrl-C")
}

fn print_where_to_go(url: &str, may_open: bool) {
    // Cookies belong to a host name, and the sign-in link names this one.
    let url = &url.replace("127.0.0.1", "localhost");
    println!("\n  Open {url}");
    println!("  Sign in as one of the four people of the demo.");
    println!("  Press Ctrl-C to stop.\n");
    if let Some(opener) = opener().filter(|_| may_open && io::stdout().is_terminal()) {
        let _ = Command::new(opener).arg(url).spawn();
    }
}

/// The program that opens a page in the user's browser, if there is a desktop.
fn opener() -> Option<&'static str> {
    let has_desktop = env::var_os("DISPLAY").is_some() || env::var_os("WAYLAND_DISPLAY").is_some();
    let opener = match env::consts::OS {
        "macos" => "open",
        "linux" if has_desktop => "xdg-open",
        _ => return None,
    };
    process::folder_on_path(opener).map(|_| opener)
}
