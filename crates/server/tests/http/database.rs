//! The database of a data folder: SQLite, or PostgreSQL where `STUDIO_USERS_TEST_POSTGRES` has the URL of a server on which
//! tests may create databases.

mod templates;

use std::cell::Cell;
use std::env;
use std::fmt::Write;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, PgConnection};

pub(crate) use templates::{copy_demo, copy_folder, copy_world, create_from};

/// The environment variable with the URL of a server for tests.
const TEST_SERVER: &str = "STUDIO_USERS_TEST_POSTGRES";
/// The environment variable with which the backend selects its database.
pub(crate) const DATABASE: &str = "STUDIO_USERS_DATABASE";

/// Ends a test of SQLite's own behaviour, such as its files, if the tests run on PostgreSQL. Prints the reason.
macro_rules! sqlite_only {
    ($reason:literal) => {
        if $crate::database::is_postgres() {
            eprintln!("skipped on PostgreSQL: {}", $reason);
            return;
        }
    };
}
pub(crate) use sqlite_only;

thread_local! {
    static USES_FILES: Cell<bool> = const { Cell::new(false) };
}

/// Uses files of SQLite in the rest of a test of both databases.
pub(crate) fn use_files() {
    USES_FILES.set(true);
}

/// Whether the test runs on PostgreSQL.
pub(crate) fn is_postgres() -> bool {
    test_server().is_some()
}

fn test_server() -> Option<String> {
    env::var(TEST_SERVER).ok().filter(|_| !USES_FILES.get())
}

/// Returns the variant of a statement for the database of the tests.
pub(crate) fn either<T>(sqlite: T, postgres: T) -> T {
    if is_postgres() { postgres } else { sqlite }
}

/// Returns the URL of the database of a data folder, unless it is a file of SQLite.
pub(crate) fn url(data: &Path) -> Option<String> {
    let server = test_server()?;
    let (address, query) = server.split_once('?').unwrap_or((&server, ""));
    let (address, _) = address.rsplit_once('/').unwrap();
    Some(format!("{address}/{}?{query}", name(data)))
}

/// Executes statements next to a running server, for states that no API call creates.
pub(crate) fn execute(data: &Path, sql: &str) {
    try_execute(data, sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
}

/// Executes statements.
pub(crate) fn try_execute(data: &Path, sql: &str) -> Result<(), sqlx::Error> {
    let sql = AssertSqlSafe(sql.to_owned());
    run(async {
        if let Some(server) = server() {
            let mut connection = server.database(&name(data)).connect().await?;
            let executed = sqlx::raw_sql(sql).execute(&mut connection).await;
            connection.close().await?;
            executed.map(drop)
        } else {
            let mut connection = file(data).connect().await?;
            let executed = sqlx::raw_sql(sql).execute(&mut connection).await;
            connection.close().await?;
            executed.map(drop)
        }
    })
}

/// Returns the first column of all rows of a query, which is text.
pub(crate) fn texts(data: &Path, sql: &str) -> Vec<String> {
    let sql = AssertSqlSafe(sql.to_owned());
    run(async {
        if let Some(server) = server() {
            let mut connection = server.database(&name(data)).connect().await.unwrap();
            let rows = sqlx::query_scalar(sql).fetch_all(&mut connection).await.unwrap();
            connection.close().await.unwrap();
            rows
        } else {
            let mut connection = file(data).connect().await.unwrap();
            let rows = sqlx::query_scalar(sql).fetch_all(&mut connection).await.unwrap();
            connection.close().await.unwrap();
            rows
        }
    })
}

/// Returns the number of rows of a table, or of a part of it.
pub(crate) fn count(data: &Path, table: &str) -> i64 {
    texts(data, &format!("SELECT CAST(count(*) AS TEXT) FROM {table}"))[0].parse().unwrap()
}

/// Returns all tables with their columns.
pub(crate) fn columns(data: &Path) -> Vec<(String, String)> {
    let names = texts(
        data,
        either(
            "SELECT t.name || '.' || c.name FROM sqlite_master t, pragma_table_info(t.name) c \
             WHERE t.type = 'table' AND t.name NOT LIKE 'search_trigrams%' ORDER BY t.name, c.cid",
            "SELECT table_name || '.' || column_name FROM information_schema.columns \
             WHERE table_schema = current_schema() ORDER BY table_name, ordinal_position",
        ),
    );
    let split = |name: String| name.split_once('.').map(|(table, column)| (table.into(), column.into()));
    names.into_iter().filter_map(split).collect()
}

/// Asserts that no file of the database and no column contains a secret.
#[track_caller]
pub(crate) fn assert_contains_no(data: &Path, secret: &str) {
    if is_postgres() {
        for (table, column) in columns(data) {
            let value = format!("coalesce(\"{column}\"::text, '')");
            let hex = digits(secret.as_bytes());
            let found = format!("{table} WHERE strpos({value}, '{secret}') + strpos({value}, '{hex}') > 0");
            assert_eq!(count(data, &found), 0, "{table}.{column}");
        }
        return;
    }
    for name in ["studio-users.db", "studio-users.db-wal"] {
        let Ok(bytes) = std::fs::read(data.join(name)) else { continue };
        assert!(!bytes.windows(secret.len()).any(|part| part == secret.as_bytes()), "{name}");
    }
}

/// Returns bytes as hexadecimal digits.
pub(crate) fn digits(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut digits, byte| {
        write!(digits, "{byte:02x}").unwrap();
        digits
    })
}

/// Lets the changes of a table fail and end their transactions, like a full disk. `event` is `INSERT`, `UPDATE` or
/// `DELETE`.
pub(crate) fn fail(data: &Path, event: &str, table: &str) {
    let trigger = format!("CREATE TRIGGER fail BEFORE {event} ON {table}");
    execute(
        data,
        &either(
            format!("{trigger} BEGIN SELECT RAISE(ROLLBACK, 'disk is full: {table}'); END"),
            format!(
                "CREATE OR REPLACE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS \
                 $$ BEGIN RAISE EXCEPTION 'disk is full: %', TG_TABLE_NAME; END $$; {trigger} FOR EACH ROW EXECUTE FUNCTION fail()"
            ),
        ),
    );
}

/// Undoes [`fail`].
pub(crate) fn recover(data: &Path, table: &str) {
    execute(data, &either("DROP TRIGGER fail".to_owned(), format!("DROP TRIGGER fail ON {table}")));
}

/// Returns the file of SQLite.
fn file(data: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new().filename(data.join("studio-users.db"))
}

/// Returns the server of the databases, unless they are files of SQLite.
fn server() -> Option<PgConnectOptions> {
    test_server().map(|url| url.parse().unwrap())
}

/// Returns the name of the database of a data folder.
fn name(data: &Path) -> String {
    let mut hasher = DefaultHasher::new();
    data.hash(&mut hasher);
    format!("studio_users_{:016x}", hasher.finish())
}

async fn exists(connection: &mut PgConnection, database: &str) -> bool {
    let exists = "SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)";
    sqlx::query_scalar(exists).bind(database).fetch_one(connection).await.unwrap()
}

async fn admin(connection: &mut PgConnection, sql: String) {
    connection.execute(AssertSqlSafe(sql)).await.unwrap();
}

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}
