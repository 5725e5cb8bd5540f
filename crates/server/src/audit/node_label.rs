use std::collections::HashMap;

use uuid::Uuid;

use crate::sql::{self, Tx};

/// The node of an entry under its current name. Nobody needs it to verify the entry.
#[derive(Debug, Clone)]
pub(super) struct NodeLabel {
    pub(super) id: Uuid,
    pub(super) name: String,
}

/// The nodes of some entries, by their row ids.
#[derive(Debug, Default)]
pub(crate) struct NodeLabels(HashMap<i64, NodeLabel>);

impl NodeLabels {
    /// Returns the nodes of the entries after the first number, up to the last one.
    pub(super) async fn of_entries(tx: &mut Tx, after: i64, last: i64) -> Result<Self, sqlx::Error> {
        let rows = sql::query(
            "SELECT DISTINCT n.pk, n.id, n.name FROM audit a JOIN nodes n ON n.pk = a.node \
             WHERE a.seq > ? AND a.seq <= ?",
        )
        .bind(after)
        .bind(last)
        .fetch_all(tx)
        .await?;
        let mut labels = HashMap::new();
        for row in rows {
            // A manipulated database can contain any id. The line of the entry then omits the node.
            if let Ok(id) = Uuid::from_slice(row.try_get("id")?) {
                labels.insert(row.try_get("pk")?, NodeLabel { id, name: row.try_get("name")? });
            }
        }
        Ok(Self(labels))
    }

    /// Returns the node of an entry.
    pub(super) fn of(&self, node: Option<i64>) -> Option<&NodeLabel> {
        self.0.get(&node?)
    }
}
