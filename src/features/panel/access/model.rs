use std::collections::BTreeMap;
use std::sync::Arc;

use crate::state::{Reader, Standing};
use studio_users_contract::{ProvenanceKind, UserAccess};
use studio_users_domain::{
    Assignments, Change, Denial, NodeAccess, NodeId, NodeKind, NodeSet, Role, RoleSet, Tree, UserId,
    assigned_here,
};

/// What is to be assigned where, and not saved yet; none goes back to inheriting.
pub(super) type Staged = BTreeMap<NodeId, Option<RoleSet>>;

/// The part of the organisation that the reader may see, and where they stand in it.
#[derive(Debug)]
pub(super) struct Organisation {
    standing: Standing,
    own_managers: Vec<Option<u32>>,
}

/// What a user has, and what they would have once what is staged is saved.
#[derive(Debug, Clone)]
pub(super) struct Picture {
    /// Where.
    pub(super) organisation: Arc<Organisation>,
    /// From what they have to what they would have.
    pub(super) change: Arc<Change>,
    /// What is staged.
    pub(super) staged: Staged,
    /// Whether they have joined: what is shown is promised to them otherwise.
    pub(super) has_joined: bool,
    /// What an invitation promises besides, by node.
    pub(super) pending: Assignments,
    user: UserId,
    held: Assignments,
    /// The positions that are shown, and for each the position that it stands below.
    shown: Vec<(usize, Option<usize>)>,
}

impl Organisation {
    /// The organisation as the reader sees it; nothing where it is no tree.
    pub(super) fn of(reader: &Reader) -> Option<Self> {
        let standing = Standing::of(reader)?;
        let nodes = standing.tree().nodes().iter();
        let own_managers = nodes.map(|node| reader.node(node.id).and_then(|node| node.own_managers));
        Some(Self { own_managers: own_managers.collect(), standing })
    }

    /// The nodes.
    pub(super) fn tree(&self) -> &Tree {
        self.standing.tree()
    }

    /// What the node at this position is called.
    pub(super) fn name(&self, at: usize) -> &str {
        &self.tree().nodes()[at].name
    }

    /// What the node is called; nothing where the reader does not see it.
    pub(super) fn name_of(&self, node: NodeId) -> &str {
        self.tree().node(node).map(|node| node.name.as_str()).unwrap_or_default()
    }

    /// Whether the node is an environment.
    pub(super) fn is_environment(&self, at: usize) -> bool {
        self.tree().nodes()[at].kind == NodeKind::Environment
    }
}

impl Picture {
    /// What the backend answered of a user, with what is staged on top.
    pub(super) fn new(
        organisation: Arc<Organisation>,
        access: &UserAccess,
        user: UserId,
        has_joined: bool,
        staged: Staged,
    ) -> Self {
        let held = held(access, has_joined);
        let change = Change::new(organisation.tree(), &held, &with(&held, &staged));
        let shown = shown(organisation.tree(), access);
        let promised = access.nodes.iter().filter(|node| has_joined && !node.pending.is_empty());
        let pending = promised.map(|node| (node.node_id, node.pending)).collect();
        Self { organisation, change: Arc::new(change), staged, has_joined, pending, user, held, shown }
    }

    /// What the user has at a position.
    pub(super) fn before(&self, at: usize) -> &NodeAccess {
        self.change.before().at(at)
    }

    /// What they would have there.
    pub(super) fn after(&self, at: usize) -> &NodeAccess {
        self.change.after().at(at)
    }

    /// What the user would hold with something staged on what they have.
    pub(super) fn with(&self, staged: &Staged) -> Assignments {
        with(&self.held, staged)
    }

    /// The picture from some assignments to others, with nothing staged.
    pub(super) fn between(&self, from: &Assignments, to: &Assignments) -> Self {
        let change = Arc::new(Change::new(self.organisation.tree(), from, to));
        Self { change, staged: Staged::new(), ..self.clone() }
    }

