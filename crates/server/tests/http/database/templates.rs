//! Databases that those of tests are copied from: a copy takes a fraction of the time that a server needs to create one. A
//! template is made once by each build of the backend. Its comment contains the files of the audit log.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::SystemTime;

use serde_json::{Value, json};
use sqlx::{ConnectOptions, Connection, PgConnection};
use tempfile::TempDir;

use super::{admin, exists, is_postgres, name, run, server};
use crate::server::Server;

/// The time after which a new template is made, because the times in a demo are relative to its creation.
const LIFETIME_SECONDS: u64 = 3_600;
/// The files of the audit log in a data folder.
const LOG_FILES: [&str; 2] = ["audit.key", "audit.head"];

/// Creates the database of a new data folder, if it is on a server: a copy of a demo with this number of users, or else an
/// empty database.
pub(crate) fn copy_demo(data: &Path, users: Option<&str>) {
    let has_log = data.join(LOG_FILES[0]).exists();
    if !is_postgres() || run(async { exists(&mut connect().await, &name(data)).await }) {
        return;
    }
    match users.filter(|_| !has_log) {
        Some(users) => {
            copy(data, &format!("demo_{users}"), || {
                let data = new_folder();
                (Server::start_on(data, &["--demo", users]).stop().1, Value::Null)
            });
        }
        None => create(data),
    }
}

/// Creates the database of a new data folder as a copy of the template `world`, which `set_up` creates first if it is
/// missing. Returns the note of `set_up`. `None` if the databases are files.
pub(crate) fn copy_world(data: &Path, set_up: impl FnOnce(TempDir) -> (TempDir, Value)) -> Option<Value> {
    is_postgres().then(|| copy(data, "world", || set_up(new_folder())))
}

/// Creates the database of a new data folder on the server, and executes statements in it.
pub(crate) fn create_from(data: &Path, sql: &str) {
    create(data);
    super::execute(data, sql);
}

/// Copies a data folder without its mails, and its database, which no server uses.
pub(crate) fn copy_folder(data: &Path) -> TempDir {
    let folder = TempDir::new().unwrap();
    for file in LOG_FILES.into_iter().chain(["studio-users.db"]) {
        if data.join(file).exists() {
            std::fs::copy(data.join(file), folder.path().join(file)).unwrap();
        }
    }
    if is_postgres() {
        let (source, target) = (name(data), name(folder.path()));
        let copy = format!("CREATE DATABASE {target} TEMPLATE {source}");
        run(async { admin(&mut connect().await, copy).await });
    }
    folder
}

/// Returns a new folder with an empty database.
fn new_folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    create(folder.path());
    folder
}

fn create(data: &Path) {
    run(async { admin(&mut connect().await, format!("CREATE DATABASE {}", name(data))).await });
}

/// Copies a template to the database of a data folder. Creates the template first, unless another test has. Returns its note.
fn copy(data: &Path, kind: &str, set_up: impl FnOnce() -> (TempDir, Value)) -> Value {
    let template = format!("template_{kind}_{:016x}", version());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut connection = runtime.block_on(connect());
    let is_missing = runtime.block_on(async {
        lock(&mut connection, &template).await;
        !exists(&mut connection, &template).await
    });
    if is_missing {
        let (folder, note) = set_up();
        let (source, comment) = (name(folder.path()), comment_of(folder.path(), &note));
        runtime.block_on(async {
            admin(&mut connection, format!("COMMENT ON DATABASE {source} IS '{comment}'")).await;
            admin(&mut connection, format!("ALTER DATABASE {source} RENAME TO {template}")).await;
        });
    }
    let comment: String = runtime.block_on(async {
        admin(&mut connection, "SELECT pg_advisory_unlock_all()".into()).await;
        admin(&mut connection, format!("CREATE DATABASE {} TEMPLATE {template}", name(data))).await;
        let comment = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = $1";
        let comment = sqlx::query_scalar(comment).bind(&template).fetch_one(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        comment
    });
    let comment: Value = serde_json::from_str(&comment).unwrap();
    for file in LOG_FILES {
        let bytes: Vec<u8> = serde_json::from_value(comment[file].clone()).unwrap();
        let path = data.join(file);
        std::fs::write(&path, bytes).unwrap();
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).unwrap();
    }
    comment["note"].clone()
}

fn comment_of(folder: &Path, note: &Value) -> String {
    let [key, head] = LOG_FILES.map(|file| std::fs::read(folder.join(file)).unwrap());
    let comment = json!({ LOG_FILES[0]: key, LOG_FILES[1]: head, "note": note }).to_string();
    comment.replace('\'', "''")
}

/// Identifies the build of the backend, and the hour.
fn version() -> u64 {
    let file = std::fs::metadata(env!("CARGO_BIN_EXE_studio-users-server")).unwrap();
    let hour = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs() / LIFETIME_SECONDS;
    let mut hasher = DefaultHasher::new();
    (file.modified().unwrap(), file.len(), hour).hash(&mut hasher);
    hasher.finish()
}

async fn connect() -> PgConnection {
    server().unwrap().connect().await.unwrap()
}

/// Takes the lock of those who create the template.
async fn lock(connection: &mut PgConnection, template: &str) {
    let lock = sqlx::query("SELECT pg_advisory_lock(hashtext($1))").bind(template);
    lock.execute(connection).await.unwrap();
}
