//! Who manages a node: what the rule of the last manager asks.

use std::collections::HashMap;

use sqlx::{QueryBuilder, Sqlite};
use studio_users_domain::NodeSet;

use super::{Error, Organisation, Store, Tx, UserKey};

/// The most managers of a node that are looked for: of two, one is somebody else, whoever is asked about.
const ENOUGH: usize = 2;

/// Of some nodes, by position, joined users who manage them: as many as it takes to say of anybody whether
/// somebody else does.
#[derive(Debug, Clone, Default)]
pub(crate) struct Managers(HashMap<usize, Vec<UserKey>>);

impl Managers {
    /// Whether a joined user other than this one manages the node. Of nodes that were not asked about, nobody is
    /// known.
    pub(crate) fn has_other(&self, position: usize, user: UserKey) -> bool {
        self.0.get(&position).is_some_and(|managers| managers.iter().any(|&manager| manager != user))
    }
}

impl Store {
    /// Who manages these nodes, inherited roles included.
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

    /// Of these positions those that a joined user other than this one manages, inherited roles included.
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

/// Somebody manages a node by the nearest assignment of theirs on the way up, so the way is gone from the node
/// itself upwards, past those who have another assignment on it before.
async fn first_managers(
    tx: &mut Tx,
    organisation: &Organisation,
    position: usize,
) -> Result<Vec<UserKey>, Error> {
    let tree = &organisation.tree;
    let way: Vec<i64> = std::iter::once(position)
        .chain(tree.ancestors(position))
        .filter_map(|at| organisation.key(tree.nodes()[at].id))
        .map(|key| key.0)
        .collect();
    let mut managers: Vec<UserKey> = Vec::new();
    for (steps, &node) in way.iter().enumerate() {
        let mut query = QueryBuilder::<Sqlite>::new(
            "SELECT a.user FROM assignments a INDEXED BY assignments_managers JOIN users u ON u.pk = a.user \
             WHERE a.roles & 288 <> 0 AND u.joined_at IS NOT NULL AND a.node = ",
        );
        query.push_bind(node);
        if steps > 0 {
            query.push(" AND NOT EXISTS (SELECT 1 FROM assignments b WHERE b.user = a.user AND b.node IN (");
            let mut nearer = query.separated(", ");
            for &below in &way[..steps] {
                nearer.push_bind(below);
            }
            nearer.push_unseparated("))");
        }
        query.push(format!(" LIMIT {}", ENOUGH - managers.len()));
        let found: Vec<i64> = query.build_query_scalar().fetch_all(&mut **tx).await?;
        managers.extend(found.into_iter().map(UserKey));
        if managers.len() >= ENOUGH {
            break;
        }
    }
    Ok(managers)
}
