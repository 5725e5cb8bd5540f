use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use mail_parser::MessageParser;
use serde_json::json;
use studio_users_contract::{Session, path};
use tempfile::TempDir;

use crate::database::assert_contains_no;
use crate::server::{LOG, Server, binary, token_of};
use crate::smtp::{MailServer, Received, free_port};

/// A parsed mail.
#[derive(Debug)]
pub(crate) struct ReadMail {
    pub(crate) to: String,
    pub(crate) subject: String,
    pub(crate) plain: String,
    pub(crate) html: String,
    pub(crate) headers: Vec<(String, String)>,
}

impl ReadMail {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let message = MessageParser::default().parse(bytes).unwrap();
        let to = message.to().and_then(|to| to.first()).unwrap();
        let headers = message.headers_raw();
        Self {
            to: format!("{} <{}>", to.name().unwrap_or_default(), to.address().unwrap()),
            subject: message.subject().unwrap().to_owned(),
            plain: message.body_text(0).unwrap().into_owned(),
            html: message.body_html(0).unwrap().into_owned(),
            headers: headers.map(|(name, value)| (name.to_owned(), value.trim().to_owned())).collect(),
        }
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(given, _)| given == name).map_or("", |(_, value)| value)
    }

    /// Returns the line of the plain text that contains this part of a link.
    pub(crate) fn link(&self, kind: &str) -> String {
        self.plain.lines().find(|line| line.contains(kind)).unwrap().to_owned()
    }
}

/// Returns the mails in the mail folder.
pub(crate) fn mails_in(data: &TempDir) -> Vec<ReadMail> {
    let entries = std::fs::read_dir(data.path().join("mail")).unwrap().map(|entry| entry.unwrap().path());
    let mails = entries.filter(|path| path.extension().is_some_and(|ending| ending == "eml"));
    mails.map(|path| ReadMail::of(&std::fs::read(path).unwrap())).collect()
}

/// Polls until the closure returns a value. Fails after 30 seconds.
#[track_caller]
pub(crate) fn eventually<T>(mut poll: impl FnMut() -> Option<T>) -> T {
    for _ in 0..600 {
        if let Some(found) = poll() {
            return found;
        }
        sleep(Duration::from_millis(50));
    }
    panic!("timed out after 30 seconds");
}

fn request_link(server: &Server, email: &str) {
    let response = server.client().post(path::SIGN_IN_LINKS, &json!({ "email": email }));
    assert_eq!(response.status, 202);
}

fn first_accepted(mails: &MailServer) -> Received {
    eventually(|| mails.accepted().first().cloned())
}

/// Returns the token of the link in a received mail.
fn token_in(mail: &Received) -> String {
    token_of(&ReadMail::of(&mail.data).link("/sign-in#"))
}

#[track_caller]
fn assert_not_stored(token: &str, data: &Path) {
    assert_contains_no(data, token);
    assert!(!std::fs::read_to_string(data.join(LOG)).unwrap().contains(token));
}

#[test]
fn sends_complete_mails_over_smtp() {
    let mails = MailServer::start();
    let server =
        Server::start(&["--demo", "40", "--smtp", &mails.url(), "--mail-from", "Velo <hello@velo.example>"]);
    request_link(&server, "maud@northwind.example");
    let received = first_accepted(&mails);
    assert_eq!(
        (received.from.as_str(), received.to.as_str()),
        ("hello@velo.example", "maud@northwind.example")
    );
    let mail = ReadMail::of(&received.data);
    assert_eq!(mail.to, "Maud Jansen <maud@northwind.example>");
    assert_eq!(mail.header("Auto-Submitted"), "auto-generated");
    assert_eq!(mail.header("From"), "Velo <hello@velo.example>");
    assert!(mail.header("Message-ID").ends_with("@velo.example>"), "{mail:?}");
    assert!(!mail.header("Date").is_empty(), "{mail:?}");
    assert_eq!(mail.subject, "Your sign-in link for the studio");
    assert!(mail.plain.contains("expires after 15 minutes"), "{}", mail.plain);
    assert!(mail.html.contains("<html lang=\"en\" dir=\"ltr\">"), "{}", mail.html);
    let link = mail.link("/sign-in#");
    assert!(mail.html.contains(&format!("href=\"{link}\"")), "{}", mail.html);
    let session: Session = server.client().sign_in(&token_of(&link)).json();
    assert_eq!(session.user.email, "maud@northwind.example");
    assert!(!server.data.path().join("mail").exists(), "stores no copy");
    assert_not_stored(&token_of(&link), server.data.path());
}

