//! The first connection to `PostgreSQL`.

use std::time::Duration;

use sqlx::{ConnectOptions, PgConnection};
use tokio::time::timeout;

use super::failure::explain;
use super::url::PostgresUrl;
use crate::failure::Failure;

/// The oldest supported version.
const MIN_VERSION: u32 = 15;
/// The time in which the server has to answer.
const TIMEOUT: Duration = Duration::from_secs(10);
/// The encoding of texts that the database must have.
const ENCODING: &str = "UTF8";

/// The locales in which `pg_trgm` does not index letters outside of ASCII.
const ASCII_LOCALES: [&str; 2] = ["C", "POSIX"];

/// Connects to the database, and checks the version of the server and the encoding of the database. A pool would repeat
/// failed attempts, and hide the reason.
///
/// # Errors
/// Fails with one sentence for the operator.
pub(crate) async fn connect(url: &PostgresUrl) -> Result<PgConnection, Failure> {
    let Ok(connected) =
        timeout(TIMEOUT, url.options().clone().options([("client_min_messages", "warning")]).connect()).await
    else {
        let (server, seconds) = (url.server(), TIMEOUT.as_secs());
        return Err(format!("the database server {server} did not answer within {seconds} seconds").into());
    };
    let mut connection = connected.map_err(|error| explain(&error, url))?;
    require_version(connection.server_version_num(), url)?;
    let (encoding, character_type): (String, String) = sqlx::query_as(
        "SELECT pg_encoding_to_char(encoding), datctype FROM pg_database WHERE datname = current_database()",
    )
    .fetch_one(&mut connection)
    .await
    .map_err(|error| explain(&error, url))?;
    if encoding != ENCODING {
        return Err(format!(
            "{url} has the encoding {encoding}; create a database with the encoding {ENCODING}"
        )
        .into());
    }
    if ASCII_LOCALES.contains(&&*character_type) {
        tracing::warn!(
            "searches for letters outside of ASCII are slow, because {url} has the locale {character_type}; create it \
             with another one, such as C.UTF-8"
        );
    }
    Ok(connection)
}

/// Checks the version of the server. `version` is in the form of `server_version_num`, such as 150019.
fn require_version(version: Option<u32>, url: &PostgresUrl) -> Result<(), Failure> {
    let server = url.server();
    match version.map(|version| version / 10_000) {
        Some(MIN_VERSION..) => Ok(()),
        Some(major) => Err(format!(
            "the database server {server} has PostgreSQL {major}; version {MIN_VERSION} or later is required"
        )
        .into()),
        None => Err(format!("the database server {server} does not tell its version of PostgreSQL").into()),
    }
}
