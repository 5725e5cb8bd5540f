//! `cargo xtask run`: builds and starts the product from a fresh clone.

use std::env;
use std::io::{self, IsTerminal};
use std::process::Command;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};

use crate::backend::{self, BackendProfile, Server, StopHandle};
use crate::cli::RunOptions;
use crate::console::{Console, Task};
use crate::page::{self, PageProfile};
use crate::{process, tool, wasm_target};

/// Installs missing tools, builds and starts the product, and waits until the backend exits.
pub(crate) fn run(options: &RunOptions) -> Result<()> {
    let console = Console::new(if options.release { 4 } else { 3 }, options.output());
    console.step("Checking the wasm32 target", None, wasm_target::ensure)?;
    let backend = if options.release {
        // The release backend embeds the page, so the page is built first.
        let page = PageProfile::Release;
        console.step("Building the release page", page.estimate(), |task| page::build(page, task))?;
        let backend = BackendProfile::ReleaseWithPage;
        console.step("Building the release backend", backend.estimate(), |task| {
            task.run(&mut backend.command())
        })?;
        backend
    } else {
        let estimate = sum_estimates([PageProfile::Dev.estimate(), BackendProfile::Dev.estimate()]);
        console.step("Building the page and the backend", estimate, build_both)?;
        BackendProfile::Dev
    };

    let listen = backend::free_address(options.listen)?;
    let (server, url) = console.step("Starting the backend", None, |task| {
        if listen != options.listen {
            task.note(&format!("{} is in use; listening on {listen} instead", options.listen));
        }
        let mut server = Server::start(backend, options.demo, listen)?;
        stop_on_ctrl_c(server.stop_handle())?;
        let url = server.wait_until_listening(task)?;
        Ok((server, url))
    })?;
    console.print_summary();
    print_instructions(&url, !options.no_open);

    let status = server.wait()?;
    if !status.success() {
        bail!("the backend stopped: {status}");
    }
    Ok(())
}

/// Builds the page, its tools and the backend in parallel, because each build ends with one large crate,
/// which uses only one core.
fn build_both(task: &Task) -> Result<()> {
    thread::scope(|scope| {
        let backend = scope.spawn(|| task.run_labelled("backend", &mut BackendProfile::Dev.command()));
        let tools = scope.spawn(|| tool::wasm_bindgen()?.find_or_install(task));
        let page = page::compile(PageProfile::Dev, task);
        tools.join().map_err(|_| anyhow!("building the tools panicked"))??;
        page.and_then(|()| page::build(PageProfile::Dev, task))?;
        backend.join().map_err(|_| anyhow!("building the backend panicked"))?.map(drop)
    })
}

/// Returns the usual time of builds that run in parallel. They share two cores, so it is the sum.
fn sum_estimates<const N: usize>(parts: [Option<Duration>; N]) -> Option<Duration> {
    parts.into_iter().flatten().reduce(|total, part| total + part)
}

/// Handles Ctrl-C: the first one stops the backend gracefully, the second one exits at once.
fn stop_on_ctrl_c(stop_handle: StopHandle) -> Result<()> {
    let mut is_stopping = false;
    ctrlc::set_handler(move || {
        if is_stopping {
            std::process::exit(130);
        }
        is_stopping = true;
        stop_handle.stop();
    })
    .context("cannot listen for Ctrl-C")
}

fn print_instructions(url: &str, may_open: bool) {
    // The backend's sign-in links use `localhost`, and browsers store cookies per host name.
    let url = &url.replace("127.0.0.1", "localhost");
    println!("\n  Open {url}");
    println!("  On the sign-in page, choose one of the four demo users.");
    println!("  Press Ctrl-C to stop.\n");
    if let Some(opener) = opener().filter(|_| may_open && io::stdout().is_terminal()) {
        let _ = Command::new(opener).arg(url).spawn();
    }
}

/// Returns the program that opens a URL in the user's browser, if there is a desktop.
fn opener() -> Option<&'static str> {
    let has_desktop = env::var_os("DISPLAY").is_some() || env::var_os("WAYLAND_DISPLAY").is_some();
    let opener = match env::consts::OS {
        "macos" => "open",
        "linux" if has_desktop => "xdg-open",
        _ => return None,
    };
    process::folder_on_path(opener).map(|_| opener)
}
