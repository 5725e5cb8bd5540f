//! Real failures of the first connection, against small servers of the tests and against `PostgreSQL`.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

use sqlx::{ConnectOptions, Connection, PgConnection};
use tempfile::TempDir;

use super::{PostgresUrl, connect, explain};
use crate::token::random_id;

/// The environment variable with the URL of a `PostgreSQL` server, for its superuser. `cargo xtask test` sets it.
const TEST_POSTGRES: &str = "STUDIO_USERS_TEST_POSTGRES";

fn url(text: &str) -> PostgresUrl {
    PostgresUrl::parse(text, None).unwrap()
}

/// Connects, and returns the message for the operator.
async fn failure(text: &str) -> String {
    let message = connect(&url(text)).await.expect_err(text).to_string();
    assert!(!message.contains("secret") && !message.contains("postgres://"), "{message}");
    assert!(!message.contains('\n') && !message.contains(". "), "one sentence: {message}");
    message
}

/// Starts a server that answers one connection with these bytes, after the start of the client. Returns its URL.
fn server(answer: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        let (mut client, _) = listener.accept().unwrap();
        let mut start = [0; 4];
        client.read_exact(&mut start).unwrap();
        let length = usize::try_from(u32::from_be_bytes(start)).unwrap() - start.len();
        client.read_exact(&mut vec![0; length]).unwrap();
        client.write_all(&answer).unwrap();
        // Waits for the end of the client.
        let _ = client.read_to_end(&mut Vec::new());
    });
    format!("postgres://app:secret@127.0.0.1:{port}/users?sslmode=disable")
}

/// Encodes a message of the server: <https://www.postgresql.org/docs/current/protocol-message-formats.html>
fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).unwrap();
    [&[kind][..], &length.to_be_bytes(), body].concat()
}

fn error_response(code: &str, text: &str) -> Vec<u8> {
    message(b'E', format!("SFATAL\0VFATAL\0C{code}\0M{text}\0\0").as_bytes())
}

#[tokio::test]
async fn explains_the_codes_of_the_server() {
    for (code, text, expected) in [
        ("28P01", "password authentication failed for user \"app\"", "refused the password of the user app"),
        ("28000", "no pg_hba.conf entry for host", "does not let the user app sign in"),
        ("3D000", "database \"users\" does not exist", "the database users does not exist on 127.0.0.1:"),
        ("53300", "sorry, too many clients already", "has no free connection; raise its max_connections"),
        ("57P03", "the database system is starting up", "is starting or stopping"),
        ("XX000", "first\nsecond", "cannot use the database users on 127.0.0.1:"),
    ] {
        let message = failure(&server(error_response(code, text))).await;
        assert!(message.contains(expected), "{code}: {message}");
    }
}

#[tokio::test]
async fn requires_version_15() {
    let answer = |version: &str| {
        let signed_in = message(b'R', &0_u32.to_be_bytes());
        let parameter = message(b'S', format!("server_version\0{version}\0").as_bytes());
        [signed_in, parameter, message(b'Z', b"I")].concat()
    };
    let message = failure(&server(answer("14.11 (Debian 14.11-1)"))).await;
    assert!(message.contains("has PostgreSQL 14; version 15 or later is required"), "{message}");
    let message = failure(&server(answer("unknown"))).await;
    assert!(message.contains("does not tell its version"), "{message}");
}

#[tokio::test]
async fn explains_servers_that_are_not_postgresql() {
    let web =
        server(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec()).replace("sslmode=disable", "sslmode=prefer");
    let web = failure(&web).await;
    assert!(web.contains("does not answer like PostgreSQL"), "{web}");
    let refused_tls = server(b"N".to_vec()).replace("sslmode=disable", "sslmode=require");
    let message = failure(&refused_tls).await;
    assert!(message.contains("does not offer TLS"), "{message}");
}

