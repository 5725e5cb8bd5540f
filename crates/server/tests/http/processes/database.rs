//! A new database on a server of PostgreSQL, and statements beside the backends.

use std::env;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};
use url::Url;

/// The environment variable with the URL of a server on which tests may create databases.
const VARIABLE: &str = "STUDIO_USERS_TEST_POSTGRES";

/// The number of databases that were created.
static CREATED: AtomicUsize = AtomicUsize::new(0);

/// A database. Dropping it deletes it.
pub(super) struct Database {
    server: String,
    name: String,
}

impl Database {
    /// Returns the URL of the server of the tests.
    pub(super) fn server() -> Option<String> {
        env::var(VARIABLE).ok()
    }

    /// Creates a database on the server of the tests.
    pub(super) fn create() -> Option<Self> {
        Some(Self::create_on(&Self::server()?))
    }

    /// Creates a database on a server.
    pub(super) fn create_on(server: &str) -> Self {
        let number = CREATED.fetch_add(1, Ordering::Relaxed);
        let name = format!("processes_{}_{number}", std::process::id());
        let database = Self { server: server.into(), name };
        run(&database.options("postgres"), async |connection| {
            let create = format!("CREATE DATABASE {}", database.name);
            sqlx::query(AssertSqlSafe(create)).execute(connection).await.map(drop)
        })
        .unwrap();
        database
    }

    /// Returns the URL for the backends.
    pub(super) fn url(&self) -> String {
        let mut url: Url = self.server.parse().unwrap();
        url.set_path(&self.name);
        url.into()
    }

    /// Returns the socket of the server.
    pub(super) fn socket(&self) -> PathBuf {
        let options: PgConnectOptions = self.server.parse().unwrap();
        let folder = options.get_socket().expect("the server of the tests has a Unix socket");
        folder.join(format!(".s.PGSQL.{}", options.get_port()))
    }

    /// Returns the URL for a backend that connects to a port of this machine.
    pub(super) fn url_on_port(&self, port: u16) -> String {
        let user = self.options(&self.name);
        format!("postgres://{}@127.0.0.1:{port}/{}?sslmode=disable", user.get_username(), self.name)
    }

    /// Executes statements.
    pub(super) fn execute(&self, sql: &str) {
        let sql = AssertSqlSafe(sql.to_owned());
        run(&self.options(&self.name), async |connection| {
            sqlx::raw_sql(sql).execute(connection).await.map(drop)
        })
        .unwrap();
    }

    /// Returns the number that a query returns.
    pub(super) fn number(&self, sql: &str) -> i64 {
        let sql = AssertSqlSafe(sql.to_owned());
        run(&self.options(&self.name), async |connection| sqlx::query_scalar(sql).fetch_one(connection).await)
            .unwrap()
    }

    /// Ends connections of backends, such as `query LIKE 'LISTEN%'`. Returns their number.
    pub(super) fn cut_connections(&self, condition: &str) -> i64 {
        self.number(&format!(
            "SELECT count(*) FROM (SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_backend_pid() \
             AND application_name = 'studio-users' AND ({condition})) cut"
        ))
    }

    fn options(&self, database: &str) -> PgConnectOptions {
        self.server.parse::<PgConnectOptions>().unwrap().database(database)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // Fails if the server has stopped.
        let _ = run(&self.options("postgres"), async |connection| {
            let delete = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
            sqlx::query(AssertSqlSafe(delete)).execute(connection).await.map(drop)
        });
    }
}

fn run<T>(
    options: &PgConnectOptions,
    statement: impl AsyncFnOnce(&mut PgConnection) -> Result<T, sqlx::Error>,
) -> Result<T, sqlx::Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut connection = options.connect().await?;
        let result = statement(&mut connection).await?;
        connection.close().await?;
        Ok(result)
    })
}
