//! Starts and stops the server, and sends requests to it.

use std::fs::OpenOptions;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use studio_users_contract::{DemoPerson, NodeView, UserPage, UserRow, path};
use studio_users_domain::{NodeId, UserId};
use tempfile::TempDir;
use ureq::http::{HeaderMap, Request};

use crate::database::{self, DATABASE};

/// The file with the error output of the server, in the data folder.
pub(crate) const LOG: &str = "server.log";

/// The path of the liveness probe.
pub(crate) const ALIVE: &str = "/healthz";
/// The path of the readiness probe. It keeps its result for a second.
pub(crate) const READY: &str = "/readyz";

/// A running server. Dropping it stops the server.
pub(crate) struct Server {
    pub(crate) data: TempDir,
    pub(crate) url: String,
    /// The sign-in URL that the server printed.
    pub(crate) sign_in: Option<String>,
    child: Child,
}

/// A response with its body.
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// A client that behaves like a browser: it keeps the session cookie and sends `Sec-Fetch-Site`.
pub(crate) struct Client<'a> {
    pub(crate) server: &'a Server,
    pub(crate) cookie: Option<String>,
}

pub(crate) fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .proxy(None)
        .accept_encoding("identity")
        .allow_non_standard_methods(true)
        .build()
        .into()
}

