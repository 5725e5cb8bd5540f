//! A server of PostgreSQL that a test may stop.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// The folders of Debian and Ubuntu, with one for each version.
const DEBIAN: &str = "/usr/lib/postgresql";
/// The user under which root runs the server, because PostgreSQL refuses to run as root.
const OWNER: &str = "postgres";
const OPTIONS: &str = "-c listen_addresses= -c fsync=off -c full_page_writes=off -c max_connections=100";
/// Starts the server, waits until the standard input ends, stops the server and deletes the folder. The standard input also
/// ends when the tests are killed, so no server is left behind. The arguments are the folder of the programs, the server's
/// folder and its options.
const GUARDIAN: &str = r#"
"$1/pg_ctl" --silent --pgdata "$2/data" --log "$2/log" --options "$3" --wait start >/dev/null 2>&1 && echo ready
read -r _
"$1/pg_ctl" --silent --pgdata "$2/data" --mode immediate --wait stop >/dev/null 2>&1
rm -rf "$2"
"#;

/// A running server. Dropping it stops the server and deletes its folder.
pub(crate) struct Cluster {
    guardian: Child,
    programs: PathBuf,
    folder: PathBuf,
}

impl Cluster {
    /// Creates a server in a private folder and starts it. Returns `None` without the programs of PostgreSQL.
    pub(crate) fn start() -> Option<Self> {
        let Some(programs) = find_programs() else {
            eprintln!("skipped: `initdb` of PostgreSQL was not found");
            return None;
        };
        let folder = as_owner("mktemp").args(["-d", "/tmp/studio-users-pg-XXXXXX"]).output().unwrap();
        let folder = PathBuf::from(String::from_utf8(folder.stdout).unwrap().trim());
        let created = as_owner(programs.join("initdb"))
            .args(["--username", "postgres", "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8"])
            .args(["--no-sync", "--pgdata"])
            .arg(folder.join("data"))
            .output()
            .unwrap();
        assert!(created.status.success(), "{}", String::from_utf8_lossy(&created.stderr));
        let mut guardian = as_owner("sh")
            .args(["-c", GUARDIAN, "sh"])
            .args([&programs, &folder])
            .arg(options(&folder))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(guardian.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line.trim(), "ready", "PostgreSQL did not start");
        Some(Self { guardian, programs, folder })
    }

    /// Returns the URL of the server for its superuser.
    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@localhost/postgres?host={}", self.folder.display())
    }

    /// Stops the server like a crash.
    pub(crate) fn stop(&self) {
        self.control(&["--mode", "immediate", "stop"]);
    }

    /// Starts the server again, and waits until it accepts connections.
    pub(crate) fn start_again(&self) {
        let log = self.folder.join("log");
        self.control(&["--log", log.to_str().unwrap(), "--options", &options(&self.folder), "start"]);
    }

    fn control(&self, arguments: &[&str]) {
        let mut control = as_owner(self.programs.join("pg_ctl"));
        control.args(["--silent", "--wait", "--pgdata"]).arg(self.folder.join("data")).args(arguments);
        // The server would keep a pipe open.
        let status = control.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
        assert!(status.success(), "{arguments:?}");
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // Ends the guardian's standard input. The guardian then stops the server and deletes the folder.
        drop(self.guardian.stdin.take());
        let _ = self.guardian.wait();
    }
}

fn options(folder: &Path) -> String {
    format!("-k {} {OPTIONS}", folder.display())
}

/// Returns the folder of the programs: that of the newest version on Debian, or one on the PATH.
fn find_programs() -> Option<PathBuf> {
    let on_path = std::env::var_os("PATH")
        .into_iter()
        .flat_map(|path| std::env::split_paths(&path).collect::<Vec<_>>());
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir(DEBIAN)
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let entry = entry.ok()?;
            Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin")))
        })
        .collect();
    versions.sort();
    let installed = versions.into_iter().rev().map(|(_, folder)| folder);
    installed.chain(on_path).find(|folder| folder.join("initdb").exists())
}

/// Returns a command that runs a program as the owner of the server, in a folder that the owner can access.
fn as_owner(program: impl AsRef<Path>) -> Command {
    let id = Command::new("id").arg("-u").output().unwrap();
    let mut command = if id.stdout == b"0\n" {
        let mut command = Command::new("setpriv");
        command.args(["--reuid", OWNER, "--regid", OWNER, "--clear-groups", "--"]).arg(program.as_ref());
        command
    } else {
        Command::new(program.as_ref())
    };
    command.current_dir("/");
    command
}
