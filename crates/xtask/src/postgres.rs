//! Starts a temporary `PostgreSQL` server for the tests.

mod install;

use std::fs::{self, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::process;
pub(crate) use install::{Installation, find_or_install};

/// The name of the server's socket: <https://www.postgresql.org/docs/current/runtime-config-connection.html>
const SOCKET: &str = ".s.PGSQL.5432";
/// The maximum length of a socket's path, in bytes, without the final NUL:
/// <https://man7.org/linux/man-pages/man7/unix.7.html>. On macOS it is 103.
const MAX_SOCKET_PATH: usize = if cfg!(target_os = "macos") { 103 } else { 107 };
/// The folder that is used if the path of the usual one is too long for a socket.
const SHORT_FOLDER: &str = "/tmp";
/// The locale of the databases. In the locale `C`, `pg_trgm` would not index letters outside of ASCII.
const LOCALE: &str = if cfg!(target_os = "macos") { "en_US.UTF-8" } else { "C.UTF-8" };
/// The settings of the server. A crash may lose its data, because the server lives only for the tests.
const SETTINGS: &str = "
listen_addresses = ''
fsync = off
full_page_writes = off
synchronous_commit = off
max_connections = 300
shared_buffers = 128MB
";
/// Starts the server, waits until the standard input ends, stops the server and deletes the folder. The standard
/// input also ends when xtask is killed, so no server is left behind. The arguments are the folder of the programs
/// and the server's folder.
const GUARDIAN: &str = r#"
if "$1/pg_ctl" --silent --pgdata "$2/data" --log "$2/log" --wait --timeout 60 start >"$2/start" 2>&1; then
    echo ready
else
    echo failed
fi
read -r _
"$1/pg_ctl" --silent --pgdata "$2/data" --mode immediate --wait stop >/dev/null 2>&1
rm -rf "$2"
"#;
/// Programs that run a command as another user, with their arguments before the command. The user's name is inserted
/// at the empty argument.
const RUN_AS: [(&str, &[&str]); 3] = [
    ("setpriv", &["--reuid", "", "--regid", "", "--clear-groups", "--"]),
    ("runuser", &["-u", "", "--"]),
    // `su` passes the arguments after the name to the shell.
    ("su", &["-s", "/bin/sh", "-c", "exec \"$@\"", "--", "", "sh"]),
];

/// A running server. Dropping it stops the server and deletes its folder.
pub(crate) struct Cluster {
    guardian: Child,
    folder: PathBuf,
}

impl Cluster {
    /// Creates a server in a private folder and starts it. As root, the server runs under another user, because
    /// `PostgreSQL` refuses to run as root.
    pub(crate) fn start(installation: &Installation) -> Result<Self> {
        let owner = if process::is_root() { Some(unprivileged_user()?) } else { None };
        let folder = create_folder(owner)?;
        // From here on, dropping the server deletes the folder.
        let guardian =
            prepare(installation, owner, &folder).and_then(|()| guard(installation, owner, &folder));
        let guardian = guardian.inspect_err(|_| {
            let _ = fs::remove_dir_all(&folder);
        })?;
        let mut cluster = Self { guardian, folder };
        cluster.wait_until_ready()?;
        Ok(cluster)
    }

    /// Returns the URL of the server for its superuser.
    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@localhost/postgres?host={}", self.folder.display())
    }

    fn wait_until_ready(&mut self) -> Result<()> {
        let stdout = self.guardian.stdout.take().context("the server's guardian has no output")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        if line.trim() == "ready" {
            return Ok(());
        }
        let read = |name: &str| fs::read_to_string(self.folder.join(name)).unwrap_or_default();
        bail!("PostgreSQL did not start:\n{}\n{}", read("start").trim(), read("log").trim())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // Ends the guardian's standard input. The guardian then stops the server and deletes the folder.
        drop(self.guardian.stdin.take());
        let _ = self.guardian.wait();
    }
}

/// Returns the user under which root runs the server.
fn unprivileged_user() -> Result<&'static str> {
    let exists = |name: &&str| process::user_id(Some(name)).is_some();
    ["postgres", "nobody"].into_iter().find(exists).context("there is no user `postgres` or `nobody`")
}

/// Creates an empty folder that only the owner can access.
fn create_folder(owner: Option<&str>) -> Result<PathBuf> {
    let mut mktemp = process::command("mktemp");
    let template = folder_template(&std::env::temp_dir());
    let folder = process::read_stdout(mktemp.arg("-d").arg(template))?;
    let folder = PathBuf::from(folder.trim_end_matches('\n'));
    if let Some(owner) = owner {
        process::read_stdout(process::command("chown").arg(owner).arg(&folder))?;
    }
    Ok(folder)
}

