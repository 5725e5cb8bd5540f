//! The step `deployment`: the tests of the image and of the examples in `deploy`, which need further programs.

use std::path::PathBuf;

use anyhow::{Context, Result};

use super::outcome::{Outcome, count};
use super::tally::Tally;
use crate::backend::{BackendProfile, TESTED_FEATURES, TESTED_PACKAGES};
use crate::console::Task;
use crate::fingerprint::files_below;
use crate::image::{self, Contents};
use crate::page::{self, PageProfile};
use crate::{browser, process, workspace};

/// The variable with the path of the image that the test starts.
const TEST_IMAGE: &str = "STUDIO_USERS_TEST_IMAGE";
/// The programs of each group of tests, and their Debian packages.
const GROUPS: [(&str, &[&str], &[&str]); 5] = [
    ("image", &["bwrap"], &["bubblewrap", "ca-certificates"]),
    ("proxies", &["nginx", "caddy"], &["nginx", "caddy"]),
    ("unit", &["systemd-analyze"], &["systemd"]),
    ("monitoring", &["prometheus", "promtool"], &["prometheus"]),
    ("night", &["prometheus", "bwrap", "openssl"], &["prometheus", "bubblewrap", "openssl"]),
];

/// Runs the tests whose programs are installed or can be installed.
pub(super) fn run(task: &Task, tally: &mut Tally) -> Result<Outcome> {
    if !cfg!(target_os = "linux") {
        return Ok(Outcome::Skipped("the deployment tests run on Linux only"));
    }
    let (mut groups, mut is_complete) = (Vec::new(), true);
    for (group, programs, packages) in GROUPS {
        match find_or_install(programs, packages, task) {
            Ok(()) => groups.push(group),
            Err(error) => {
                task.note(&format!("{}: {error:#}", packages.join(" and ")));
                is_complete = false;
            }
        }
    }
    if groups.is_empty() {
        return Ok(Outcome::Skipped("none of the programs that it needs could be installed"));
    }
    let archive = workspace::target_dir()?.join("xtask-image.oci.tar");
    image::pack(&test_contents()?, &archive, task)?;
    let mut tests = process::cargo(["test", "--no-fail-fast", "--test", "http"]);
    tests.args(TESTED_PACKAGES).args(TESTED_FEATURES).args(["--", "--ignored"]);
    tests.args(groups.iter().map(|group| format!("deployment::{group}::")));
    count(task, tally, [tests.env(TEST_IMAGE, archive)])?;
    Ok(if is_complete {
        Outcome::Done
    } else {
        Outcome::Skipped("a program could not be installed; see the notes")
    })
}

fn find_or_install(programs: &[&str], packages: &[&str], task: &Task) -> Result<()> {
    let missing = || programs.iter().find(|name| find(name).is_none());
    if missing().is_some() {
        task.note(&format!("installing {} with apt-get", packages.join(" and ")));
        browser::apt_install(packages, task)?;
    }
    missing().map_or(Ok(()), |name| Err(anyhow::anyhow!("{name} was not found after the installation")))
}

/// Returns the path of a program. Debian's nginx is in a folder that is not on every user's `PATH`.
fn find(program: &str) -> Option<PathBuf> {
    let folder = process::folder_on_path(program).unwrap_or_else(|| "/usr/sbin".into());
    Some(folder.join(program)).filter(|path| path.is_file())
}

/// Returns the contents of an image for the test: the backend that the suite has compiled anyway, with its libraries and
/// the page. Compiling the static release for the test would take too long.
fn test_contents() -> Result<Contents> {
    let program = BackendProfile::Test.program()?;
    let ldd = process::read_stdout(process::command("ldd").arg(&program))?;
    let libraries = ldd.split_whitespace().filter_map(|word| word.strip_prefix('/'));
    let mut files: Vec<_> = libraries.map(|path| (path.to_owned(), PathBuf::from("/").join(path))).collect();
    let page = page::folder(PageProfile::Release);
    for file in files_below(&page)? {
        let below = file.strip_prefix(&page)?.to_str().context("a file of the page has an unusual name")?;
        files.push((format!("page/{below}"), file.clone()));
    }
    Ok(Contents { program, files, arguments: ["--page", "/page"].map(str::to_owned).into() })
}
