//! The examples of nginx and Caddy, in front of the real server.

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use serde_json::json;
use studio_users_contract::path;
use tempfile::TempDir;

use super::counted::Counted;
use super::programs::{Running, free_port, read_deploy, replace, system};
use crate::events::{Event, subscribe};
use crate::server::{Server, agent, request, wait_until};

const PUBLIC: &str = "https://users.example";

/// A proxy in front of a server. Its folder has its configuration and its logs.
struct Proxied {
    server: Server,
    /// The URL of the server without the proxy.
    direct: String,
    port: u16,
    backend: Counted,
    _proxy: Running,
    _folder: TempDir,
}

/// A kind of proxy: starts it with its files in a folder, on a port, in front of a backend, below a path.
type Start = fn(&Path, u16, u16, &str) -> Command;

const PROXIES: [(&str, Start); 2] = [("nginx", nginx), ("caddy", caddy)];

/// Returns a command that runs nginx with the example. The example's TLS is left out.
fn nginx(folder: &Path, port: u16, backend: u16, below: &str) -> Command {
    let site = read_deploy("nginx.conf");
    let site = replace(&site, "server 127.0.0.1:8080;", &format!("server 127.0.0.1:{backend};"));
    let site = replace(&site, "listen 443 ssl http2;", &format!("listen 127.0.0.1:{port};"));
    let site = replace(&site, "listen [::]:443 ssl http2;", &format!("listen [::1]:{port};"));
    let site = replace(&site, "listen 80;", &format!("listen unix:{}/http.sock;", folder.display()));
    let site = replace(&site, "listen [::]:80;", "");
    let site = replace(&site, "location / {", &format!("location {below}/ {{"));
    let site = replace(&site, "location = /api", &format!("location = {below}/api"));
    let without_tls: Vec<_> = site.lines().filter(|line| !line.trim_start().starts_with("ssl_")).collect();
    // A single process, so that no worker outlives the test.
    let config = format!(
        "daemon off;\nmaster_process off;\npid {folder}/pid;\nerror_log {folder}/error.log;\nevents {{}}\nhttp {{\n\
         access_log off;\nclient_body_temp_path {folder}/body;\nproxy_temp_path {folder}/proxy;\n\
         fastcgi_temp_path {folder}/fastcgi;\nuwsgi_temp_path {folder}/uwsgi;\nscgi_temp_path {folder}/scgi;\n{}\n}}\n",
        without_tls.join("\n"),
        folder = folder.display(),
    );
    std::fs::write(folder.join("nginx.conf"), config).unwrap();
    let mut command = system("nginx");
    command.arg("-p").arg(folder).arg("-c").arg(folder.join("nginx.conf"));
    command
}

/// Returns a command that runs Caddy with the example, without TLS.
fn caddy(folder: &Path, port: u16, backend: u16, below: &str) -> Command {
    let site = read_deploy("Caddyfile");
    let matcher = if below.is_empty() { String::new() } else { format!("{below}/* ") };
    let upstream = format!("reverse_proxy {matcher}127.0.0.1:{backend}");
    let site = replace(&site, "reverse_proxy backend-1:8080 backend-2:8080", &upstream);
    std::fs::write(folder.join("Caddyfile"), format!("{{\n\tadmin off\n}}\n{site}")).unwrap();
    let mut command = system("caddy");
    command.args(["run", "--adapter", "caddyfile", "--config"]).arg(folder.join("Caddyfile"));
    command.env("DOMAIN", format!("http://127.0.0.1:{port}, http://[::1]:{port}"));
    command.env("HOME", folder).env("XDG_DATA_HOME", folder).env("XDG_CONFIG_HOME", folder);
    command
}

impl Proxied {
    /// Starts a demo below a path, and a proxy in front of it.
    fn start(proxy: Start, below: &str, users: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let public = format!("{PUBLIC}{below}/");
        let arguments = ["--demo", users, "--trusted-proxy", "127.0.0.1", "--public-url", &public];
        let mut server = Server::start(&arguments);
        let direct = server.url.clone();
        let target = direct.trim_start_matches("http://").to_owned();
        let backend = Counted::start(TcpListener::bind("127.0.0.1:0").unwrap(), target);
        let port = free_port();
        let log = std::fs::File::create(folder.path().join("output.log")).unwrap();
        let mut command = proxy(folder.path(), port, backend.port, below);
        let running = Running(command.stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap());
        server.url = format!("http://127.0.0.1:{port}");
        // Caddy answers with 503 until its health check has passed.
        wait_until("the proxy is up", || {
            let url = format!("http://127.0.0.1:{port}{below}{}", path::LIVENESS);
            agent().get(url).call().is_ok_and(|response| response.status() == 204)
        });
        Self { server, direct, port, backend, _proxy: running, _folder: folder }
    }
}