#[tokio::test]
async fn explains_servers_that_cannot_be_reached() {
    // Binding and dropping gives a port on which nothing listens.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let refused = failure(&format!("postgres://app:secret@127.0.0.1:{port}/users")).await;
    assert!(refused.contains("refused the connection; check that it runs"), "{refused}");
    // A reserved name that never resolves: https://www.rfc-editor.org/rfc/rfc6761#section-6.4
    let unknown = failure("postgres://app:secret@database.invalid/users").await;
    assert_eq!(unknown, "the host name database.invalid of the database server is unknown");
    let folder = TempDir::new().unwrap();
    let no_socket = failure(&format!("postgres:///users?host={}", folder.path().display())).await;
    assert!(no_socket.contains("there is no socket of PostgreSQL in"), "{no_socket}");
}

#[tokio::test(start_paused = true)]
async fn gives_up_on_a_server_that_does_not_answer() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let silent = failure(&format!("postgres://app:secret@127.0.0.1:{port}/users")).await;
    assert!(silent.contains("did not answer within 10 seconds"), "{silent}");
}

/// A database of `PostgreSQL` with a user who may do nothing there but connect.
struct Guest {
    superuser: PgConnection,
    name: String,
    url: String,
}

impl Guest {
    /// Creates the database and the user. Returns `None` without a server.
    async fn create(encoding: &str) -> Option<Self> {
        let server = std::env::var(TEST_POSTGRES).ok()?;
        let mut superuser = url(&server).options().connect().await.unwrap();
        let name = format!("guest_{}", random_id().unwrap().simple());
        for statement in [
            format!("CREATE ROLE {name} LOGIN"),
            format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING '{encoding}' LOCALE 'C'"),
        ] {
            sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&mut superuser).await.unwrap();
        }
        let url = format!("{server}&user={name}&dbname={name}");
        Some(Self { superuser, name, url })
    }

    async fn drop(mut self) {
        for statement in
            [format!("DROP DATABASE {} WITH (FORCE)", self.name), format!("DROP ROLE {}", self.name)]
        {
            sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&mut self.superuser).await.unwrap();
        }
        self.superuser.close().await.unwrap();
    }

    /// Runs a statement as the user, and returns the message for the operator.
    async fn failure(&self, statement: &'static str) -> String {
        self.failure_with("", statement).await
    }

    async fn failure_with(&self, parameters: &str, statement: &'static str) -> String {
        let url = url(&format!("{}{parameters}", self.url));
        let mut connection = connect(&url).await.unwrap();
        let error = sqlx::query(statement).execute(&mut connection).await.expect_err(statement);
        connection.close().await.unwrap();
        explain(&error, &url)
    }
}

#[tokio::test]
async fn explains_what_a_user_may_not_do() {
    let Some(mut guest) = Guest::create("UTF8").await else { return };
    let table = guest.failure("CREATE TABLE anything (id BIGINT)").await;
    assert!(table.contains("may not create or use the tables"), "{table}");
    let extension = guest.failure("CREATE EXTENSION pg_trgm").await;
    assert!(extension.contains("may not create the extension pg_trgm"), "{extension}");
    let missing = guest.failure("CREATE EXTENSION pg_trgm_that_is_not_installed").await;
    assert!(missing.contains("pg_trgm is not installed on the database server"), "{missing}");
    let read_only = guest
        .failure_with("&options=-c%20default_transaction_read_only%3Don", "CREATE TABLE anything (id BIGINT)")
        .await;
    assert!(read_only.contains("is read-only"), "{read_only}");
    let statement = format!("ALTER ROLE {} CONNECTION LIMIT 0", guest.name);
    sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&mut guest.superuser).await.unwrap();
    let full = failure(&guest.url).await;
    assert!(full.contains("has no free connection"), "{full}");
    guest.drop().await;
}

#[tokio::test]
async fn explains_a_missing_database_and_its_encoding() {
    let Some(guest) = Guest::create("SQL_ASCII").await else { return };
    let encoding = failure(&guest.url).await;
    assert!(
        encoding.contains("has the encoding SQL_ASCII; create a database with the encoding UTF8"),
        "{encoding}"
    );
    let missing = failure(&guest.url.replace("dbname=guest", "dbname=missing")).await;
    assert!(missing.contains("does not exist on") && missing.contains("create it first"), "{missing}");
    guest.drop().await;
}
