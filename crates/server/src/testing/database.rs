//! The database of a test: SQLite, or PostgreSQL where `STUDIO_USERS_TEST_POSTGRES` has the URL of a server.

use std::env;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, PgConnection};
use url::Url;

use crate::audit;
use crate::failure::Failure;
use crate::sql::Pool;
use crate::store::{Store, database_file};

/// The environment variable with the URL of a server on which tests may create databases.
const VARIABLE: &str = "STUDIO_USERS_TEST_POSTGRES";
/// The database that those of tests are copied from, because that is faster than the migrations.
const TEMPLATE: &str = "studio_users_empty_template";

/// Ends a test of SQLite's own behaviour, such as its files, if the tests run on PostgreSQL. Prints the reason.
macro_rules! sqlite_only {
    ($reason:literal) => {
        if $crate::testing::is_postgres() {
            eprintln!("skipped on PostgreSQL: {}", $reason);
            return;
        }
    };
}
pub(crate) use sqlite_only;

/// Whether the tests run on PostgreSQL.
pub(crate) fn is_postgres() -> bool {
    server().is_some()
}

/// Returns the number of rounds of a long test. PostgreSQL runs a quarter of them, because its statements take longer,
/// and the rules above them are the same.
pub(crate) fn rounds(on_sqlite: usize) -> usize {
    if is_postgres() { on_sqlite.div_ceil(4) } else { on_sqlite }
}

/// Opens the store of a data folder, and creates it if it is missing.
pub(crate) async fn open_store(folder: &Path) -> Store {
    let Some(server) = server() else { return Store::open(&database_file(folder), 4).await.unwrap() };
    let database = database_of(folder);
    let mut connection = server.connect().await.unwrap();
    ensure_template(&mut connection, &server, folder).await;
    if !exists(&mut connection, &database).await {
        create(&mut connection, &database, &format!(" TEMPLATE {TEMPLATE}")).await;
    }
    connection.close().await.unwrap();
    open_postgres(server.database(&database), 4, folder).await
}

/// Creates an empty database for a test of PostgreSQL, and returns its URL. Without a server, prints a note and returns
/// `None`.
pub(crate) async fn empty_postgres(name: &str) -> Option<String> {
    let Ok(server) = env::var(VARIABLE) else {
        println!("skipped: {VARIABLE} is not set");
        return None;
    };
    let database = format!("studio_users_{name}");
    let mut connection = server.parse::<PgConnectOptions>().unwrap().connect().await.unwrap();
    let drop = format!("DROP DATABASE IF EXISTS {database} WITH (FORCE)");
    connection.execute(AssertSqlSafe(drop)).await.unwrap();
    create(&mut connection, &database, "").await;
    connection.close().await.unwrap();
    let mut url = Url::parse(&server).unwrap();
    url.set_path(&database);
    Some(url.into())
}

/// Opens a connection of its own to the database of a data folder, like another process.
pub(crate) async fn connect(folder: &Path) -> Pool {
    match server() {
        Some(server) => {
            let pool = PgPoolOptions::new().max_connections(1);
            pool.connect_with(server.database(&database_of(folder))).await.unwrap().into()
        }
        None => Pool::single(SqliteConnectOptions::new().filename(database_file(folder))).await.unwrap(),
    }
}

/// Verifies the audit log of a data folder, as the command line does.
pub(crate) async fn verify_log(folder: &Path) -> Result<String, Failure> {
    verify_log_and_files(folder, &[]).await
}

/// Verifies the audit log of a data folder, and files with entries of it, as the command line does.
pub(crate) async fn verify_log_and_files(folder: &Path, files: &[PathBuf]) -> Result<String, Failure> {
    match server() {
        Some(server) => audit::verify_postgres(server.database(&database_of(folder)), folder, files).await,
        None => audit::verify(&database_file(folder), files).await,
    }
}

/// Returns the server of the databases, unless they are files of SQLite.
fn server() -> Option<PgConnectOptions> {
    env::var(VARIABLE).ok().map(|url| url.parse().unwrap())
}

async fn open_postgres(options: PgConnectOptions, connections: u32, folder: &Path) -> Store {
    let connection = options.connect().await.unwrap();
    Store::open_postgres(connection, options, connections, folder).await.unwrap()
}

/// Creates the template, unless another test has.
async fn ensure_template(connection: &mut PgConnection, server: &PgConnectOptions, folder: &Path) {
    connection.execute("SELECT pg_advisory_lock(1)").await.unwrap();
    if !exists(connection, TEMPLATE).await {
        let new = format!("{TEMPLATE}_new");
        connection.execute(AssertSqlSafe(format!("DROP DATABASE IF EXISTS {new}"))).await.unwrap();
        create(connection, &new, "").await;
        let folder = folder.join("template");
        std::fs::create_dir_all(&folder).unwrap();
        open_postgres(server.clone().database(&new), 1, &folder).await.close().await;
        // The head is sealed with the key of this folder. Each copy begins a log with a key of its own.
        let mut opened = server.clone().database(&new).connect().await.unwrap();
        opened.execute("DELETE FROM audit_head").await.unwrap();
        opened.close().await.unwrap();
        let rename = format!("ALTER DATABASE {new} RENAME TO {TEMPLATE}");
        connection.execute(AssertSqlSafe(rename)).await.unwrap();
    }
    connection.execute("SELECT pg_advisory_unlock(1)").await.unwrap();
}

async fn exists(connection: &mut PgConnection, database: &str) -> bool {
    let exists = "SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)";
    sqlx::query_scalar(exists).bind(database).fetch_one(connection).await.unwrap()
}

async fn create(connection: &mut PgConnection, database: &str, options: &str) {
    connection.execute(AssertSqlSafe(format!("CREATE DATABASE {database}{options}"))).await.unwrap();
}

/// Returns the name of the database of a data folder.
fn database_of(folder: &Path) -> String {
    let mut hasher = DefaultHasher::new();
    folder.hash(&mut hasher);
    format!("studio_users_{:016x}", hasher.finish())
}
