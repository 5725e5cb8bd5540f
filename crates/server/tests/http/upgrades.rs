//! Databases of released versions, which this version opens. `docs/releasing.md` describes how a release adds one.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde_json::Value;
use studio_users_contract::{Session, path};
use tempfile::TempDir;

use crate::database::{self, either, is_postgres, sqlite_only};
use crate::server::{Server, error_of, run, stdout_of, token_of};
use crate::world::{A, A1, A2, B1, Person, ROOT, World};

/// The files of a data folder that a fixture has, beside the database.
const LOG_FILES: [&str; 2] = ["audit.key", "audit.head"];

/// Returns the fixtures of a version.
fn folder(version: &str) -> PathBuf {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/upgrades");
    fixtures.join(version).join(either("sqlite", "postgres"))
}

/// Returns the versions that have been released, and this one.
fn versions() -> Vec<String> {
    let fixtures = fs::read_dir(folder("").parent().unwrap()).unwrap();
    let mut versions: Vec<_> =
        fixtures.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    versions.sort();
    versions
}

/// Returns a data folder with the database of a version.
fn data_of(version: &str) -> TempDir {
    let (data, fixture) = (TempDir::new().unwrap(), folder(version));
    for file in LOG_FILES {
        fs::copy(fixture.join(file), data.path().join(file)).unwrap();
        fs::set_permissions(data.path().join(file), PermissionsExt::from_mode(0o600)).unwrap();
    }
    let mut content = Vec::new();
    GzDecoder::new(File::open(fixture.join("database.gz")).unwrap()).read_to_end(&mut content).unwrap();
    if is_postgres() {
        database::create_from(data.path(), &String::from_utf8(content).unwrap());
    } else {
        fs::write(data.path().join("studio-users.db"), content).unwrap();
    }
    data
}

#[test]
fn each_release_adds_its_databases() {
    assert!(versions().contains(&env!("CARGO_PKG_VERSION").to_owned()), "{:?}", versions());
}

#[test]
fn this_version_opens_the_databases_of_all_versions() {
    for version in versions() {
        let data = data_of(&version);
        let server = Server::start_on(data, &[]);
        assert!(server.sign_in.is_none(), "{version}: there is an administrator already");
        let link = run(server.data.path(), &["sign-in-link", "administrator@studio.localhost"]);
        let mut client = server.client();
        let session: Session = client.sign_in(&token_of(&stdout_of(&link))).json();
        let administrator = Person {
            url: server.url.clone(),
            cookie: client.cookie.clone().unwrap(),
            id: session.user.id.to_string(),
            email: session.user.email,
        };
        // Invitations and removed users are deleted some time after the release.
        let joined =
            ["administrator@studio.localhost", "manager@x.example", "agent@x.example", "zoë@x.example"];
        for email in joined {
            assert_eq!(administrator.row(email).unwrap()["status"], "active", "{version}: {email}");
        }
        assert!(administrator.row("removed@x.example").is_none());
        let agent = administrator.id_of("agent@x.example");
        assert_eq!(administrator.effective(&agent, A1), ["agent", "planner"], "{version}");
        assert_eq!(administrator.effective(&agent, A2), ["analyst"], "{version}");
        assert!(administrator.actions(&agent).contains(&"roles.changed".to_owned()), "{version}");
        let found: Value = administrator.get(&format!("{}?search=ZOE", path::USERS)).json();
        assert_eq!(found["total"]["value"], 1, "{version}: the search index is complete");

        // Changes and further entries of the log work, too.
        assert_eq!(administrator.assign(&agent, B1, Some(&["agent"])).status, 200, "{version}");
        assert_eq!(administrator.invite(&["new@x.example"], &[(B1, &["agent"])]).status, 200, "{version}");
        let verified = stdout_of(&run(server.data.path(), &["verify-audit"]));
        assert!(verified.starts_with("audit log verified"), "{version}: {verified}");
        let (is_clean, data) = server.stop();
        assert!(is_clean, "{version}");
        // The second start has nothing to migrate.
        let again = Server::start_on(data, &[]);
        assert_eq!(again.request("GET", crate::server::READY, &[], b"").status, 200, "{version}");
    }
}

