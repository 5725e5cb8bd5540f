//! A small organisation. Tests set up all users through the API.
//!
//! The provider has two agencies: A with the environments A1 and A2, and B with the environment B1.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};
use studio_users_contract::{Session, path};
use tempfile::TempDir;

use crate::database;
use crate::server::{Response, Server, run, stdout_of};

pub(crate) const ROOT: &str = "00000000-0000-4000-8000-000000000001";
pub(crate) const A: &str = "00000000-0000-4000-8000-00000000000a";
pub(crate) const A1: &str = "00000000-0000-4000-8000-0000000000a1";
pub(crate) const A2: &str = "00000000-0000-4000-8000-0000000000a2";
pub(crate) const B: &str = "00000000-0000-4000-8000-00000000000b";
pub(crate) const B1: &str = "00000000-0000-4000-8000-0000000000b1";

/// A server with the organisation. Its administrator is signed in.
pub(crate) struct World {
    pub(crate) server: Server,
    pub(crate) administrator: Person,
}

/// A user with a session.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) url: String,
    pub(crate) cookie: String,
    pub(crate) id: String,
    pub(crate) email: String,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(&[])
    }

    /// Starts the server with further arguments.
    pub(crate) fn with(arguments: &[&str]) -> Self {
        let data = TempDir::new().unwrap();
        // The URL is a part of the cookie's name.
        if arguments.contains(&"--public-url") {
            return Self::set_up(data, arguments);
        }
        let stored = database::copy_world(data.path(), |folder| {
            let world = Self::set_up(folder, &[]);
            let Person { cookie, id, email, .. } = &world.administrator;
            let note = json!([cookie, id, email]);
            (world.server.stop().1, note)
        });
        let Some(stored) = stored else { return Self::set_up(data, arguments) };
        let server = Server::start_on(data, arguments);
        std::fs::write(server.data.path().join("nodes.json"), nodes().to_string()).unwrap();
        let [cookie, id, email]: [String; 3] = serde_json::from_value(stored).unwrap();
        // The name of the cookie contains the port.
        let (_, token) = cookie.split_once('=').unwrap();
        let port = server.url.rsplit(':').next().unwrap();
        let cookie = format!("studio_users_session_{port}={token}");
        let administrator = Person { url: server.url.clone(), cookie, id, email };
        Self { server, administrator }
    }

    fn set_up(data: TempDir, arguments: &[&str]) -> Self {
        Self::on(Server::start_on(data, arguments))
    }

    /// Starts the server by a command that runs the binary.
    pub(crate) fn with_command(command: Command, arguments: &[&str]) -> Self {
        Self::on(Server::start_with(command, TempDir::new().unwrap(), arguments))
    }

    fn on(server: Server) -> Self {
        let file = server.data.path().join("nodes.json");
        std::fs::write(&file, nodes().to_string()).unwrap();
        stdout_of(&run(server.data.path(), &["nodes", "import", file.to_str().unwrap()]));
        let mut client = server.client();
        let session: Session = client.sign_in(&server.token()).json();
        let administrator = Person {
            url: server.url.clone(),
            cookie: client.cookie.unwrap(),
            id: session.user.id.to_string(),
            email: session.user.email,
        };
        Self { server, administrator }
    }

    /// The administrator invites a user, who joins with the mailed link.
    pub(crate) fn join(&self, name: &str, grants: &[(&str, &[&str])]) -> Person {
        let email = format!("{name}@x.example");
        let response = self.administrator.invite(&[&email], grants);
        assert_eq!(response.status, 200, "{}", response.text());
        self.accept(&self.mailed_token(&email), name)
    }

    /// Joins with an invitation link, without a session.
    pub(crate) fn accept(&self, token: &str, name: &str) -> Person {
        let response = self.try_accept(token, name);
        assert_eq!(response.status, 201, "{}", response.text());
        self.person(&response)
    }

    pub(crate) fn try_accept(&self, token: &str, name: &str) -> Response {
        let body = json!({ "token": token, "name": name });
        let headers = [("sec-fetch-site", "same-origin"), ("content-type", "application/json")];
        self.server.request("POST", path::INVITATIONS_ACCEPT, &headers, body.to_string().as_bytes())
    }

    /// Returns the user whom this response has signed in.
    pub(crate) fn person(&self, response: &Response) -> Person {
        let session: Session = response.json();
        Person {
            url: self.server.url.clone(),
            cookie: response.header("set-cookie").split(';').next().unwrap().to_owned(),
            id: session.user.id.to_string(),
            email: session.user.email,
        }
    }

    /// Returns the token of the invitation link in the latest mail to an address.
    pub(crate) fn mailed_token(&self, email: &str) -> String {
        self.wait_for_mails(email, "/join#", 1).pop().unwrap()
    }

    /// Waits for a number of mails with a link to an address. Returns their tokens, the latest last.
    pub(crate) fn wait_for_mails(&self, email: &str, link: &str, count: usize) -> Vec<String> {
        for _ in 0..400 {
            let tokens = self.mailed_tokens(email, link);
            if tokens.len() >= count {
                return tokens;
            }
            std::thread::sleep(Duration::from_millis(25));
        }
        panic!("fewer than {count} mails with {link} were sent to {email}");
    }

    /// Returns the tokens that were mailed to an address so far, in order.
    pub(crate) fn mailed_tokens(&self, email: &str, link: &str) -> Vec<String> {
        // File systems store times in steps of some milliseconds. The names, UUIDs of version 7, are more precise.
        let mut mails: Vec<(std::time::SystemTime, PathBuf, String)> = Vec::new();
        for path in self.mail_files() {
            let text = std::fs::read_to_string(&path).unwrap().replace("=\r\n", "");
            let to = text.lines().find(|line| line.starts_with("To:")).unwrap_or_default();
            if !to.contains(email) {
                continue;
            }
            if let Some((_, rest)) = text.split_once(link) {
                let is_token = |letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter);
                let token = rest.chars().take_while(|&letter| is_token(letter)).collect();
                mails.push((path.metadata().unwrap().modified().unwrap(), path, token));
            }
        }
        mails.sort();
        mails.into_iter().map(|(_, _, token)| token).collect()
    }

    /// Returns the number of mails to an address.
    pub(crate) fn mails_to(&self, email: &str) -> usize {
        let texts = self.mail_files().into_iter().map(|path| std::fs::read_to_string(path).unwrap());
        texts.filter(|text| text.lines().any(|line| line.starts_with("To:") && line.contains(email))).count()
    }

    /// Returns the complete mails. Before the first mail, there is no folder.
    fn mail_files(&self) -> Vec<PathBuf> {
        let Ok(folder) = std::fs::read_dir(self.server.data.path().join("mail")) else { return Vec::new() };
        let files = folder.map(|entry| entry.unwrap().path());
        files.filter(|path| path.extension().is_some_and(|ending| ending == "eml")).collect()
    }
}

