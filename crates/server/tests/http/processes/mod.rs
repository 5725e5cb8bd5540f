//! Two backends on one database of PostgreSQL. The tests run where `STUDIO_USERS_TEST_POSTGRES` has the URL of a server on
//! which they may create databases. Tests that stop the server start one of their own.

mod cluster;
mod database;
mod exports;
mod outages;
mod proxy;
mod races;
mod sharing;
mod starting;
mod streams;
mod takeover;
mod upgrades;

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use studio_users_contract::{Session, path};
use tempfile::TempDir;

pub(crate) use self::cluster::Cluster;
use self::database::Database;
use crate::mail::eventually;
use crate::server::{Client, Response, Server, binary, request, stdout_of, token_of};
use crate::smtp::MailServer;
use crate::world::{Person, nodes};

/// Two backends on one database, with an organisation and its administrator.
struct Pair {
    backends: Vec<Server>,
    administrator: Person,
    mails: MailServer,
    database: Database,
}

/// Returns the command line of a backend on a database.
fn backend_on(database: &Database) -> Command {
    let mut command = binary();
    command.env("STUDIO_USERS_DATABASE", database.url());
    command
}

/// Returns a data folder with the key that all backends of these tests share.
fn folder_with_key() -> TempDir {
    let folder = TempDir::new().unwrap();
    let key = folder.path().join("audit.key");
    std::fs::write(&key, [7; 32]).unwrap();
    std::fs::set_permissions(&key, PermissionsExt::from_mode(0o600)).unwrap();
    folder
}

impl Pair {
    /// Starts the backends on a new database of the server of the tests. Returns `None` if there is none.
    fn start() -> Option<Self> {
        Some(Self::on(Database::create()?))
    }

    /// Starts the backends on a server of their own.
    fn with_cluster() -> Option<(Cluster, Self)> {
        // Where the other tests of PostgreSQL are skipped, these are too.
        Database::server()?;
        let cluster = Cluster::start()?;
        let pair = Self::on(Database::create_on(&cluster.url()));
        Some((cluster, pair))
    }

    fn on(database: Database) -> Self {
        let mails = MailServer::start();
        let start =
            || Server::start_with(backend_on(&database), folder_with_key(), &["--smtp", &mails.url()]);
        let first = start();
        import_nodes(&database, first.data.path());
        let mut client = first.client();
        let session: Session = client.sign_in(&first.token()).json();
        let administrator = Person {
            url: first.url.clone(),
            cookie: client.cookie.unwrap(),
            id: session.user.id.to_string(),
            email: session.user.email,
        };
        let second = start();
        assert!(second.sign_in.is_none(), "only the first backend creates the administrator");
        Self { backends: vec![first, second], administrator, mails, database }
    }

    /// Returns a person who uses one of the backends.
    fn at(&self, person: &Person, backend: usize) -> Person {
        Person { url: self.backends[backend].url.clone(), ..person.clone() }
    }

    fn client(&self, person: &Person, backend: usize) -> Client<'_> {
        Client { server: &self.backends[backend], cookie: Some(person.cookie.clone()) }
    }

    /// The administrator invites a user at one backend, who joins at the other one.
    fn join(&self, name: &str, grants: &[(&str, &[&str])]) -> Person {
        let email = format!("{name}@x.example");
        let response = self.administrator.invite(&[&email], grants);
        assert_eq!(response.status, 200, "{}", response.text());
        let token = self.administrator.copied_token(&self.administrator.id_of(&email));
        let last = self.backends.last().unwrap();
        let response = accept(&last.url, &token, name);
        assert_eq!(response.status, 201, "{}", response.text());
        let session: Session = response.json();
        Person {
            url: last.url.clone(),
            cookie: response.header("set-cookie").split(';').next().unwrap().to_owned(),
            id: session.user.id.to_string(),
            email: session.user.email,
        }
    }

    /// Checks that each change was written completely or not at all.
    #[track_caller]
    fn assert_consistent(&self) {
        // Each backend copies the head of the audit log into its folder, also that of the entries of others.
        eventually(|| {
            let is_ready = |backend: &Server| backend.request("GET", path::HEALTH, &[], b"").status == 204;
            let head = |backend: &Server| std::fs::read(backend.data.path().join("audit.head")).unwrap();
            let are_ready = self.backends.iter().all(is_ready);
            let heads: BTreeSet<_> = self.backends.iter().map(head).collect();
            (are_ready && heads.len() == 1).then_some(())
        });
        for backend in &self.backends {
            self.verify_audit(backend.data.path());
        }
        for (what, count) in [
            (
                "invited users without an invitation",
                "SELECT count(*) FROM users u WHERE joined_at IS NULL AND removed_at IS NULL \
                 AND NOT EXISTS (SELECT 1 FROM pending_grants g WHERE g.user_pk = u.pk)",
            ),
            (
                "users that the list does not show",
                "SELECT count(*) FROM users u WHERE removed_at IS NULL \
                 AND (EXISTS (SELECT 1 FROM pending_grants g WHERE g.user_pk = u.pk) \
                   OR EXISTS (SELECT 1 FROM assignments a WHERE a.user_pk = u.pk)) \
                 AND NOT EXISTS (SELECT 1 FROM directory d WHERE d.user_pk = u.pk)",
            ),
            (
                "mails without a job",
                "SELECT count(*) FROM outbox o WHERE NOT EXISTS (SELECT 1 FROM jobs j WHERE j.pk = o.pk)",
            ),
            (
                "nodes without a manager",
                "WITH RECURSIVE above (node, ancestor) AS (SELECT pk, pk FROM nodes UNION ALL \
                   SELECT a.node, n.parent FROM above a JOIN nodes n ON n.pk = a.ancestor WHERE n.parent IS NOT NULL) \
                 SELECT count(*) FROM nodes n WHERE NOT EXISTS (SELECT 1 FROM above a \
                   JOIN assignments s ON s.node = a.ancestor JOIN users u ON u.pk = s.user_pk \
                   WHERE a.node = n.pk AND s.roles & 288 <> 0 AND u.removed_at IS NULL AND u.joined_at IS NOT NULL)",
            ),
        ] {
            assert_eq!(self.database.number(count), 0, "{what}");
        }
    }

    fn verify_audit(&self, folder: &Path) -> String {
        stdout_of(&backend_on(&self.database).args(["verify-audit", "--data"]).arg(folder).output().unwrap())
    }
}

fn import_nodes(database: &Database, folder: &Path) {
    let file = folder.join("nodes.json");
    std::fs::write(&file, nodes().to_string()).unwrap();
    let mut command = backend_on(database);
    stdout_of(&command.args(["nodes", "import"]).arg(&file).arg("--data").arg(folder).output().unwrap());
}

/// Joins with the token of an invitation link, without a session.
fn accept(url: &str, token: &str, name: &str) -> Response {
    let body = json!({ "token": token, "name": name });
    let headers = [("sec-fetch-site", "same-origin")];
    request(url, "POST", path::INVITATIONS_ACCEPT, &headers, body.to_string().as_bytes())
}

/// Sends the same kind of request to both backends at the same time.
fn at_once<T: Send, const N: usize>(requests: [&(dyn Fn() -> T + Sync); N]) -> [T; N] {
    let barrier = std::sync::Barrier::new(N);
    std::thread::scope(|scope| {
        let run = |request: &'_ (dyn Fn() -> T + Sync)| {
            barrier.wait();
            request()
        };
        let running = requests.map(|request| scope.spawn(move || run(request)));
        running.map(|running| running.join().unwrap())
    })
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}
