//! A local mail server for tests.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// A local mail server with the part of SMTP that is needed to receive mails
/// ([RFC 5321](https://www.rfc-editor.org/rfc/rfc5321)).
pub(crate) struct MailServer {
    pub(crate) port: u16,
    state: Arc<Mutex<State>>,
}

/// A received mail.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) data: Vec<u8>,
}

#[derive(Default)]
struct State {
    accepted: Vec<Received>,
    rejected: Vec<Received>,
    /// The number of mails to reject after receiving their data.
    to_reject: usize,
    /// The recipient that is always rejected.
    unknown: Option<&'static str>,
    /// The answers to single recipients, by the stage at which they are given.
    answers: Vec<(String, Stage, &'static str)>,
    /// The recipients that were named, in order.
    named: Vec<String>,
    /// The answer to a sign-in. `None` if the server offers none.
    sign_in: Option<&'static str>,
    /// Whether the server supports addresses outside of ASCII.
    has_smtputf8: bool,
}

/// Instead of an answer to the content of a mail: there is none.
pub(crate) const HOLD: &str = "hold";

/// When a server answers a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    Recipient,
    /// After the content, which the answer quotes.
    Content,
}

impl MailServer {
    /// Gives an answer to each mail to a recipient.
    pub(crate) fn answer(&self, recipient: &str, stage: Stage, answer: &'static str) {
        self.state.lock().unwrap().answers.push((recipient.into(), stage, answer));
    }

    /// Takes mails to all recipients again.
    pub(crate) fn accept_all(&self) {
        self.state.lock().unwrap().answers.clear();
    }

    /// Offers to sign in, with this answer to every attempt.
    pub(crate) fn answer_sign_in(&self, answer: &'static str) {
        self.state.lock().unwrap().sign_in = Some(answer);
    }

    /// Returns how often a mail was offered to a recipient.
    pub(crate) fn attempts(&self, recipient: &str) -> usize {
        self.state.lock().unwrap().named.iter().filter(|named| *named == recipient).count()
    }

    pub(crate) fn start() -> Self {
        Self::listen(&TcpListener::bind("127.0.0.1:0").unwrap(), 0, None)
    }

    /// Starts a server that rejects the first mails and quotes them in its response, like a spam filter.
    pub(crate) fn rejecting(mails: usize) -> Self {
        Self::listen(&TcpListener::bind("127.0.0.1:0").unwrap(), mails, None)
    }

    /// Starts a server that rejects a recipient.
    pub(crate) fn with_unknown_recipient(recipient: &'static str) -> Self {
        Self::listen(&TcpListener::bind("127.0.0.1:0").unwrap(), 0, Some(recipient))
    }

    /// Starts a server that accepts addresses outside of ASCII ([RFC 6531](https://www.rfc-editor.org/rfc/rfc6531)).
    pub(crate) fn with_smtputf8() -> Self {
        let server = Self::start();
        server.state.lock().unwrap().has_smtputf8 = true;
        server
    }

    /// Starts a server on a port.
    pub(crate) fn on(port: u16) -> Self {
        Self::listen(&TcpListener::bind(("127.0.0.1", port)).unwrap(), 0, None)
    }

    pub(crate) fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    pub(crate) fn accepted(&self) -> Vec<Received> {
        self.state.lock().unwrap().accepted.clone()
    }

    pub(crate) fn rejected(&self) -> Vec<Received> {
        self.state.lock().unwrap().rejected.clone()
    }

    fn listen(listener: &TcpListener, to_reject: usize, unknown: Option<&'static str>) -> Self {
        let state = Arc::new(Mutex::new(State { to_reject, unknown, ..State::default() }));
        let port = listener.local_addr().unwrap().port();
        let (listener, shared) = (listener.try_clone().unwrap(), Arc::clone(&state));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let shared = Arc::clone(&shared);
                // Ignores aborted connections.
                thread::spawn(move || stream.and_then(|stream| handle_connection(&stream, &shared)));
            }
        });
        Self { port, state }
    }
}

/// Returns a port without a listener.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn handle_connection(mut stream: &TcpStream, state: &Mutex<State>) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?);
    let (mut from, mut to) = (String::new(), String::new());
    write!(stream, "220 mail.test ESMTP\r\n")?;
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let (verb, rest) = line.trim_end().split_once([' ', ':']).unwrap_or((line.trim_end(), ""));
        let reply = match verb.to_ascii_uppercase().as_str() {
            "EHLO" if state.lock().unwrap().has_smtputf8 => {
                "250-mail.test\r\n250-8BITMIME\r\n250 SMTPUTF8".to_owned()
            }
            "EHLO" if state.lock().unwrap().sign_in.is_some() => "250-mail.test\r\n250 AUTH PLAIN".to_owned(),
            "EHLO" | "HELO" => "250 mail.test".to_owned(),
            "AUTH" => state.lock().unwrap().sign_in.unwrap_or("502 What?").to_owned(),
            "MAIL" => {
                from = bracketed(rest);
                "250 OK".to_owned()
            }
            "RCPT" => {
                to = bracketed(rest);
                let mut state = state.lock().unwrap();
                state.named.push(to.clone());
                let is_unknown = state.unknown == Some(to.as_str());
                let answer = state.answer_at(&to, Stage::Recipient);
                answer.unwrap_or(if is_unknown { "550 No such user here" } else { "250 OK" }).to_owned()
            }
            "DATA" => {
                write!(stream, "354 Go on\r\n")?;
                let data = read_data(&mut lines)?;
                if state.lock().unwrap().answer_at(&to, Stage::Content) == Some(HOLD) {
                    // The client waits until it gives up or ends.
                    while lines.read_line(&mut String::new())? > 0 {}
                    return Ok(());
                }
                receive(&mut state.lock().unwrap(), Received { from: from.clone(), to: to.clone(), data })
            }
            "NOOP" | "RSET" => "250 OK".to_owned(),
            "QUIT" => {
                write!(stream, "221 Bye\r\n")?;
                return Ok(());
            }
            _ => "502 What?".to_owned(),
        };
        write!(stream, "{reply}\r\n")?;
    }
}

impl State {
    fn answer_at(&self, to: &str, stage: Stage) -> Option<&'static str> {
        let answer = self.answers.iter().find(|(recipient, at, _)| recipient == to && *at == stage);
        answer.map(|&(_, _, answer)| answer)
    }
}

fn receive(state: &mut State, mail: Received) -> String {
    let answer = state.answer_at(&mail.to, Stage::Content);
    if state.to_reject == 0 && answer.is_none() {
        state.accepted.push(mail);
        return "250 Thanks".into();
    }
    state.to_reject = state.to_reject.saturating_sub(1);
    let text = String::from_utf8_lossy(&mail.data).replace("=\r\n", "");
    let quoted = text.lines().find(|line| line.contains('#')).unwrap_or_default().to_owned();
    state.rejected.push(mail);
    format!("{} Looks bad: {quoted}", answer.unwrap_or("451"))
}

/// Reads the data up to the line with a single dot, and undoes dot-stuffing
/// ([RFC 5321, section 4.5.2](https://www.rfc-editor.org/rfc/rfc5321#section-4.5.2)).
fn read_data(lines: &mut impl BufRead) -> std::io::Result<Vec<u8>> {
    let mut data = Vec::new();
    loop {
        let mut line = Vec::new();
        if lines.read_until(b'\n', &mut line)? == 0 || line == b".\r\n" {
            return Ok(data);
        }
        data.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
    }
}

fn bracketed(text: &str) -> String {
    let inner = text.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inner.map_or("", |(inner, _)| inner).to_owned()
}
