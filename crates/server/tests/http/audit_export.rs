//! The export of the audit log to files and to syslog.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::net::TcpListener;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use studio_users_contract::path;
use tempfile::TempDir;

use crate::database::{count, is_postgres, texts};
use crate::mail::eventually;
use crate::metrics::{LISTEN, scrape};
use crate::server::{Server, agent, error_of, run, stdout_of, wait_until};
use crate::smtp::free_port;
use crate::world::{A1, Person, World};

/// A receiver of syslog over TCP, which confirms each connection by closing it.
pub(crate) struct Receiver {
    pub(crate) port: u16,
    received: Arc<Mutex<Vec<Value>>>,
}

impl Receiver {
    pub(crate) fn start() -> Self {
        Self::on(TcpListener::bind("127.0.0.1:0").unwrap())
    }

    fn on(listener: TcpListener) -> Self {
        let (port, received) = (listener.local_addr().unwrap().port(), Arc::<Mutex<Vec<Value>>>::default());
        let entries = received.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut bytes = Vec::new();
                // A server that was killed has sent a part of its messages.
                if stream.unwrap().read_to_end(&mut bytes).is_ok() {
                    entries.lock().unwrap().extend(messages(&bytes));
                }
            }
        });
        Self { port, received }
    }

    pub(crate) fn target(&self) -> String {
        format!("syslog+tcp://127.0.0.1:{}", self.port)
    }

    pub(crate) fn entries(&self) -> Vec<Value> {
        self.received.lock().unwrap().clone()
    }
}

/// Returns the entries of octet-counted messages (RFC 6587). The last one may be incomplete.
fn messages(mut bytes: &[u8]) -> Vec<Value> {
    let mut found = Vec::new();
    while let Some(space) = bytes.iter().position(|&byte| byte == b' ') {
        let length: usize = std::str::from_utf8(&bytes[..space]).unwrap().parse().unwrap();
        let Some(message) = bytes[space + 1..].get(..length) else { break };
        found.push(entry_of(message));
        bytes = &bytes[space + 1 + length..];
    }
    found
}

/// Returns the entry of a message with the header of RFC 5424.
fn entry_of(message: &[u8]) -> Value {
    let text = std::str::from_utf8(message).unwrap();
    assert!(text.starts_with("<110>1 20"), "{text}");
    serde_json::from_str(text.split_once(" - {").map(|(_, json)| format!("{{{json}")).unwrap().as_str())
        .unwrap()
}