/// Leaves a folder as it was, because another version may still need it.
#[test]
fn an_earlier_version_refuses_the_database_of_a_later_one() {
    let later = [
        either(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
             VALUES (9999, 'later', 1, x'00', 0)",
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
             VALUES (9999, 'later', true, '\\x00', 0)",
        ),
        "UPDATE meta SET value = value + 1 WHERE key = 'folding'",
        "UPDATE meta SET value = value + 1 WHERE key = 'email_keys'",
    ];
    for change in later {
        let world = World::new();
        let data = world.server.stop().1;
        database::execute(data.path(), change);
        let before = database::count(data.path(), "audit");
        for arguments in [
            &["serve", "--listen", "127.0.0.1:0"][..],
            &["sign-in-link", "administrator@studio.localhost"],
            &["export-person", "administrator@studio.localhost"],
            &["check-config", "--connect", "--page", "no-such-folder"],
        ] {
            let error = error_of(data.path(), arguments);
            let expected = "was migrated by a later version of this program; use that version";
            assert!(error.contains(expected), "{change}: {arguments:?}: {error}");
            assert!(!error.contains("panicked"), "{error}");
        }
        assert_eq!(database::count(data.path(), "audit"), before, "{change}");
    }
}

#[test]
fn migrate_refuses_the_database_of_a_later_version() {
    sqlite_only!("the command reads a file");
    let data = World::new().server.stop().1;
    database::execute(data.path(), "UPDATE meta SET value = value + 1 WHERE key = 'folding'");
    let target = TempDir::new().unwrap();
    let arguments =
        ["migrate", "--from", data.path().to_str().unwrap(), "--to", "postgres://nobody@127.0.0.1:1/none"];
    let error = error_of(target.path(), &arguments);
    assert!(!error.contains("start a server with this version first"), "{error}");
}

/// Creates the fixture of this version: once on SQLite, and once with `STUDIO_USERS_TEST_POSTGRES`.
#[test]
#[ignore = "creates files of the repository"]
fn create_fixtures() {
    let world = World::new();
    let administrator = &world.administrator;
    let manager = world.join("manager", &[(A, &["organisation_manager"])]);
    let agent = world.join("agent", &[(A1, &["agent", "planner"])]);
    world.join("zoë", &[(ROOT, &["analyst"])]);
    let removed = world.join("removed", &[(A2, &["agent"])]);
    assert_eq!(manager.assign(&agent.id, A2, Some(&["analyst"])).status, 200);
    assert_eq!(manager.invite(&["invited@x.example"], &[(A1, &["agent"])]).status, 200);
    assert_eq!(administrator.delete(&crate::world::with_id(path::USER, &removed.id)).status, 204);
    world.wait_for_mails("invited@x.example", "/join#", 1);
    let data = world.server.stop().1;

    let fixture = folder(env!("CARGO_PKG_VERSION"));
    fs::create_dir_all(&fixture).unwrap();
    for file in LOG_FILES {
        fs::copy(data.path().join(file), fixture.join(file)).unwrap();
    }
    let content = match database::url(data.path()) {
        Some(url) => dump(&url),
        None => fs::read(data.path().join("studio-users.db")).unwrap(),
    };
    let out = File::create(fixture.join("database.gz")).unwrap();
    let mut out = GzEncoder::new(out, Compression::best());
    out.write_all(&content).unwrap();
    out.finish().unwrap();
}

/// Returns the statements that create a database, without the commands of `psql`.
fn dump(url: &str) -> Vec<u8> {
    let output = Command::new("pg_dump").args(["--inserts", "--no-owner", url]).output().unwrap();
    let text = stdout_of(&output);
    text.lines().filter(|line| !line.starts_with('\\')).collect::<Vec<_>>().join("\n").into_bytes()
}