/// Signs in with a wrong token and forged addresses until the limit is reached. Returns the number of attempts, at most
/// 100.
fn attempts(url: &str) -> usize {
    let body = json!({ "token": "guess" }).to_string();
    let send = |number: usize| {
        let forged = format!("198.51.100.{number}");
        let forwarded = format!("for={forged}");
        let headers = [("x-forwarded-for", forged.as_str()), ("forwarded", forwarded.as_str())];
        request(url, "POST", path::SESSIONS, &headers, body.as_bytes()).status
    };
    (0..100).take_while(|number| send(*number) == 403).count()
}

#[test]
#[ignore = "needs nginx and Caddy: see `deployment`"]
fn events_arrive_at_once() {
    for (name, proxy) in PROXIES {
        let proxied = Proxied::start(proxy, "", "40");
        let client = proxied.server.sign_in_with_email("maud@northwind.example");
        let mut events = subscribe(&client);
        // A proxy that buffers would send these few bytes only after a minute, when the test has failed.
        events.event_id();
        let renamed = client.patch(path::SESSION, &json!({ "name": "Maud Renamed" }));
        assert_eq!(renamed.status, 200, "{name}");
        let is_about_user = |event: &Event| event.kind == "user";
        assert!(std::iter::from_fn(|| events.next()).any(|event| is_about_user(&event)), "{name}");
    }
}

#[test]
#[ignore = "needs nginx and Caddy: see `deployment`"]
fn large_answers_are_complete() {
    for (name, proxy) in PROXIES {
        let proxied = Proxied::start(proxy, "", "1300");
        let client = proxied.server.sign_in_with_email("charlotte@meridian.example");
        let through = client.get(path::USERS_CSV);
        let headers = [("sec-fetch-site", "same-origin"), ("cookie", client.cookie.as_deref().unwrap())];
        let direct = request(&proxied.direct, "GET", path::USERS_CSV, &headers, b"");
        assert_eq!((through.status, direct.status), (200, 200), "{name}");
        assert!(through.body.len() > 65_536, "{name}: {} bytes", through.body.len());
        // The requests may change the last activity of the client's own user.
        let of_others = |csv: String| -> Vec<String> {
            csv.lines().filter(|line| !line.contains("charlotte@")).map(str::to_owned).collect()
        };
        assert!(of_others(through.text()) == of_others(direct.text()), "{name}: the files differ");
    }
}

#[test]
#[ignore = "needs nginx and Caddy: see `deployment`"]
fn limits_count_by_client_and_forged_addresses_do_not_count() {
    for (name, proxy) in PROXIES {
        let proxied = Proxied::start(proxy, "", "40");
        let url = |host: &str| format!("http://{host}:{}", proxied.port);
        assert!((10..60).contains(&attempts(&url("127.0.0.1"))), "{name}: forged addresses do not count");
        assert!(attempts(&url("[::1]")) >= 10, "{name}: another client is not limited");
    }
}

#[test]
#[ignore = "needs nginx and Caddy: see `deployment`"]
fn keeps_connections_to_the_backend() {
    for (name, proxy) in PROXIES {
        let proxied = Proxied::start(proxy, "", "40");
        let before = proxied.backend.connections();
        for _ in 0..30 {
            // Each request has a connection of its own to the proxy.
            assert_eq!(proxied.server.request("GET", path::LIVENESS, &[], b"").status, 204);
        }
        let opened = proxied.backend.connections() - before;
        assert!(opened <= 5, "{name} opened {opened} connections for 30 requests");
        let response = proxied.server.request("GET", "/", &[], b"");
        assert_eq!(response.header("strict-transport-security"), "max-age=31536000", "{name}");
    }
}

#[test]
#[ignore = "needs nginx and Caddy: see `deployment`"]
fn serves_below_a_path() {
    for (name, proxy) in PROXIES {
        let proxied = Proxied::start(proxy, "/users", "40");
        let status = |path: &str| proxied.server.request("GET", path, &[], b"").status;
        assert_eq!(status(&format!("/users{}", path::HEALTH)), 204, "{name}");
        let document = proxied.server.request("GET", &format!("/users{}", path::OPENAPI), &[], b"");
        assert_eq!(document.status, 200, "{name}");
        // The proxy passes only paths below the public URL.
        let outside = proxied.server.request("GET", path::OPENAPI, &[], b"");
        assert_ne!(outside.body, document.body, "{name}");
    }
}
