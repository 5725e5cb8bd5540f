use super::*;

/// The lines that a server logs about a broken audit log.
const BROKEN_LOG: &str = "AUDIT LOG INTEGRITY CHECK FAILED";

#[test]
fn two_backends_that_start_at_once_create_one_administrator() {
    for _ in 0..5 {
        let Some(database) = Database::create() else { return };
        let start = || Server::start_with(backend_on(&database), folder_with_key(), &[]);
        let backends = at_once([&start, &start]);
        let printed = backends.iter().filter(|backend| backend.sign_in.is_some()).count();
        assert_eq!(printed, 1, "one backend prints the link");
        for (count, expected) in [
            ("SELECT count(*) FROM users", 1),
            ("SELECT count(*) FROM nodes", 1),
            ("SELECT count(*) FROM sign_in_links", 1),
            ("SELECT value FROM meta WHERE key = 'placeholder_root'", 1),
        ] {
            assert_eq!(database.number(count), expected, "{count}");
        }
        // A backend schedules its repeated jobs after it listens.
        let jobs = "SELECT count(*) FROM jobs WHERE kind IN ('invitations', 'retention')";
        eventually(|| (database.number(jobs) >= 2).then_some(()));
        assert_eq!(database.number(jobs), 2);
        let token = token_of(backends.iter().find_map(|backend| backend.sign_in.as_deref()).unwrap());
        for backend in &backends {
            assert!(!backend.log().contains(BROKEN_LOG), "{}", backend.log());
        }
        assert_eq!(backends[1].client().sign_in(&token).status, 201);
        assert_eq!(backends[0].client().sign_in(&token).status, 403, "a link works once");
    }
}

#[test]
fn a_backend_needs_the_key_of_the_others() {
    let Some(database) = Database::create() else { return };
    let _first = Server::start_with(backend_on(&database), folder_with_key(), &[]);
    let folder = TempDir::new().unwrap();
    let mut command = backend_on(&database);
    let output =
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(folder.path()).output().unwrap();
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{message}");
    assert!(message.contains("audit.key is missing"), "{message}");
    assert!(!folder.path().join("audit.key").exists());
}

#[test]
fn commands_of_one_machine_reach_the_backends_of_all() {
    let Some(pair) = Pair::start() else { return };
    let mut stream = crate::events::subscribe(&pair.client(&pair.administrator, 1));
    stream.event_id();
    let folder = folder_with_key();
    let renamed = json!([{ "id": crate::world::A1, "parent_id": crate::world::A, "kind": "environment", "name": "Renamed" }]);
    let file = folder.path().join("renamed.json");
    std::fs::write(&file, renamed.to_string()).unwrap();
    let mut import = backend_on(&pair.database);
    stdout_of(
        &import.args(["nodes", "import"]).arg(&file).arg("--data").arg(folder.path()).output().unwrap(),
    );
    assert_eq!(stream.next().unwrap().kind, "tree");
    for backend in [0, 1] {
        let nodes: Vec<Value> = pair.at(&pair.administrator, backend).get(path::NODES).json();
        assert!(nodes.iter().any(|node| node["name"] == "Renamed"));
    }
    pair.assert_consistent();
}
