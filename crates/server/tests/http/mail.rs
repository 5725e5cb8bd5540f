use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use mail_parser::MessageParser;
use serde_json::json;
use studio_users_contract::{Session, path};
use tempfile::TempDir;

use crate::server::{LOG, Server, binary, token_of};
use crate::smtp::{MailServer, Received, free_port};

/// A mail as its reader's program understands it.
#[derive(Debug)]
pub(crate) struct ReadMail {
    pub(crate) to: String,
    pub(crate) subject: String,
    pub(crate) plain: String,
    pub(crate) html: String,
    pub(crate) headers: Vec<(String, String)>,
}

impl ReadMail {
    fn of(bytes: &[u8]) -> Self {
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

    /// The line of the text that is a link of this kind.
    pub(crate) fn link(&self, kind: &str) -> String {
        self.plain.lines().find(|line| line.contains(kind)).unwrap().to_owned()
    }
}

/// What the folder holds.
pub(crate) fn mails_in(data: &TempDir) -> Vec<ReadMail> {
    let entries = std::fs::read_dir(data.path().join("mail")).unwrap().map(|entry| entry.unwrap().path());
    let mails = entries.filter(|path| path.extension().is_some_and(|ending| ending == "eml"));
    mails.map(|path| ReadMail::of(&std::fs::read(path).unwrap())).collect()
}

/// Waits for what happens in its own time; a test in which it never does fails.
#[track_caller]
pub(crate) fn eventually<T>(mut look: impl FnMut() -> Option<T>) -> T {
    for _ in 0..600 {
        if let Some(found) = look() {
            return found;
        }
        sleep(Duration::from_millis(50));
    }
    panic!("it never happened");
}

fn ask_for_link(server: &Server, email: &str) {
    let answer = server.visitor().post(path::SIGN_IN_LINKS, &json!({ "email": email }));
    assert_eq!(answer.status, 202);
}

fn first_accepted(mails: &MailServer) -> Received {
    eventually(|| mails.accepted().first().cloned())
}

/// The token of the link in a mail as it came.
fn token_in(mail: &Received) -> String {
    token_of(&ReadMail::of(&mail.data).link("/sign-in#"))
}

#[track_caller]
fn is_nowhere(token: &str, data: &Path) {
    for name in ["studio-users.db", "studio-users.db-wal", LOG] {
        let Ok(bytes) = std::fs::read(data.join(name)) else { continue };
        assert!(!bytes.windows(token.len()).any(|part| part == token.as_bytes()), "{name}");
    }
}

#[test]
fn a_mail_server_gets_the_mail_whole() {
    let mails = MailServer::start();
    let server =
        Server::start(&["--demo", "40", "--smtp", &mails.url(), "--mail-from", "Velo <hello@velo.example>"]);
    ask_for_link(&server, "maud@northwind.example");
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
    assert_eq!(mail.subject, "Sign in to the studio");
    assert!(mail.plain.contains("Hello Maud Jansen,"), "{}", mail.plain);
    assert!(mail.html.contains("<html lang=\"en\" dir=\"ltr\">"), "{}", mail.html);
    let link = mail.link("/sign-in#");
    assert!(mail.html.contains(&format!("href=\"{link}\"")), "{}", mail.html);
    let session: Session = server.visitor().sign_in(&token_of(&link)).json();
    assert_eq!(session.user.email, "maud@northwind.example");
    assert!(!server.data.path().join("mail").exists(), "nothing is kept beside");
    is_nowhere(&token_of(&link), server.data.path());
}

#[test]
fn a_refused_mail_is_sent_again_with_another_link_and_nothing_of_it_is_logged() {
    let mails = MailServer::refusing(1);
    let server = Server::start(&["--demo", "40", "--smtp", &mails.url()]);
    ask_for_link(&server, "maud@northwind.example");
    let refused = token_in(&eventually(|| mails.refused().first().cloned()));
    let accepted = token_in(&first_accepted(&mails));
    assert_ne!(refused, accepted);
    let log = std::fs::read_to_string(server.data.path().join(LOG)).unwrap();
    assert!(log.contains("451") && log.contains("is tried again"), "{log}");
    for token in [&refused, &accepted] {
        is_nowhere(token, server.data.path());
    }
    assert_eq!(server.visitor().sign_in(&refused).problem().1, "link_invalid");
    assert_eq!(server.visitor().sign_in(&accepted).status, 201);
}

#[test]
fn mail_waits_for_a_mail_server_that_is_down() {
    let port = free_port();
    let server = Server::start(&["--demo", "40", "--smtp", &format!("smtp://127.0.0.1:{port}")]);
    ask_for_link(&server, "maud@northwind.example");
    eventually(|| {
        let log = std::fs::read_to_string(server.data.path().join(LOG)).unwrap();
        log.contains("is tried again").then_some(())
    });
    let mails = MailServer::on(port);
    assert_eq!(server.visitor().sign_in(&token_in(&first_accepted(&mails))).status, 201);
}

#[test]
fn one_address_that_is_refused_does_not_keep_the_others() {
    let mails = MailServer::not_knowing("maud@northwind.example");
    let server = Server::start(&["--demo", "40", "--smtp", &mails.url()]);
    ask_for_link(&server, "maud@northwind.example");
    eventually(|| {
        let log = std::fs::read_to_string(server.data.path().join(LOG)).unwrap();
        log.contains("550").then_some(())
    });
    ask_for_link(&server, "ingrid@clinic.example");
    assert_eq!(first_accepted(&mails).to, "ingrid@clinic.example");
}

#[test]
fn a_mail_that_waited_when_the_machine_failed_is_sent_after_the_restart() {
    let mails = MailServer::refusing(1);
    let arguments = ["--demo", "40", "--smtp", &mails.url()];
    let server = Server::start(&arguments);
    ask_for_link(&server, "maud@northwind.example");
    let refused = token_in(&eventually(|| mails.refused().first().cloned()));
    let again = Server::start_on(server.kill(), &arguments);
    let token = token_in(&first_accepted(&mails));
    assert_eq!(again.visitor().sign_in(&refused).problem().1, "link_invalid");
    assert_eq!(again.visitor().sign_in(&token).status, 201);
}

#[test]
fn a_mail_server_that_hangs_does_not_keep_the_server_from_ending() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("smtp://{}", silent.local_addr().unwrap());
    let server = Server::start(&["--demo", "40", "--smtp", &url]);
    ask_for_link(&server, "maud@northwind.example");
    let (_connection, _) = silent.accept().unwrap();
    let (ended_well, data) = server.stop();
    assert!(ended_well);
    let log = std::fs::read_to_string(data.path().join(LOG)).unwrap();
    assert!(!log.contains("broken off"), "{log}");
}

#[test]
fn a_url_that_is_none_of_a_mail_server_is_refused_without_its_password() {
    let folder = TempDir::new().unwrap();
    for url in
        ["mail.example", "https://ada:s3cret@mail.example", "smtp://ada:s3cret@mail.example?tls=maybe", ""]
    {
        let output =
            binary().args(["serve", "--data"]).arg(folder.path()).env("STUDIO_USERS_SMTP", url).output();
        let output = output.unwrap();
        assert_eq!(output.status.code(), Some(1), "{url}");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains("--smtp is no URL of a mail server") && !said.contains("s3cret"), "{said}");
    }
}
