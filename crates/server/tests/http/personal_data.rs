//! The commands that export and erase a person, next to a running server.

use std::io::{BufRead, BufReader};

use serde_json::{Value, json};
use studio_users_contract::path;

use crate::server::{Server, agent, run, stdout_of};
use crate::world::{A, A1, ROOT, World, with_id};

/// Asserts that a command fails. Returns its error.
fn error_of(world: &World, arguments: &[&str]) -> String {
    let output = run(world.server.data.path(), arguments);
    assert_eq!(output.status.code(), Some(1));
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn exports_a_person_as_json() {
    let world = World::new();
    let maud = world.join("maud", &[(A, &["administrator"])]);
    let olga = world.join("olga", &[(A1, &["operator"])]);
    world.administrator.invite(&["olga@x.example"], &[(A, &["agent"])]);
    let view = json!({ "user_id": olga.id, "reason": "Asks for help" });
    assert_eq!(maud.post(path::VIEWS, &view).status, 201);
    for who in ["OLGA@x.example", olga.id.as_str()] {
        let text = stdout_of(&run(world.server.data.path(), &["export-person", who]));
        let exported: Value = serde_json::from_str(&text).unwrap();
        let account = &exported["accounts"][0];
        assert_eq!((&account["email"], &account["name"]), (&json!("olga@x.example"), &json!("olga")));
        let mut roles = account["assignments"].as_array().unwrap().iter().map(|held| &held["roles"]);
        assert!(roles.any(|roles| *roles == json!(["operator"])), "{account}");
        assert_eq!(account["sessions"].as_array().map(Vec::len), Some(1));
        assert_eq!(account["invitation_links"].as_array().map(Vec::len), Some(1));
        assert!(!account["mails"].as_array().unwrap().is_empty());
        assert_eq!(account["impersonations"][0]["manager"], json!(maud.id));
        let entries = exported["audit"].as_array().unwrap();
        let view = entries.iter().find(|entry| entry["action"] == "view.started").unwrap();
        assert_eq!((&view["as"], &view["details"]["reason"]), (&json!("target"), &json!("Asks for help")));
        assert!(!text.contains("hash"), "{text}");
    }
    assert!(error_of(&world, &["export-person", "nobody@x.example"]).contains("nothing is stored"));
}

#[test]
fn erases_a_person_next_to_a_running_server() {
    let world = World::new();
    let maud = world.join("maud", &[(ROOT, &["administrator"])]);
    let olga = world.join("olga", &[(A1, &["operator"])]);
    let view = json!({ "user_id": olga.id, "reason": "Olga asks" });
    assert_eq!(maud.post(path::VIEWS, &view).status, 201);
    assert_eq!(maud.get(path::USERS).json::<Value>()["total"]["value"], 3);
    let stream = agent()
        .get(format!("{}{}", world.server.url, path::EVENTS))
        .header("cookie", &maud.cookie)
        .call()
        .unwrap();
    let mut lines = BufReader::new(stream.into_body().into_reader()).lines();
    lines.next().unwrap().unwrap();

    let erase = |arguments: &[&str]| run(world.server.data.path(), &[&["erase-person"], arguments].concat());
    assert!(error_of(&world, &["erase-person", "olga@x.example"]).contains("at 1 nodes"));
    assert_eq!(olga.get(path::SESSION).status, 200);
    let message = stdout_of(&erase(&["olga@x.example", "--force"]));
    assert!(message.starts_with("erased: 1 accounts, "), "{message}");
    assert_eq!(olga.get(path::SESSION).status, 401);
    assert_eq!(maud.get(path::USERS).json::<Value>()["total"]["value"], 2);
    assert_eq!(maud.get(&with_id(path::USER, &olga.id)).status, 404);
    // A heartbeat would come first without the event.
    let mut events = lines.map(Result::unwrap).take_while(|line| !line.starts_with(':'));
    assert!(events.any(|line| line == "event: reset" || line == "event:reset"));

    let audit = maud.get(path::AUDIT).text();
    assert!(!audit.contains("olga") && !audit.contains("Olga") && audit.contains(&olga.id), "{audit}");
    let message = stdout_of(&run(world.server.data.path(), &["verify-audit"]));
    assert!(message.starts_with("audit log verified: ") && message.contains(" names erased"), "{message}");
    // The server stops, which merges the write-ahead log, and nothing of the name is left in any file.
    let (_, data) = world.server.stop();
    for file in
        std::fs::read_dir(data.path()).unwrap().chain(std::fs::read_dir(data.path().join("mail")).unwrap())
    {
        let path = file.unwrap().path();
        if path.is_file() {
            let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).to_lowercase();
            assert!(!text.contains("olga@x.example"), "{}", path.display());
        }
    }
    let server = Server::start_on(data, &[]);
    stdout_of(&run(server.data.path(), &["verify-audit"]));
}

#[test]
fn erasing_by_id_deletes_the_mails_to_the_address_and_no_others() {
    let world = World::new();
    let olga = world.join("olga", &[(A1, &["operator"])]);
    world.join("b-olga", &[(A1, &["operator"])]);
    let mails = || -> Vec<String> {
        let folder = std::fs::read_dir(world.server.data.path().join("mail")).unwrap();
        folder.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap()).collect()
    };
    let to = |address: &str| mails().iter().filter(|mail| mail.contains(&format!("To: {address}"))).count();
    let (own, others) = (to("olga@x.example"), to("b-olga@x.example"));
    assert!(own > 0 && others > 0, "{own}, {others}");
    stdout_of(&run(world.server.data.path(), &["erase-person", &olga.id, "--force"]));
    assert_eq!((to("olga@x.example"), to("b-olga@x.example")), (0, others));
}

#[test]
fn never_erases_the_last_manager() {
    let world = World::new();
    let message = error_of(&world, &["erase-person", &world.administrator.email, "--force"]);
    assert!(message.contains("last manager of “Provider”"), "{message}");
    assert_eq!(world.administrator.get(path::SESSION).status, 200);
}

#[test]
fn limits_of_sessions_are_options() {
    let world = World::with(&["--max-sessions", "2"]);
    let first = world.join("olga", &[(A1, &["operator"])]);
    for _ in 0..2 {
        world.server.sign_in_with_email(&first.email);
    }
    assert_eq!(first.get(path::SESSION).status, 401);
    let ended = world.administrator.actions(&first.id);
    assert_eq!(ended.iter().filter(|action| *action == "session.ended").count(), 1, "{ended:?}");
}