/// Sends a request with exactly these headers. A body is sent as JSON, unless the headers have a content
/// type.
pub(crate) fn request(
    url: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Response {
    let mut request = Request::builder().method(method).uri(format!("{url}{path}"));
    if !body.is_empty() && headers.iter().all(|(name, _)| *name != "content-type") {
        request = request.header("content-type", "application/json");
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let agent = agent();
    let mut response = if body.is_empty() {
        agent.run(request.body(()).unwrap()).unwrap()
    } else {
        agent.run(request.body(body).unwrap()).unwrap()
    };
    Response {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        body: response.body_mut().read_to_vec().unwrap(),
    }
}

pub(crate) fn binary() -> Command {
    Command::new(env!("CARGO_BIN_EXE_studio-users-server"))
}

/// Returns a command on a data folder and its database.
pub(crate) fn command(data: &Path, arguments: &[&str]) -> Command {
    let mut command = binary();
    command.args(arguments).arg("--data").arg(data);
    if !arguments.contains(&"--database") {
        select_database(&mut command, data);
    }
    command
}

fn select_database(command: &mut Command, data: &Path) {
    if let Some(url) = database::url(data) {
        command.env(DATABASE, url);
    }
}

impl Server {
    /// Starts a server on an empty data folder.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self::start_on(TempDir::new().unwrap(), arguments)
    }

    /// Starts a demo server with this number of users.
    pub(crate) fn demo(users: &str) -> Self {
        Self::start(&["--demo", users])
    }

    /// Starts a server on a data folder.
    pub(crate) fn start_on(data: TempDir, arguments: &[&str]) -> Self {
        Self::start_with(binary(), data, arguments)
    }

    /// Starts a server on an address.
    pub(crate) fn start_listening(listen: &str) -> Self {
        Self::start(&["--listen", listen])
    }

    /// Starts a server on a data folder by a command that runs the binary.
    pub(crate) fn start_with(mut command: Command, data: TempDir, arguments: &[&str]) -> Self {
        let is_selected =
            arguments.contains(&"--database") || command.get_envs().any(|(name, _)| name == DATABASE);
        if !is_selected {
            // The times of a demo with another clock differ.
            let demo = arguments.iter().position(|argument| *argument == "--demo");
            let users = demo.and_then(|index| arguments.get(index + 1)).copied();
            database::copy_demo(data.path(), users.filter(|_| !arguments.contains(&"--clock-ahead")));
            select_database(&mut command, data.path());
        }
        let log = OpenOptions::new().create(true).append(true).open(data.path().join(LOG)).unwrap();
        let mut child = command
            .args(["serve", "--listen", "127.0.0.1:0", "--page", "no-such-folder", "--data"])
            .arg(data.path())
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut sign_in = None;
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            if let Some(url) = line.strip_prefix("Sign in: ") {
                sign_in = Some(url.to_owned());
            } else if let Some(url) = line.strip_prefix("Listening on ") {
                return Self { data, url: url.to_owned(), sign_in, child };
            }
        }
        let status = child.wait();
        let log = std::fs::read_to_string(data.path().join(LOG)).unwrap();
        panic!("the server exited before it listened: {status:?}\n{log}");
    }

    /// Waits until the log of the server contains a text.
    pub(crate) fn wait_for_log(&self, text: &str) {
        wait_until(&format!("the log contains {text:?}"), || self.log().contains(text));
    }

    /// Returns the error output of the server.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.data.path().join(LOG)).unwrap()
    }

    /// Sends `SIGTERM` and waits. Returns whether the server exited with success, and the data folder.
    pub(crate) fn stop(mut self) -> (bool, TempDir) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        let status = self.child.wait().unwrap();
        let data = std::mem::replace(&mut self.data, TempDir::new().unwrap());
        (status.success(), data)
    }

    /// Sends `SIGKILL`, like a crash. Returns the data folder.
    pub(crate) fn kill(mut self) -> TempDir {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        std::mem::replace(&mut self.data, TempDir::new().unwrap())
    }

    pub(crate) fn client(&self) -> Client<'_> {
        Client { server: self, cookie: None }
    }

    /// Signs in as the demo user whose name starts with `name`.
    pub(crate) fn sign_in_as(&self, name: &str) -> Client<'_> {
        let mut client = self.client();
        let people: Vec<DemoPerson> = client.get(path::DEMO_PEOPLE).json();
        let person = people.iter().find(|person| person.name.starts_with(name)).unwrap();
        let response = client.post(path::DEMO_SESSIONS, &json!({ "user_id": person.id }));
        assert_eq!(response.status, 201);
        client
    }

    /// Signs in as the user with this e-mail address, by a link from the command line.
    pub(crate) fn sign_in_with_email(&self, email: &str) -> Client<'_> {
        let link = stdout_of(&run(self.data.path(), &["sign-in-link", email]));
        let mut client = self.client();
        assert_eq!(client.sign_in(&token_of(&link)).status, 201);
        client
    }

    /// Changes the database next to the running server, for states that no API call creates.
    pub(crate) fn execute(&self, sql: &str) {
        database::execute(self.data.path(), sql);
    }

    pub(crate) fn request(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Response {
        request(&self.url, method, path, headers, body)
    }

    /// Returns the token of the printed sign-in URL.
    pub(crate) fn token(&self) -> String {
        token_of(self.sign_in.as_deref().unwrap())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Fails if the server has exited already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Client<'_> {
    pub(crate) fn get(&self, path: &str) -> Response {
        self.send("GET", path, b"")
    }

    pub(crate) fn post(&mut self, path: &str, body: &Value) -> Response {
        let response = self.send("POST", path, body.to_string().as_bytes());
        if let Some(cookie) = response.headers.get("set-cookie") {
            self.cookie = cookie.to_str().unwrap().split(';').next().map(str::to_owned);
        }
        response
    }

    pub(crate) fn patch(&self, path: &str, body: &Value) -> Response {
        self.send("PATCH", path, body.to_string().as_bytes())
    }

    pub(crate) fn send(&self, method: &str, path: &str, body: &[u8]) -> Response {
        let mut headers = vec![("sec-fetch-site", "same-origin")];
        if let Some(cookie) = &self.cookie {
            headers.push(("cookie", cookie));
        }
        self.server.request(method, path, &headers, body)
    }

    pub(crate) fn sign_in(&mut self, token: &str) -> Response {
        self.post(path::SESSIONS, &json!({ "token": token }))
    }

    pub(crate) fn users(&self, query: &str) -> UserPage {
        let response = self.get(&format!("{}?{query}", path::USERS));
        assert_eq!(response.status, 200, "{query}: {}", response.text());
        response.json()
    }

    /// Returns the row of the user with this e-mail address.
    pub(crate) fn row(&self, email: &str) -> UserRow {
        let page = self.users(&format!("search={}", percent(email)));
        page.items.into_iter().find(|row| row.email == email).unwrap()
    }

    /// Returns the id of the node with this name.
    pub(crate) fn node(&self, name: &str) -> NodeId {
        let nodes: Vec<NodeView> = self.get(path::NODES).json();
        nodes.into_iter().find(|node| node.name == name).unwrap().id
    }

    /// Returns all rows of a query, page by page.
    pub(crate) fn all_users(&self, query: &str) -> Vec<UserRow> {
        let mut rows = Vec::new();
        loop {
            let page = self.users(&format!("{query}&limit=200&offset={}", rows.len()));
            if page.items.is_empty() {
                return rows;
            }
            rows.extend(page.items);
        }
    }
}

impl Response {
    pub(crate) fn json<T: DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Returns a problem without the id of the request, which differs in each response.
    pub(crate) fn without_request_id(&self) -> Value {
        let mut problem: Value = self.json();
        assert!(problem.as_object_mut().unwrap().remove("request_id").is_some(), "{problem}");
        problem
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Asserts that the response is a problem. Returns its status and code.
    #[track_caller]
    pub(crate) fn problem(&self) -> (u16, String) {
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.text());
        let problem: Value = self.json();
        assert_eq!(problem["status"], self.status);
        (self.status, problem["code"].as_str().unwrap().to_owned())
    }
}

/// Waits until a condition holds, for at most 20 seconds.
#[track_caller]
pub(crate) fn wait_until(what: &str, condition: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !condition() {
        assert!(Instant::now() < deadline, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

pub(crate) fn token_of(url: &str) -> String {
    url.split_once("/sign-in#").unwrap().1.to_owned()
}

/// Runs a command until it exits.
pub(crate) fn run(data: &Path, arguments: &[&str]) -> Output {
    command(data, arguments).output().unwrap()
}

/// Runs a command that fails within 20 seconds. Returns its error output.
#[track_caller]
pub(crate) fn error_of(data: &Path, arguments: &[&str]) -> String {
    let mut command = command(data, arguments);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let deadline = Instant::now() + Duration::from_secs(20);
    while child.try_wait().unwrap().is_none() && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(10));
    }
    // Ends a server that should not have started. Fails if the command has ended, as it should.
    let _ = child.kill();
    let output = child.wait_with_output().unwrap();
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{message}");
    message
}

/// Asserts success. Returns the output without the trailing line break.
pub(crate) fn stdout_of(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
}

/// Returns a path of the contract with the id of a user.
pub(crate) fn path_of(path: &str, user: UserId) -> String {
    path.replace("{id}", &user.to_string())
}

/// Returns a file without its byte-order mark, which it must have.
#[track_caller]
pub(crate) fn without_mark(file: &[u8]) -> &[u8] {
    file.strip_prefix("\u{feff}".as_bytes()).expect("the file begins with a byte-order mark")
}

/// Percent-encodes text for a query.
pub(crate) fn percent(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