/// Returns the template of `mktemp` for the server's folder, whose path is short enough for a socket.
fn folder_template(temporary: &Path) -> PathBuf {
    let template = temporary.join("studio-users-pg-XXXXXX");
    if template.join(SOCKET).as_os_str().len() <= MAX_SOCKET_PATH {
        return template;
    }
    Path::new(SHORT_FOLDER).join("studio-users-pg-XXXXXX")
}

/// Creates the server's files and configures it.
fn prepare(installation: &Installation, owner: Option<&str>, folder: &Path) -> Result<()> {
    let data = folder.join("data");
    let mut initdb = run_as(owner, &installation.program("initdb"))?;
    // The folder's mode protects the server, so it needs no passwords.
    initdb.args(["--username", "postgres", "--auth", "trust", "--encoding", "UTF8"]);
    initdb.args(["--locale", LOCALE, "--no-sync", "--pgdata"]).arg(&data);
    process::read_stdout(&mut initdb)?;
    let mut settings = OpenOptions::new().append(true).open(data.join("postgresql.conf"))?;
    let socket_folder = folder.to_str().context("the path of the temporary folder is not UTF-8")?;
    let socket_folder = socket_folder.replace('\'', "''");
    writeln!(settings, "{SETTINGS}unix_socket_directories = '{socket_folder}'")?;
    Ok(())
}

/// Starts the guardian, which starts the server.
fn guard(installation: &Installation, owner: Option<&str>, folder: &Path) -> Result<Child> {
    let mut guardian = run_as(owner, Path::new("sh"))?;
    guardian.args(["-c", GUARDIAN, "sh"]).arg(installation.folder()).arg(folder);
    guardian.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    // Runs in its own process group, so that Ctrl-C does not end the guardian before the server.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut guardian, 0);
    guardian.spawn().map_err(|error| process::spawn_error(&guardian, &error))
}

/// Creates a command that runs a program as the owner, in a folder that the owner can access.
fn run_as(owner: Option<&str>, program: &Path) -> Result<Command> {
    let Some(owner) = owner else {
        let mut command = process::command(program);
        command.current_dir("/");
        return Ok(command);
    };
    let is_installed = |(name, _): &&(&str, _)| process::folder_on_path(name).is_some();
    let (name, args) = RUN_AS.iter().find(is_installed).context("found none of setpriv, runuser and su")?;
    let mut command = process::command(name);
    command.current_dir("/").args(args.iter().map(|arg| if arg.is_empty() { owner } else { arg }));
    command.arg(program);
    Ok(command)
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::net::UnixStream;

    use super::*;

    #[test]
    fn chooses_a_short_folder_if_the_path_is_too_long_for_a_socket() {
        let usual = Path::new("/var/tmp");
        assert!(folder_template(usual).starts_with(usual));
        let long = PathBuf::from(format!("/{}", "long".repeat(30)));
        assert!(folder_template(&long).starts_with(SHORT_FOLDER));
    }

    #[test]
    fn a_server_accepts_connections_and_leaves_nothing_behind() {
        let Some(installation) = Installation::find() else { return };
        let cluster = Cluster::start(&installation).unwrap();
        let (folder, socket) = (cluster.folder.clone(), cluster.folder.join(SOCKET));
        assert!(cluster.url().ends_with(&format!("?host={}", folder.display())));
        UnixStream::connect(&socket).unwrap();
        drop(cluster);
        assert!(!folder.exists());
    }

    #[test]
    fn deletes_the_folder_of_a_server_that_does_not_start() {
        let Some(installation) = Installation::find() else { return };
        let owner = process::is_root().then(|| unprivileged_user().unwrap());
        let folder = create_folder(owner).unwrap();
        prepare(&installation, owner, &folder).unwrap();
        let mut settings = OpenOptions::new().append(true).open(folder.join("data/postgresql.conf")).unwrap();
        writeln!(settings, "no_such_setting = 1").unwrap();
        let guardian = guard(&installation, owner, &folder).unwrap();
        let mut cluster = Cluster { guardian, folder: folder.clone() };
        let error = cluster.wait_until_ready().unwrap_err().to_string();
        assert!(error.contains("no_such_setting"), "{error}");
        drop(cluster);
        assert!(!folder.exists());
    }
}
