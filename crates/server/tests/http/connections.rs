//! Limits of connections. A client that waits for the server to close a connection fails after a minute.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use studio_users_contract::path;

use crate::events::{EventStream, subscribe};
use crate::server::{Client, Server};

/// Timeouts that a test does not wait for.
const LONG: [&str; 4] =
    ["--header-timeout=600", "--body-timeout=600", "--idle-timeout=600", "--write-timeout=600"];

/// Starts a demo with these options, and without other timeouts.
fn server(options: &[&str]) -> Server {
    let mut arguments = vec!["--demo", "40"];
    let name = |option: &str| option.split('=').next().unwrap_or_default().to_owned();
    arguments.extend(LONG.iter().filter(|long| !options.iter().any(|option| name(option) == name(long))));
    arguments.extend(options);
    Server::start(&arguments)
}

/// Opens a connection and sends a text.
fn connect(server: &Server, text: &str) -> TcpStream {
    let mut stream = TcpStream::connect(server.url.trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
    stream.write_all(text.as_bytes()).unwrap();
    stream
}

/// Reads until the server closes the connection.
#[track_caller]
fn read_to_end(mut stream: TcpStream) -> String {
    let mut text = Vec::new();
    stream.read_to_end(&mut text).expect("the server closes the connection");
    String::from_utf8_lossy(&text).into_owned()
}

/// Returns a request with the right host, up to the end of its headers.
fn head(server: &Server, line: &str, headers: &str) -> String {
    let host = server.url.trim_start_matches("http://");
    format!("{line} HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n")
}

#[test]
fn closes_connections_that_send_no_complete_head() {
    let server = server(&["--header-timeout=1"]);
    for text in ["", "G", "GET / HTTP/1.1\r\nHost: localhost\r\nX: "] {
        assert_eq!(read_to_end(connect(&server, text)), "");
    }
    // The second request of a connection.
    let mut stream = connect(&server, &head(&server, &format!("GET {}", path::LIVENESS), ""));
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 204");
    stream.write_all(b"GET / HT").unwrap();
    assert!(!read_to_end(stream).contains("HTTP/1.1"));
}

#[test]
fn closes_connections_between_requests() {
    let server = server(&["--idle-timeout=1"]);
    let answer = read_to_end(connect(&server, &head(&server, &format!("GET {}", path::LIVENESS), "")));
    assert!(answer.starts_with("HTTP/1.1 204"), "{answer}");
}

#[test]
fn answers_408_to_a_body_that_does_not_arrive() {
    let server = server(&["--body-timeout=1"]);
    for headers in ["Content-Length: 100\r\n", "Transfer-Encoding: chunked\r\n"] {
        let headers = format!("Content-Type: application/json\r\n{headers}");
        let request = head(&server, &format!("POST {}", path::SIGN_IN_LINKS), &headers);
        let answer = read_to_end(connect(&server, &request));
        assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
        assert!(answer.contains("\"code\":\"invalid\""), "{answer}");
    }
}

#[test]
fn closes_connections_whose_client_reads_nothing() {
    let server = server(&["--write-timeout=1"]);
    // The responses to many requests fill the buffers of the system.
    let request = head(&server, "GET /api/v1/openapi.json", "");
    let mut stream = connect(&server, "");
    stream.set_write_timeout(Some(Duration::from_mins(1))).unwrap();
    let is_closed = (0..200_000).any(|_| {
        stream.write_all(request.as_bytes()).is_err_and(|error| {
            assert_ne!(error.kind(), std::io::ErrorKind::WouldBlock, "the server keeps the connection");
            true
        })
    });
    assert!(is_closed);
}

#[test]
fn answers_others_while_silent_connections_use_all_slots() {
    let server = server(&["--max-connections=4"]);
    let kept: Vec<_> = (0..12).map(|_| connect(&server, "")).collect();
    let idle = connect(&server, &head(&server, &format!("GET {}", path::LIVENESS), ""));
    assert_eq!(server.request("GET", path::LIVENESS, &[], b"").status, 204);
    server.wait_for_log("all connections are in use");
    // The last ones were accepted after a slot was free.
    for stream in kept.into_iter().take(8) {
        assert_eq!(read_to_end(stream), "");
    }
    drop(idle);
    assert!(server.stop().0);
}

#[test]
fn limits_event_streams_of_a_user_and_of_all() {
    let server = server(&["--max-event-streams=3", "--max-event-streams-per-user=2"]);
    let (maud, charlotte) = (server.sign_in_as("Maud"), server.sign_in_as("Charlotte"));
    let status = |client: &Client<'_>| EventStream::open(client, None).err();
    let streams = [subscribe(&maud), subscribe(&maud), subscribe(&charlotte)];
    assert_eq!((status(&maud), status(&charlotte)), (Some(429), Some(429)));
    drop(streams);
    crate::server::wait_until("a stream is free", || status(&charlotte).is_none());
}

#[test]
fn stops_while_connections_are_open() {
    let server = server(&[]);
    let silent = connect(&server, "");
    let idle = connect(&server, &head(&server, &format!("GET {}", path::LIVENESS), ""));
    let client = server.sign_in_as("Maud");
    let mut stream = subscribe(&client);
    stream.event_id();
    let log = server.data.path().join(crate::server::LOG);
    let log = std::fs::File::open(log).unwrap();
    assert!(server.stop().0);
    assert_eq!(read_to_end(silent), "");
    assert!(read_to_end(idle).starts_with("HTTP/1.1 204"));
    let log = std::io::read_to_string(log).unwrap();
    assert!(!log.contains("were aborted"), "{log}");
}
