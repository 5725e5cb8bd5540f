//! Messages for the operator if the database cannot be used at the start.

use std::io::{self, ErrorKind};

use sqlx::migrate::MigrateError;
use sqlx::postgres::PgDatabaseError;

use super::url::PostgresUrl;

const EXTENSION: &str = "pg_trgm";
/// The start of the error of the standard library for a name that does not resolve.
const LOOKUP_ERROR: &str = "failed to lookup address information";

/// Explains an error in one sentence, with what the operator can do. The sentence contains no URL and no password.
pub(crate) fn explain(error: &sqlx::Error, url: &PostgresUrl) -> String {
    let server = url.server();
    match error {
        sqlx::Error::Database(error) => match error.try_downcast_ref::<PgDatabaseError>() {
            Some(error) => explain_database(error, url),
            None => format!("cannot use {url}: {}", first_line(error.message())),
        },
        sqlx::Error::Io(error) => explain_io(error, url),
        sqlx::Error::Tls(error) => explain_tls(&error.to_string(), url),
        sqlx::Error::Protocol(_) => {
            format!("the server {server} does not answer like PostgreSQL; check the host and the port")
        }
        sqlx::Error::PoolTimedOut => {
            format!("the database server {server} did not accept a connection in time")
        }
        sqlx::Error::Migrate(error) => explain_migration(error, url),
        // The message could contain a part of the URL.
        sqlx::Error::Configuration(_) => format!("the settings of the connection to {url} are invalid"),
        other => format!("cannot use {url}: {}", first_line(&other.to_string())),
    }
}

/// Explains an error of the server by its code: <https://www.postgresql.org/docs/current/errcodes-appendix.html>
fn explain_database(error: &PgDatabaseError, url: &PostgresUrl) -> String {
    let (server, database, user) = (url.server(), url.database(), url.user());
    let is_about_extension = error.message().contains(EXTENSION);
    match error.code() {
        "28P01" => format!("the database server {server} refused the password of the user {user}"),
        "28000" => format!(
            "the database server {server} does not let the user {user} sign in to the database {database}; check the \
             user, and the server's pg_hba.conf"
        ),
        "3D000" => format!("the database {database} does not exist on {server}; create it first"),
        "42501" if is_about_extension => format!(
            "the user {user} may not create the extension {EXTENSION} in {url}; run GRANT CREATE ON DATABASE there, or \
             create the extension as an administrator"
        ),
        "42501" => format!(
            "the user {user} may not create or use the tables in {url}; make the user the owner of the database"
        ),
        // Version 15 and later report the first code. Other servers use the second one for a file that is missing.
        "0A000" | "58P01" if is_about_extension => format!(
            "the extension {EXTENSION} is not installed on the database server {server}; it is in the package \
             postgresql-VERSION of Debian and Ubuntu, and in postgresql-contrib of other systems"
        ),
        "53300" => format!(
            "the database server {server} has no free connection; raise its max_connections, or lower \
             --database-connections"
        ),
        "25006" => format!("{url} is read-only; use the primary server instead of a standby"),
        "57P01" | "57P02" | "57P03" => {
            format!("the database server {server} is starting or stopping; try again")
        }
        code => format!("cannot use {url}: {} (code {code})", first_line(error.message())),
    }
}

fn explain_io(error: &io::Error, url: &PostgresUrl) -> String {
    let server = url.server();
    // An error of the TLS library.
    if error.kind() == ErrorKind::InvalidData && error.get_ref().is_some() {
        return explain_tls(&error.to_string(), url);
    }
    match (error.kind(), url.socket()) {
        (ErrorKind::NotFound, Some(folder)) => {
            format!("there is no socket of PostgreSQL in {}; check the folder and the port", folder.display())
        }
        (ErrorKind::PermissionDenied, Some(folder)) => {
            format!("this process may not use the socket of PostgreSQL in {}", folder.display())
        }
        (ErrorKind::ConnectionRefused, _) => {
            format!("the database server {server} refused the connection; check that it runs, and the port")
        }
        (ErrorKind::TimedOut, _) => format!("the database server {server} did not answer in time"),
        (ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable, _) => {
            format!("the database server {server} cannot be reached from this machine")
        }
        (ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset | ErrorKind::BrokenPipe, _) => {
            format!("the server {server} closed the connection; check that it is PostgreSQL, and its log")
        }
        _ if error.to_string().starts_with(LOOKUP_ERROR) => {
            format!("the host name {} of the database server is unknown", url.host())
        }
        _ => format!("cannot connect to the database server {server}: {}", first_line(&error.to_string())),
    }
}

/// Explains an error of the TLS library, which the driver passes on as text.
fn explain_tls(message: &str, url: &PostgresUrl) -> String {
    let server = url.server();
    let certificate = format!("the TLS certificate of the database server {server}");
    if message.contains("does not support TLS") {
        format!(
            "the database server {server} does not offer TLS; switch TLS on there, or add sslmode=disable to the URL if \
             nobody else can read the network"
        )
    } else if message.contains("UnknownIssuer") {
        format!("{certificate} is not trusted; name the certificate of its authority with --database-ca")
    } else if message.contains("not valid for name") || message.contains("NotValidForName") {
        format!("{certificate} is for another host name than {}", url.host())
    } else if message.contains("expired") || message.contains("Expired") {
        format!("{certificate} has expired")
    } else if message.contains("CaUsedAsEndEntity") {
        format!("{certificate} is that of an authority; sign a certificate for the server with it")
    } else {
        format!("no TLS connection to the database server {server}: {}", first_line(message))
    }
}

fn explain_migration(error: &MigrateError, url: &PostgresUrl) -> String {
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => explain(error, url),
        other => format!("cannot migrate {url}: {}", first_line(&other.to_string())),
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}