    /// The positions that are shown, in the tree's order.
    pub(super) fn positions(&self) -> impl DoubleEndedIterator<Item = usize> + '_ {
        self.shown.iter().map(|&(at, _)| at)
    }

    /// The positions that stand right below one, or at the top.
    pub(super) fn below(&self, above: Option<usize>) -> Vec<usize> {
        self.shown.iter().filter(|(_, parent)| *parent == above).map(|&(at, _)| at).collect()
    }

    /// The environments at or below a position.
    pub(super) fn environments(&self, at: usize) -> impl Iterator<Item = usize> + '_ {
        let within = self.organisation.tree().subtree(at);
        self.positions().filter(move |at| within.contains(at) && self.organisation.is_environment(*at))
    }

    /// Whether the node has roles of its own, or would, or is invited to: it is worth being looked at.
    pub(super) fn differs(&self, at: usize) -> bool {
        let node = self.organisation.tree().nodes()[at].id;
        self.before(at).assigned.is_some()
            || self.staged.contains_key(&node)
            || self.pending.contains_key(&node)
    }

    /// Whether an invitation that waits promises roles at the node, or above it, besides what is held.
    pub(super) fn is_invited_besides(&self, at: usize) -> bool {
        let tree = self.organisation.tree();
        let mut nodes = std::iter::once(at).chain(tree.ancestors(at)).map(|at| tree.nodes()[at].id);
        nodes.any(|node| self.pending.contains_key(&node))
    }

    /// What is staged once a node is to have these roles, or is to inherit; as it was, where it has them already.
    pub(super) fn staged_with(&self, at: usize, roles: Option<RoleSet>) -> Staged {
        let node = self.organisation.tree().nodes()[at].id;
        // With nothing to inherit, no roles are no assignment.
        let roles = roles
            .filter(|roles| !roles.is_empty() || self.has_joined && !self.after(at).inherited.is_empty());
        let mut staged = self.staged.clone();
        if self.held.get(&node).copied() == roles {
            staged.remove(&node);
        } else {
            staged.insert(node, roles);
        }
        staged
    }

    /// The roles of a node with one of them given, or taken.
    pub(super) fn toggled(&self, at: usize, role: Role) -> RoleSet {
        self.after(at).effective.symmetric_difference(role.into())
    }

    /// Whether the reader may save what is staged so: as far as the page can know. What depends on others, who are
    /// not seen here, the backend judges.
    pub(super) fn judge(&self, staged: &Staged) -> Result<(), Denial> {
        let tree = self.organisation.tree();
        let change = Change::new(tree, &self.held, &with(&self.held, staged));
        let actor = self.organisation.standing.actor();
        if !self.has_joined {
            return actor.may_change(&change);
        }
        // Wherever the reader may change anything of another's, they manage: so a manager stays.
        let by_others: NodeSet = (0..tree.len()).map(|_| true).collect();
        actor.may_assign(self.user, &change, &by_others)
    }

    /// What "assign here" stages in these environments.
    pub(super) fn assigned_in(&self, positions: &[usize]) -> Staged {
        let mut staged = self.staged.clone();
        for &at in positions {
            staged.insert(self.organisation.tree().nodes()[at].id, Some(assigned_here(self.after(at))));
        }
        staged
    }

    /// Whether what is staged takes the last manager of its own from an environment: a second thought, no refusal.
    pub(super) fn left_without_manager(&self) -> Vec<usize> {
        let was_last = |at: &usize| self.organisation.own_managers[*at].is_some_and(|count| count <= 1);
        let left = self.change.stops_managing_itself();
        left.filter(|at| self.has_joined && self.organisation.is_environment(*at) && was_last(at)).collect()
    }
}

/// The assignments that the reader sees, and, where their nodes inherit from a node above that the reader does not
/// manage, what comes down from there.
fn held(access: &UserAccess, has_joined: bool) -> Assignments {
    let mut held = Assignments::new();
    for node in &access.nodes {
        let assigned =
            if has_joined { node.assigned } else { Some(node.pending).filter(|roles| !roles.is_empty()) };
        if let Some(roles) = assigned {
            held.insert(node.node_id, roles);
        }
    }
    for node in &access.nodes {
        let inherited = match node.provenance.kind {
            ProvenanceKind::Inherited | ProvenanceKind::Pinned => node.effective,
            ProvenanceKind::Overrides => (node.effective - node.gained) | node.lost,
            ProvenanceKind::None | ProvenanceKind::Direct => continue,
        };
        if let Some(from) = node.provenance.from
            && !access.nodes.iter().any(|other| other.node_id == from)
        {
            held.insert(from, inherited);
        }
    }
    held
}