impl Person {
    pub(crate) fn call(&self, method: &str, path: &str, body: &Value, headers: &[(&str, &str)]) -> Response {
        let mut all = vec![("cookie", self.cookie.as_str()), ("sec-fetch-site", "same-origin")];
        all.extend(headers);
        let body = if body.is_null() { String::new() } else { body.to_string() };
        if !body.is_empty() {
            all.push(("content-type", "application/json"));
        }
        crate::server::request(&self.url, method, path, &all, body.as_bytes())
    }

    pub(crate) fn get(&self, path: &str) -> Response {
        self.call("GET", path, &Value::Null, &[])
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Response {
        self.call("POST", path, body, &[])
    }

    /// Starts a bulk action and waits for the end of its job.
    pub(crate) fn bulk(&self, body: &Value) -> Response {
        self.wait_for_job(self.post(path::USERS_BULK, body))
    }

    /// Waits for the end of the job that a request has started. Returns the ended job.
    pub(crate) fn wait_for_job(&self, mut response: Response) -> Response {
        for _ in 0..400 {
            let is_running = response.status == 202
                || response.status == 200 && response.json::<Value>()["state"] == "running";
            if !is_running {
                return response;
            }
            std::thread::sleep(Duration::from_millis(25));
            let id = response.json::<Value>()["id"].as_str().unwrap().to_owned();
            response = self.get(&with_id(path::JOB, &id));
        }
        panic!("the job has not ended");
    }

    pub(crate) fn delete(&self, path: &str) -> Response {
        self.call("DELETE", path, &Value::Null, &[])
    }

    pub(crate) fn invite(&self, emails: &[&str], grants: &[(&str, &[&str])]) -> Response {
        self.post(path::INVITATIONS, &json!({ "emails": emails, "grants": grants_of(grants) }))
    }

    /// Creates an invitation link to copy. Returns its token.
    pub(crate) fn copied_token(&self, user: &str) -> String {
        let response = self.post(&with_id(path::USER_INVITATION_LINK, user), &Value::Null);
        assert_eq!(response.status, 201, "{}", response.text());
        response.json::<Value>()["url"].as_str().unwrap().split_once('#').unwrap().1.to_owned()
    }

    /// Changes the roles of a user at a node, based on the current state.
    pub(crate) fn assign(&self, user: &str, node: &str, roles: Option<&[&str]>) -> Response {
        let tag = self.tag(user);
        self.assign_if(user, node, roles, &tag)
    }

    pub(crate) fn assign_if(&self, user: &str, node: &str, roles: Option<&[&str]>, tag: &str) -> Response {
        let body = json!({ "changes": [{ "node_id": node, "roles": roles }] });
        self.call("PATCH", &with_id(path::USER_ACCESS, user), &body, &[("if-match", tag)])
    }

    /// Returns the `ETag` of the access of a user.
    pub(crate) fn tag(&self, user: &str) -> String {
        self.get(&with_id(path::USER_ACCESS, user)).header("etag").to_owned()
    }

    /// Returns the effective roles of a user at a node that this person manages.
    pub(crate) fn effective(&self, user: &str, node: &str) -> Vec<String> {
        let access: Value = self.get(&with_id(path::USER_ACCESS, user)).json();
        let nodes = access["nodes"].as_array().unwrap();
        let here = nodes.iter().find(|here| here["node_id"] == node).unwrap();
        here["effective"].as_array().unwrap().iter().map(|role| role.as_str().unwrap().to_owned()).collect()
    }

    /// Returns the row with an e-mail address, if this person can see it.
    pub(crate) fn row(&self, email: &str) -> Option<Value> {
        let page: Value = self.get(&format!("{}?search={email}", path::USERS)).json();
        let mut rows = page["items"].as_array().unwrap().clone().into_iter();
        rows.find(|row| row["email"] == email)
    }

    pub(crate) fn id_of(&self, email: &str) -> String {
        self.row(email).unwrap()["id"].as_str().unwrap().to_owned()
    }

    /// Waits until these are the actions in the activity of a user, the latest first.
    #[track_caller]
    pub(crate) fn wait_for_actions(&self, user: &str, expected: &[&str]) {
        for _ in 0..400 {
            if self.actions(user) == expected {
                return;
            }
            std::thread::sleep(Duration::from_millis(25));
        }
        assert_eq!(self.actions(user), expected);
    }

    /// Returns the actions in the activity of a user, the latest first.
    pub(crate) fn actions(&self, user: &str) -> Vec<String> {
        let page: Value = self.get(&format!("{}?limit=200", with_id(path::USER_ACTIVITY, user))).json();
        let items = page["items"].as_array().unwrap();
        items.iter().map(|item| item["action"].as_str().unwrap().to_owned()).collect()
    }
}

/// Returns a path of the contract with an id.
pub(crate) fn with_id(path: &str, id: &str) -> String {
    path.replace("{id}", id)
}

pub(crate) fn grants_of(grants: &[(&str, &[&str])]) -> Value {
    grants.iter().map(|(node, roles)| json!({ "node_id": node, "roles": roles })).collect()
}

/// Returns the import file of the organisation.
pub(crate) fn nodes() -> Value {
    let node = |id: &str, parent: Option<&str>, kind: &str, name: &str| json!({ "id": id, "parent_id": parent, "kind": kind, "name": name });
    json!([
        node(ROOT, None, "provider", "Provider"),
        node(A, Some(ROOT), "agency", "Agency A"),
        node(A1, Some(A), "environment", "Environment A1"),
        node(A2, Some(A), "environment", "Environment A2"),
        node(B, Some(ROOT), "agency", "Agency B"),
        node(B1, Some(B), "environment", "Environment B1"),
    ])
}
