use std::collections::BTreeMap;

use crate::{NodeId, RoleSet};

/// The roles assigned to one user at one moment, by node. [`HeldAccess`](crate::HeldAccess) also has their ends and pauses.
///
/// An assignment replaces the inherited roles at its node, and is inherited by the nodes below. An empty set is an
/// assignment too: it ends access at its node and below.
pub type Assignments = BTreeMap<NodeId, RoleSet>;
