//! Looks up the managers of nodes, for the rule that a node keeps at least one manager.

use std::collections::HashMap;

use sqlx::{QueryBuilder, Sqlite};
use studio_users_domain::NodeSet;

use super::{Error, Organisation, Store, Tx, UserKey};

/// The number of managers to find per node. With two, at least one is not the user in question.
const MAX_MANAGERS: usize = 2;

/// Up to two joined managers of each node, by the node's position in the tree.
#[derive(Debug, Clone, Default)]
pub(crate) struct Managers(HashMap<usize, Vec<UserKey>>);

impl Managers {
    /// Returns whether a joined user other than `user` manages the node. Returns false for nodes that were not looked
    /// up.
    pub(crate) fn has_other(&self, position: usize, user: UserKey) -> bool {
        self.0.get(&position).is_some_and(|managers| managers.iter().any(|&manager| manager != user))
    }
}

impl Store {
    /// Finds managers of these nodes. Inherited roles count.
    pub(crate) async fn managers_of(
        &self,
        tx: &mut Tx,
        organisation: &Organisation,
        positions: impl IntoIterator<Item = usize>,
    ) -> Result<Managers, Error> {
        let mut managers = Managers::default();
        for position in positions {
            managers.0.insert(position, first_managers(tx, organisation, position).await?);
        }
        Ok(managers)
    }

    /// Returns the positions that a joined user other than `user` manages. Inherited roles count.
    pub(crate) async fn managed_by_others(
        &self,
        tx: &mut Tx,
        organisation: &Organisation,
        positions: impl Iterator<Item = usize>,
        user: UserKey,
    ) -> Result<NodeSet, Error> {
        let managers = self.managers_of(tx, organisation, positions).await?;
        Ok((0..organisation.tree.len()).map(|position| managers.has_other(position, user)).collect())
    }
}

/// Finds up to [`MAX_MANAGERS`] managers of a node.
///
/// A user's nearest assignment on the path to the root decides. So the search goes from the node to the root, and skips
/// users who have another assignment nearer to the node.
async fn first_managers(
    tx: &mut Tx,
    organisation: &Organisation,
    position: usize,
) -> Result<Vec<UserKey>, Error> {
    let tree = &organisation.tree;
    let path: Vec<i64> = std::iter::once(position)
        .chain(tree.ancestors(position))
        .filter_map(|at| organisation.key(tree.nodes()[at].id))
        .map(|key| key.0)
        .collect();
    let mut managers: Vec<UserKey> = Vec::new();
    for (depth, &node) in path.iter().enumerate() {
        let mut sql = QueryBuilder::<Sqlite>::new(
            "SELECT a.user FROM assignments a INDEXED BY assignments_managers JOIN users u ON u.pk = a.user \
             WHERE a.roles & 288 <> 0 AND u.joined_at IS NOT NULL AND a.node = ",
        );
        sql.push_bind(node);
        if depth > 0 {
            sql.push(" AND NOT EXISTS (SELECT 1 FROM assignments b WHERE b.user = a.user AND b.node IN (");
            let mut nearer = sql.separated(", ");
            for &below in &path[..depth] {
                nearer.push_bind(below);
            }
            nearer.push_unseparated("))");
        }
        sql.push(format!(" LIMIT {}", MAX_MANAGERS - managers.len()));
        let found: Vec<i64> = sql.build_query_scalar().fetch_all(&mut **tx).await?;
        managers.extend(found.into_iter().map(UserKey));
        if managers.len() >= MAX_MANAGERS {
            break;
        }
    }
    Ok(managers)
}
