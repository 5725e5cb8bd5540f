//! Failures of the storage.

use crate::sql::{self, Dialect};
use crate::store::Store;

/// All statements that change a table.
pub(crate) const WRITES: [&str; 3] = ["INSERT", "UPDATE", "DELETE"];

/// Lets statements that change a table fail, and end their transaction, like a full disk.
pub(crate) async fn fail_writes_to(store: &Store, table: &str, writes: &[&str]) {
    let mut write = store.write().await.unwrap();
    let dialect = write.dialect();
    if dialect == Dialect::Postgres {
        let function = "CREATE OR REPLACE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS \
                        $$ BEGIN RAISE EXCEPTION 'disk is full'; END $$";
        sql::raw_sql(function).execute(&mut write).await.unwrap();
    }
    for event in writes {
        let trigger = format!("CREATE TRIGGER {} BEFORE {event} ON {table}", name(table, event));
        let action = match dialect {
            Dialect::Sqlite => "BEGIN SELECT RAISE(ROLLBACK, 'disk is full'); END",
            Dialect::Postgres => "FOR EACH ROW EXECUTE FUNCTION fail()",
        };
        sql::query_built(format!("{trigger} {action}")).execute(&mut write).await.unwrap();
    }
    write.commit().await.unwrap();
}

/// Undoes [`fail_writes_to`] for the same statements.
pub(crate) async fn allow_writes_to(store: &Store, table: &str, writes: &[&str]) {
    let mut write = store.write().await.unwrap();
    for event in writes {
        let trigger = format!("DROP TRIGGER {}", name(table, event));
        let drop = match write.dialect() {
            Dialect::Sqlite => trigger,
            Dialect::Postgres => format!("{trigger} ON {table}"),
        };
        sql::query_built(drop).execute(&mut write).await.unwrap();
    }
    write.commit().await.unwrap();
}

fn name(table: &str, event: &str) -> String {
    format!("fail_{table}_{event}")
}