/// Some assignments with what is staged in their place.
fn with(held: &Assignments, staged: &Staged) -> Assignments {
    let mut after = held.clone();
    for (&node, &roles) in staged {
        match roles {
            Some(roles) => after.insert(node, roles),
            None => after.remove(&node),
        };
    }
    after
}

/// The positions that the answer speaks of, each below the nearest of them above it.
fn shown(tree: &Tree, access: &UserAccess) -> Vec<(usize, Option<usize>)> {
    let mut is_shown = vec![false; tree.len()];
    for at in access.nodes.iter().filter_map(|node| tree.position(node.node_id)) {
        is_shown[at] = true;
    }
    let positions = (0..tree.len()).filter(|&at| is_shown[at]);
    positions.map(|at| (at, tree.ancestors(at).find(|&above| is_shown[above]))).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use studio_users_contract::{AccessNode, NodeView, Session, SessionNode, SessionUser};
    use studio_users_domain::{Access, Provenance, capabilities_of};
    use uuid::Uuid;

    /// The node that tests call by this number.
    pub(in super::super) fn id(number: u128) -> NodeId {
        NodeId(Uuid::from_u128(number))
    }

    pub(in super::super) const SANNE: UserId = UserId(Uuid::from_u128(900));
    pub(in super::super) const MAUD: UserId = UserId(Uuid::from_u128(901));

    fn node(number: u128, parent: Option<u128>, kind: NodeKind, name: &str) -> NodeView {
        NodeView {
            id: id(number),
            parent_id: parent.map(id),
            kind,
            name: name.into(),
            own_managers: Some(1),
            disabled_roles: Some(RoleSet::only(Role::Developer)),
        }
    }

    /// Maud, who manages these nodes of: 1 the provider, 2 an agency below it, 3 and 4 its environments.
    pub(in super::super) fn reader(managed: &[u128], role: Role) -> Reader {
        let nodes = vec![
            node(1, None, NodeKind::Provider, "Meridian"),
            node(2, Some(1), NodeKind::Agency, "Northwind"),
            node(3, Some(2), NodeKind::Environment, "Harbor Bank"),
            node(4, Some(2), NodeKind::Environment, "City Clinic"),
        ];
        let held = managed.iter().map(|&number| SessionNode {
            node_id: id(number),
            roles: role.into(),
            inherited: false,
            capabilities: capabilities_of(role.into()),
            notified: None,
        });
        Reader {
            session: Session {
                user: SessionUser {
                    id: MAUD,
                    name: Some("Maud".into()),
                    email: "maud@example.test".into(),
                    locale: None,
                },
                managed: managed.iter().map(|&number| id(number)).collect(),
                nodes: held.collect(),
                view: None,
            },
            nodes,
        }
    }

    /// What the backend answers of assignments, to a reader who manages these nodes.
    pub(in super::super) fn access(managed: &[u128], assignments: &[(u128, RoleSet)]) -> UserAccess {
        let organisation = Organisation::of(&reader(managed, Role::Administrator)).unwrap();
        let assignments = assignments.iter().map(|&(number, roles)| (id(number), roles)).collect();
        let access = Access::new(organisation.tree(), &assignments);
        let nodes = managed.iter().map(|&number| {
            let here = access.at(organisation.tree().position(id(number)).unwrap());
            let (gained, lost) = match here.provenance() {
                Provenance::Overrides { gained, lost, .. } => (gained, lost),
                _ => (RoleSet::empty(), RoleSet::empty()),
            };
            AccessNode {
                node_id: id(number),
                assigned: here.assigned,
                effective: here.effective,
                provenance: here.into(),
                gained,
                lost,
                pending: RoleSet::empty(),
                notified: None,
            }
        });
        UserAccess { nodes: nodes.collect(), warnings: Vec::new() }
    }

    /// What Sanne has by these assignments, in the eyes of who manages these nodes by this role.
    pub(in super::super) fn picture(
        managed: &[u128],
        role: Role,
        assignments: &[(u128, RoleSet)],
        staged: &[(u128, Option<RoleSet>)],
    ) -> Picture {
        let organisation = Arc::new(Organisation::of(&reader(managed, role)).unwrap());
        let staged = staged.iter().map(|&(number, roles)| (id(number), roles)).collect();
        Picture::new(organisation, &access(managed, assignments), SANNE, true, staged)
    }

    fn at(picture: &Picture, number: u128) -> usize {
        picture.organisation.tree().position(id(number)).unwrap()
    }

    #[test]
    fn what_comes_down_from_where_the_reader_does_not_manage_is_known_and_can_be_gone_back_to() {
        let assignments = [(2, RoleSet::only(Role::Operator)), (3, Role::Agent | Role::Planner)];
        let seen = picture(&[3], Role::OrganisationManager, &assignments, &[(3, None)]);
        let here = at(&seen, 3);
        assert_eq!(seen.before(here).inherited, RoleSet::only(Role::Operator));
        assert_eq!(seen.before(here).provenance(), {
            let (gained, lost) = (Role::Agent | Role::Planner, RoleSet::only(Role::Operator));
            Provenance::Overrides { from: id(2), gained, lost }
        });
        assert_eq!(seen.after(here).provenance(), Provenance::Inherited { from: id(2) });
        assert_eq!(seen.positions().collect::<Vec<_>>(), [here], "and nothing of any other node is shown");
    }

    #[test]
    fn choosing_what_is_there_already_stages_nothing() {
        let seen = picture(&[2, 3, 4], Role::OrganisationManager, &[(2, Role::Operator.into())], &[]);
        let here = at(&seen, 3);
        let staged = seen.staged_with(here, Some(seen.toggled(here, Role::Planner)));
        assert_eq!(staged, Staged::from([(id(3), Some(Role::Operator | Role::Planner))]));
        assert_eq!(seen.staged_with(here, None), Staged::new());
        let agency = at(&seen, 2);
        assert_eq!(seen.staged_with(agency, Some(Role::Operator.into())), Staged::new());
    }

    #[test]
    fn taking_the_last_role_shuts_out_where_something_is_inherited_and_else_ends_the_assignment() {
        let assignments = [(2, RoleSet::only(Role::Operator))];
        let seen = picture(&[2, 3], Role::OrganisationManager, &assignments, &[]);
        let (agency, environment) = (at(&seen, 2), at(&seen, 3));
        let staged = seen.staged_with(environment, Some(seen.toggled(environment, Role::Operator)));
        assert_eq!(staged, Staged::from([(id(3), Some(RoleSet::empty()))]));
        let staged = seen.staged_with(agency, Some(seen.toggled(agency, Role::Operator)));
        assert_eq!(staged, Staged::from([(id(2), None)]));
    }

    #[test]
    fn a_choice_is_judged_by_the_domain() {
        let seen = picture(&[2, 3, 4], Role::OrganisationManager, &[(2, Role::Operator.into())], &[]);
        let judge = |role: Role| {
            let here = at(&seen, 3);
            seen.judge(&seen.staged_with(here, Some(seen.toggled(here, role))))
        };
        assert_eq!(judge(Role::Planner), Ok(()));
        assert_eq!(judge(Role::Administrator), Err(Denial::NeedsAdministrator));
        assert_eq!(judge(Role::Developer), Err(Denial::NotLicensed));
    }

    #[test]
    fn an_organisation_of_which_parts_are_seen_is_still_a_tree() {
        let mut reader = reader(&[3, 4], Role::OrganisationManager);
        reader.nodes.drain(..2);
        let organisation = Organisation::of(&reader).unwrap();
        assert_eq!(organisation.tree().len(), 3);
        assert_eq!(organisation.name_of(id(4)), "City Clinic");
    }

    #[test]
    fn assigning_here_keeps_the_roles_that_count() {
        let seen = picture(&[2, 3, 4], Role::OrganisationManager, &[(2, Role::Operator.into())], &[]);
        let staged = seen.assigned_in(&[at(&seen, 3), at(&seen, 4)]);
        let operator = Some(RoleSet::only(Role::Operator));
        assert_eq!(staged, Staged::from([(id(3), operator), (id(4), operator)]));
    }

    #[test]
    fn an_environment_that_loses_its_last_own_manager_is_worth_a_second_thought() {
        let assignments = [(3, RoleSet::only(Role::OrganisationManager))];
        let seen = picture(&[2, 3], Role::OrganisationManager, &assignments, &[(3, None)]);
        assert_eq!(seen.left_without_manager(), [at(&seen, 3)]);
    }
}