#[test]
fn retries_a_rejected_mail_with_a_new_link() {
    let mails = MailServer::rejecting(1);
    let server = Server::start(&["--demo", "40", "--smtp", &mails.url()]);
    request_link(&server, "maud@northwind.example");
    let rejected = token_in(&eventually(|| mails.rejected().first().cloned()));
    let accepted = token_in(&first_accepted(&mails));
    assert_ne!(rejected, accepted);
    let log = std::fs::read_to_string(server.data.path().join(LOG)).unwrap();
    assert!(log.contains("451") && log.contains("will be retried"), "{log}");
    for token in [&rejected, &accepted] {
        assert_not_stored(token, server.data.path());
    }
    assert_eq!(server.client().sign_in(&rejected).problem().1, "link_invalid");
    assert_eq!(server.client().sign_in(&accepted).status, 201);
}

#[test]
fn retries_until_the_mail_server_is_up() {
    let port = free_port();
    let server = Server::start(&["--demo", "40", "--smtp", &format!("smtp://127.0.0.1:{port}")]);
    request_link(&server, "maud@northwind.example");
    eventually(|| {
        let log = std::fs::read_to_string(server.data.path().join(LOG)).unwrap();
        log.contains("will be retried").then_some(())
    });
    let mails = MailServer::on(port);
    assert_eq!(server.client().sign_in(&token_in(&first_accepted(&mails))).status, 201);
}

#[test]
fn a_rejected_recipient_does_not_block_others() {
    let mails = MailServer::with_unknown_recipient("maud@northwind.example");
    let server = Server::start(&["--demo", "40", "--smtp", &mails.url()]);
    request_link(&server, "maud@northwind.example");
    eventually(|| {
        let log = std::fs::read_to_string(server.data.path().join(LOG)).unwrap();
        log.contains("550").then_some(())
    });
    request_link(&server, "ingrid@clinic.example");
    assert_eq!(first_accepted(&mails).to, "ingrid@clinic.example");
}

#[test]
fn sends_queued_mails_after_a_crash() {
    let mails = MailServer::rejecting(1);
    let arguments = ["--demo", "40", "--smtp", &mails.url()];
    let server = Server::start(&arguments);
    request_link(&server, "maud@northwind.example");
    let rejected = token_in(&eventually(|| mails.rejected().first().cloned()));
    let restarted = Server::start_on(server.kill(), &arguments);
    let token = token_in(&first_accepted(&mails));
    assert_eq!(restarted.client().sign_in(&rejected).problem().1, "link_invalid");
    assert_eq!(restarted.client().sign_in(&token).status, 201);
}

#[test]
fn a_hanging_mail_server_does_not_block_shutdown() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("smtp://{}", silent.local_addr().unwrap());
    let server = Server::start(&["--demo", "40", "--smtp", &url]);
    request_link(&server, "maud@northwind.example");
    let (_connection, _) = silent.accept().unwrap();
    let (is_success, data) = server.stop();
    assert!(is_success);
    let log = std::fs::read_to_string(data.path().join(LOG)).unwrap();
    assert!(!log.contains("aborted"), "{log}");
}

#[test]
fn rejects_an_invalid_smtp_url_without_printing_it() {
    let folder = TempDir::new().unwrap();
    for url in
        ["mail.example", "https://ada:s3cret@mail.example", "smtp://ada:s3cret@mail.example?tls=maybe", ""]
    {
        let output =
            binary().args(["serve", "--data"]).arg(folder.path()).env("STUDIO_USERS_SMTP", url).output();
        let output = output.unwrap();
        assert_eq!(output.status.code(), Some(1), "{url}");
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            message.contains("--smtp must be a mail server URL") && !message.contains("s3cret"),
            "{message}"
        );
    }
}
