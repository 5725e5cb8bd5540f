//! Who manages a node: what the rule of the last manager asks.

use sqlx::{QueryBuilder, Row, Sqlite};
use studio_users_domain::{NodeSet, Tree};

use super::{Error, Organisation, Store, Tx, UserKey};

impl Store {
    /// Of these positions those that a joined user other than this one manages, inherited roles included.
    ///
    /// Somebody manages a node by the nearest assignment of theirs on the way up: it is looked for from the node
    /// itself upwards, and the first that is found settles the node.
    pub(crate) async fn managed_by_others(
        &self,
        tx: &mut Tx,
        organisation: &Organisation,
        positions: impl Iterator<Item = usize>,
        user: UserKey,
    ) -> Result<NodeSet, Error> {
        let tree = &organisation.tree;
        let mut managed = vec![false; tree.len()];
        for position in positions {
            managed[position] = is_managed(tx, organisation, tree, position, user).await?;
        }
        Ok(managed.into_iter().collect())
    }
}

async fn is_managed(
    tx: &mut Tx,
    organisation: &Organisation,
    tree: &Tree,
    position: usize,
    user: UserKey,
) -> Result<bool, Error> {
    let way: Vec<i64> = std::iter::once(position)
        .chain(tree.ancestors(position))
        .filter_map(|at| organisation.key(tree.nodes()[at].id))
        .map(|key| key.0)
        .collect();
    for (steps, &node) in way.iter().enumerate() {
        let mut query = QueryBuilder::<Sqlite>::new(
            "SELECT 1 FROM assignments a INDEXED BY assignments_managers JOIN users u ON u.pk = a.user \
             WHERE a.roles & 288 <> 0 AND u.joined_at IS NOT NULL AND a.node = ",
        );
        query.push_bind(node).push(" AND a.user <> ").push_bind(user.0);
        if steps > 0 {
            query.push(" AND NOT EXISTS (SELECT 1 FROM assignments b WHERE b.user = a.user AND b.node IN (");
            let mut nearer = query.separated(", ");
            for &below in &way[..steps] {
                nearer.push_bind(below);
            }
            nearer.push_unseparated("))");
        }
        query.push(" LIMIT 1");
        if let Some(row) = query.build().fetch_optional(&mut **tx).await? {
            return Ok(row.try_get::<i64, _>(0)? == 1);
        }
    }
    Ok(false)
}
