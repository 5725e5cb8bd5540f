//! Looks up the managers of nodes, for the rule that a node keeps at least one manager.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use studio_users_domain::{NodeId, NodeSet};

use super::{Error, NodeKey, Organisation, Store, Tx, UserKey};
use crate::sql::QueryBuilder;

/// The number of managers to find per node. With two, at least one is not the user in question.
const MAX_MANAGERS: usize = 2;
/// The number of nodes up to which each is searched by itself. For more nodes, all managers are loaded once.
const MAX_SEARCHED_NODES: usize = if cfg!(test) { 2 } else { 32 };

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
        let wanted: BTreeSet<usize> = positions.into_iter().collect();
        let mut managers = Managers::default();
        if wanted.len() <= MAX_SEARCHED_NODES {
            for position in wanted {
                managers.0.insert(position, first_managers(tx, organisation, position).await?);
            }
        } else {
            for user in managing_users(tx, organisation).await? {
                add_manager(&mut managers, &wanted, &user);
            }
        }
        Ok(managers)
    }

    /// Counts the joined managers that are assigned at each node itself, up to two. Inherited roles do not count.
    ///
    /// Callers only distinguish none, one, and several. Counting all takes 75 ms in an organisation with a million users.
    pub(crate) async fn own_managers(
        &self,
        tx: &mut Tx,
        organisation: &Organisation,
    ) -> Result<HashMap<NodeId, u32>, Error> {
        let mut sql = QueryBuilder::new(
            tx.dialect(),
            "SELECT n.pk, (SELECT count(*) FROM (SELECT 1 FROM assignments a",
        );
        sql.push_indexed_by("assignments_managers").push(
            " JOIN users u ON u.pk = a.user_pk \
             WHERE a.node = n.pk AND a.roles & 288 <> 0 AND u.joined_at IS NOT NULL LIMIT ",
        );
        sql.push_bind(i64::try_from(MAX_MANAGERS).unwrap_or(i64::MAX)).push(") AS found) FROM nodes n");
        let rows: Vec<(i64, u32)> = sql.build_query_as().fetch_all(tx).await?;
        rows.into_iter().map(|(node, count)| Ok((organisation.id(NodeKey(node))?, count))).collect()
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
        let mut sql = QueryBuilder::new(tx.dialect(), "SELECT a.user_pk FROM assignments a");
        sql.push_indexed_by("assignments_managers").push(
            " JOIN users u ON u.pk = a.user_pk \
             WHERE a.roles & 288 <> 0 AND u.joined_at IS NOT NULL AND a.node = ",
        );
        sql.push_bind(node);
        if depth > 0 {
            sql.push(" AND NOT EXISTS (SELECT 1 FROM assignments b WHERE b.user_pk = a.user_pk AND b.node");
            sql.push_in_integers(path[..depth].iter().copied());
            sql.push(")");
        }
        let missing = MAX_MANAGERS - managers.len();
        sql.push(" LIMIT ").push_bind(i64::try_from(missing).unwrap_or(i64::MAX));
        let found: Vec<i64> = sql.build_query_scalar().fetch_all(tx).await?;
        managers.extend(found.into_iter().map(UserKey));
        if managers.len() >= MAX_MANAGERS {
            break;
        }
    }
    Ok(managers)
}

/// A user who is assigned a managing role somewhere, and all assignments of that user.
type ManagingUser = (UserKey, Vec<(Range<usize>, bool)>);

/// Loads the joined users who are assigned a managing role, each with the positions below their assignments and whether
/// the assigned roles manage.
async fn managing_users(tx: &mut Tx, organisation: &Organisation) -> Result<Vec<ManagingUser>, Error> {
    let mut sql = QueryBuilder::new(
        tx.dialect(),
        "SELECT a.user_pk, a.node, a.roles & 288 <> 0 FROM assignments a JOIN users u ON u.pk = a.user_pk \
         WHERE u.joined_at IS NOT NULL AND a.user_pk IN (SELECT m.user_pk FROM assignments m",
    );
    sql.push_indexed_by("assignments_managers").push(" WHERE m.roles & 288 <> 0) ORDER BY a.user_pk");
    let rows: Vec<(i64, i64, bool)> = sql.build_query_as().fetch_all(tx).await?;
    let tree = &organisation.tree;
    let mut users: Vec<ManagingUser> = Vec::new();
    for (user, node, manages) in rows {
        let Some(position) = tree.position(organisation.id(NodeKey(node))?) else { continue };
        let assignment = (tree.subtree(position), manages);
        match users.last_mut() {
            Some((last, assignments)) if last.0 == user => assignments.push(assignment),
            _ => users.push((UserKey(user), vec![assignment])),
        }
    }
    for (_, assignments) in &mut users {
        assignments.sort_unstable_by_key(|(below, _)| below.start);
    }
    Ok(users)
}

/// Adds a user as a manager of the positions that they manage.
///
/// A user's nearest assignment on the path to the root decides. Positions are in preorder, so each assignment covers a
/// range of positions, and a nearer one a range within it.
fn add_manager(managers: &mut Managers, wanted: &BTreeSet<usize>, (user, assignments): &ManagingUser) {
    for (index, (below, _)) in assignments.iter().enumerate().filter(|(_, (_, manages))| *manages) {
        let mut nearer = assignments[index + 1..].iter().take_while(|(other, _)| other.start < below.end);
        let mut start = below.start;
        while start < below.end {
            let next = nearer.find(|(other, _)| other.start >= start);
            let end = next.map_or(below.end, |(other, _)| other.start);
            for &position in wanted.range(start..end) {
                let found = managers.0.entry(position).or_default();
                if found.len() < MAX_MANAGERS {
                    found.push(*user);
                }
            }
            start = next.map_or(below.end, |(other, _)| other.end);
        }
    }
}