/// Returns the entries of a file. There may be none yet.
fn lines(file: &Path) -> Vec<Value> {
    let text = fs::read_to_string(file).unwrap_or_default();
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

pub(crate) fn numbers(entries: &[Value]) -> Vec<i64> {
    entries.iter().map(|entry| entry["seq"].as_i64().unwrap()).collect()
}

/// Asserts that entries are those of the chain from `first` on, each once and in order.
#[track_caller]
fn assert_chain(data: &Path, entries: &[Value], first: i64) {
    let last = first + i64::try_from(entries.len()).unwrap();
    assert_eq!(numbers(entries), (first..last).collect::<Vec<_>>());
    for pair in entries.windows(2) {
        assert_eq!(pair[0]["hash"], pair[1]["previous"]);
    }
    let actions = texts(data, &format!("SELECT action FROM audit WHERE seq >= {first} ORDER BY seq"));
    let exported: Vec<_> = entries.iter().map(|entry| entry["action"].as_str().unwrap()).collect();
    assert_eq!(exported, actions[..exported.len()]);
}

fn invite(administrator: &Person, email: &str) {
    let invited = administrator.invite(&[email], &[(A1, &["agent"])]);
    assert_eq!(invited.status, 200, "{}", invited.text());
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A folder, and a target that is a file in it.
struct Target {
    _folder: TempDir,
    file: PathBuf,
    name: String,
}

impl Target {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("audit.jsonl");
        let name = format!("file:{}", file.display());
        Self { _folder: folder, file, name }
    }

    /// Waits until the target has all entries of the log.
    #[track_caller]
    fn wait_for_all(&self, data: &Path) {
        wait_until("all entries are exported", || {
            numbers(&lines(&self.file)).last() == Some(&count(data, "audit"))
        });
    }

    fn verify(&self, data: &Path) -> String {
        let verified = stdout_of(&run(data, &["verify-audit", "--file", text(&self.file)]));
        let (_, of_file) = verified.split_once(&format!("{}: ", self.file.display())).unwrap();
        of_file.to_owned()
    }
}

/// Starts a server again, with the same administrator.
fn start_again(data: TempDir, administrator: &Person, arguments: &[&str]) -> (Server, Person) {
    let server = Server::start_on(data, arguments);
    let (_, token) = administrator.cookie.split_once('=').unwrap();
    let port = server.url.rsplit(':').next().unwrap();
    let cookie = format!("studio_users_session_{port}={token}");
    let administrator = Person { url: server.url.clone(), cookie, ..administrator.clone() };
    (server, administrator)
}

#[test]
fn a_file_has_the_entries_of_the_chain_also_after_a_restart_and_a_rotation() {
    let target = Target::new();
    let arguments = ["--audit-export", &target.name];
    let world = World::with(&arguments);
    invite(&world.administrator, "zoë@x.example");
    let data = world.server.data.path().to_owned();
    wait_until("the mail is sent", || count(&data, "audit WHERE action = 'invitation.sent'") == 1);
    target.wait_for_all(&data);
    let all = lines(&target.file);
    assert_chain(&data, &all, 1);
    let invited = all.iter().find(|entry| entry["action"] == "user.invited").unwrap();
    assert_eq!(
        (&invited["target"], &invited["node_id"], &invited["node"]),
        (&"zoë@x.example".into(), &A1.into(), &"Environment A1".into())
    );
    assert_eq!(target.verify(&data), format!("entries 1 to {} verified", all.len()));

    let administrator = world.administrator.clone();
    let (is_clean, folder) = world.server.stop();
    assert!(is_clean);
    let (server, administrator) = start_again(folder, &administrator, &arguments);
    let data = server.data.path();
    invite(&administrator, "ann@x.example");
    target.wait_for_all(data);
    assert_chain(data, &lines(&target.file), 1);

    let old = target.file.with_extension("1");
    fs::rename(&target.file, &old).unwrap();
    invite(&administrator, "bob@x.example");
    target.wait_for_all(data);
    let last = *numbers(&lines(&old)).last().unwrap();
    assert_chain(data, &lines(&target.file), last + 1);
    assert!(target.verify(data).starts_with(&format!("entries {} to ", last + 1)));

    // A changed line is found.
    fs::write(&old, fs::read_to_string(&old).unwrap().replacen("zoë@", "eve@", 1)).unwrap();
    let error = error_of(data, &["verify-audit", "--file", text(&old)]);
    assert!(
        error.contains(&format!("{}: entry ", old.display())) && error.contains(" was changed"),
        "{error}"
    );
    assert!(!server.log().contains("exported"), "{}", server.log());
}

#[test]
fn after_a_crash_nothing_is_missing() {
    let target = Target::new();
    let arguments = ["--audit-export", &target.name];
    let World { mut server, mut administrator } = World::with(&arguments);
    // On PostgreSQL, the lease of the killed server has to end each time.
    for round in 0..if is_postgres() { 1 } else { 4 } {
        let running = administrator.clone();
        let changes = thread::spawn(move || {
            // Until the server is killed.
            for number in 0.. {
                let grants = json!([{ "node_id": A1, "roles": ["agent"] }]);
                let body = json!({ "emails": [format!("n{round}-{number}@x.example")], "grants": grants });
                let invite = agent()
                    .post(format!("{}{}", running.url, path::INVITATIONS))
                    .header("cookie", &running.cookie)
                    .header("sec-fetch-site", "same-origin")
                    .header("content-type", "application/json");
                if invite.send(body.to_string()).is_err() {
                    return;
                }
            }
        });
        let enough = numbers(&lines(&target.file)).len() + 10;
        wait_until("entries are exported", || lines(&target.file).len() >= enough);
        let data = server.kill();
        changes.join().unwrap();
        (server, administrator) = start_again(data, &administrator, &arguments);
    }
    let data = server.data.path();
    // Mails that are sent meanwhile have entries, too.
    let exported = eventually(|| {
        let exported: BTreeSet<i64> = numbers(&lines(&target.file)).into_iter().collect();
        (exported == (1..=count(data, "audit")).collect()).then_some(exported)
    });
    let verified = target.verify(data);
    // Mails that leave meanwhile have entries, too.
    let last = verified.split_once("entries 1 to ").and_then(|(_, rest)| rest.split_once(" verified"));
    let last: i64 = last.unwrap_or_else(|| panic!("{verified}")).0.parse().unwrap();
    assert!(last >= *exported.last().unwrap(), "{verified}");
}

#[test]
fn absent_targets_delay_no_change_and_get_all_entries_later() {
    let folder = TempDir::new().unwrap();
    let (later, socket) = (folder.path().join("later"), folder.path().join("log"));
    let (file, port) = (later.join("audit.jsonl"), free_port());
    let targets = [
        format!("file:{}", file.display()),
        format!("syslog+tcp://127.0.0.1:{port}"),
        format!("syslog:{}", socket.display()),
    ];
    let exports: Vec<&str> = targets.iter().flat_map(|target| ["--audit-export", target]).collect();
    let world = World::with(&[&exports, &LISTEN[..]].concat());
    let data = world.server.data.path();
    world.server.wait_for_log("could not be exported");
    let start = Instant::now();
    for number in 0..10 {
        invite(&world.administrator, &format!("n{number}@x.example"));
    }
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    // Sent mails have entries, too.
    wait_until("the mails are sent", || count(data, "audit WHERE action = 'invitation.sent'") == 10);
    let waiting = |target: &str| {
        let metrics = scrape(&world.server);
        let series = format!("studio_users_audit_export_waiting{{target=\"{target}\"}} ");
        metrics.lines().find_map(|line| line.strip_prefix(&series)?.parse::<i64>().ok())
    };
    for target in &targets {
        assert_eq!(waiting(target), Some(count(data, "audit")));
        wait_until("the failure is reported", || {
            world.server.log().lines().any(|line| line.contains(target) && line.contains("WARN"))
        });
    }

    fs::create_dir(&later).unwrap();
    let receiver = Receiver::on(TcpListener::bind(("127.0.0.1", port)).unwrap());
    let datagrams = UnixDatagram::bind(&socket).unwrap();
    datagrams.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let all = count(data, "audit");
    let mut arrived = Vec::new();
    while numbers(&arrived).last() != Some(&all) {
        let mut buffer = vec![0; 70_000];
        let length = datagrams.recv(&mut buffer).unwrap();
        arrived.push(entry_of(&buffer[..length]));
    }
    assert_chain(data, &arrived, 1);
    wait_until("all are received", || receiver.entries().len() >= arrived.len());
    assert_chain(data, &receiver.entries(), 1);
    wait_until("all are in the file", || numbers(&lines(&file)).last() == Some(&all));
    assert_chain(data, &lines(&file), 1);
    for target in &targets {
        wait_until("nothing waits", || waiting(target) == Some(0));
        let log = world.server.log();
        let of_target = || log.lines().filter(|line| line.contains(target.as_str()));
        assert_eq!(of_target().filter(|line| line.contains("could not be exported")).count(), 1, "{log}");
        assert_eq!(of_target().filter(|line| line.contains("exported again")).count(), 1, "{log}");
    }
}

#[test]
fn entries_of_commands_are_exported_too() {
    let receiver = Receiver::start();
    let world = World::with(&["--audit-export", &receiver.target()]);
    let data = world.server.data.path();
    stdout_of(&run(data, &["sign-in-link", "administrator@studio.localhost"]));
    wait_until("the entry of the command arrives", || {
        numbers(&receiver.entries()).last() == Some(&count(data, "audit"))
    });
    assert_chain(data, &receiver.entries(), 1);
    assert_eq!(receiver.entries().last().unwrap()["action"], "sign_in_link.created");
}

#[test]
fn wrong_targets_end_the_start() {
    let data = TempDir::new().unwrap();
    for (target, expected) in [
        ("audit.jsonl", "expected file:/PATH"),
        ("file:audit.jsonl", "must be an absolute path"),
        ("syslog+tcp://logs.example", "must be HOST:PORT"),
    ] {
        let output = run(data.path(), &["check-config", "--audit-export", target]);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && error.contains(expected), "{error}");
    }
}
