use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, OnceLock};

use crate::i18n::folding::fold;
use crate::state::{CurrentUser, PermissionContext};
use studio_users_contract::{ProvenanceKind, UserAccess};
use studio_users_domain::{
    Assignments, Change, Denial, NodeAccess, NodeId, NodeKind, NodeSet, Role, RoleSet, TargetUser, Tree,
    UserId, assign_here_roles,
};
use uuid::Uuid;

/// The unsaved changes: the new roles of each changed node, or `None` to inherit.
pub(crate) type Staged = BTreeMap<NodeId, Option<RoleSet>>;

/// The nodes that the current user may see, with their permissions.
#[derive(Debug)]
pub(crate) struct Organisation {
    permissions: PermissionContext,
    own_managers: Vec<Option<u32>>,
    folded_names: OnceLock<Vec<String>>,
}

/// A user's saved access with the staged changes applied.
#[derive(Debug, Clone)]
pub(crate) struct AccessDraft {
    pub(crate) organisation: Arc<Organisation>,
    /// The access before and after saving.
    pub(crate) change: Arc<Change>,
    pub(crate) staged: Staged,
    /// Whether the user accepted the invitation. If not, the roles shown are those of the pending invitation.
    pub(crate) has_joined: bool,
    /// The roles of a pending invitation, by node, for a user who already joined.
    pub(crate) pending: Assignments,
    user: UserId,
    /// Whether only another manager can give this user roles, because the e-mail address is not confirmed.
    is_address_locked: bool,
    saved: Assignments,
    /// The visible positions, each with the position of its nearest visible ancestor.
    visible: Vec<(usize, Option<usize>)>,
}

impl Organisation {
    /// Builds the organisation of the current user. Returns `None` if the nodes do not form a tree.
    pub(crate) fn of(current_user: &CurrentUser) -> Option<Self> {
        let permissions = PermissionContext::of(current_user)?;
        let nodes = permissions.tree().nodes().iter();
        let own_managers = nodes.map(|node| current_user.node(node.id).and_then(|node| node.own_managers));
        Some(Self { own_managers: own_managers.collect(), permissions, folded_names: OnceLock::new() })
    }

    pub(crate) fn tree(&self) -> &Tree {
        self.permissions.tree()
    }

    pub(crate) fn name(&self, position: usize) -> &str {
        &self.tree().nodes()[position].name
    }

    /// The folded names, by position. Computed for the first search.
    pub(crate) fn folded_names(&self) -> &[String] {
        self.folded_names.get_or_init(|| self.tree().nodes().iter().map(|node| fold(&node.name)).collect())
    }

    /// Returns the node's name, or an empty string if the current user does not see the node.
    pub(crate) fn name_of(&self, node: NodeId) -> &str {
        self.tree().node(node).map(|node| node.name.as_str()).unwrap_or_default()
    }

    pub(crate) fn is_environment(&self, position: usize) -> bool {
        self.tree().nodes()[position].kind == NodeKind::Environment
    }
}

impl AccessDraft {
    /// Applies the staged changes to the access that the backend returned.
    pub(crate) fn new(
        organisation: Arc<Organisation>,
        access: &UserAccess,
        user: UserId,
        has_joined: bool,
        is_address_locked: bool,
        staged: Staged,
    ) -> Self {
        let saved = saved_assignments(access, has_joined);
        let change = Change::new(organisation.tree(), &saved, apply(&saved, &staged));
        let visible = visible_positions(organisation.tree(), access);
        let pending = access.nodes.iter().filter(|node| has_joined && !node.pending.is_empty());
        let pending = pending.map(|node| (node.node_id, node.pending)).collect();
        let change = Arc::new(change);
        Self { organisation, change, staged, has_joined, pending, user, is_address_locked, saved, visible }
    }

    /// Returns the saved access at a position.
    pub(crate) fn before(&self, position: usize) -> &NodeAccess {
        self.change.before().at(position)
    }

    /// Returns the access at a position with the staged changes applied.
    pub(crate) fn after(&self, position: usize) -> &NodeAccess {
        self.change.after().at(position)
    }

    /// Returns the saved assignments with these changes applied, in place of the draft's own.
    pub(crate) fn assignments_with(&self, staged: &Staged) -> Assignments {
        apply(&self.saved, staged)
    }

    /// Returns a draft that compares two sets of assignments, with nothing staged.
    pub(crate) fn between(&self, from: &Assignments, to: &Assignments) -> Self {
        let change = Arc::new(Change::new(self.organisation.tree(), from, to));
        Self { change, staged: Staged::new(), ..self.clone() }
    }

    /// The visible positions, in the tree's order.
    pub(crate) fn positions(&self) -> impl DoubleEndedIterator<Item = usize> + '_ {
        self.visible.iter().map(|&(position, _)| position)
    }

    /// The visible positions, each with the position of its nearest visible ancestor.
    pub(crate) fn visible(&self) -> &[(usize, Option<usize>)] {
        &self.visible
    }

    /// Whether a visible node is below the one at this position.
    pub(crate) fn has_below(&self, position: usize) -> bool {
        let next = self.visible.partition_point(|(other, _)| *other <= position);
        self.visible.get(next).is_some_and(|(_, above)| *above == Some(position))
    }

    /// Whether a visible node is below another, so that roles are inherited.
    pub(crate) fn has_levels(&self) -> bool {
        self.visible.iter().any(|(_, parent)| parent.is_some())
    }

    /// The visible environments at or below a position.
    pub(crate) fn environments(&self, position: usize) -> impl Iterator<Item = usize> + '_ {
        let within = self.organisation.tree().subtree(position);
        let index = |end: usize| self.visible.partition_point(|(position, _)| *position < end);
        let below =
            self.visible[index(within.start)..index(within.end)].iter().map(|(position, _)| *position);
        below.filter(|&position| self.organisation.is_environment(position))
    }

    /// Whether the node has its own roles, staged changes or a pending invitation. The default filter shows only these.
    pub(crate) fn has_own_roles(&self, position: usize) -> bool {
        let node = self.organisation.tree().nodes()[position].id;
        self.before(position).assigned.is_some()
            || self.staged.contains_key(&node)
            || self.pending.contains_key(&node)
    }

    /// Whether a pending invitation grants roles at the node or at an ancestor.
    pub(crate) fn has_pending_invitation(&self, position: usize) -> bool {
        let tree = self.organisation.tree();
        let mut nodes =
            std::iter::once(position).chain(tree.ancestors(position)).map(|at| tree.nodes()[at].id);
        nodes.any(|node| self.pending.contains_key(&node))
    }

    /// Returns the staged changes with these roles at a node, or `None` to inherit. If the roles equal the saved ones,
    /// the node is no longer staged.
    pub(crate) fn staged_with(&self, position: usize, roles: Option<RoleSet>) -> Staged {
        let node = self.organisation.tree().nodes()[position].id;
        // An empty assignment only blocks inherited roles. Without any to block, it means the same as no assignment.
        let roles = roles.filter(|roles| {
            !roles.is_empty() || self.has_joined && !self.after(position).inherited.is_empty()
        });
        let mut staged = self.staged.clone();
        if self.saved.get(&node).copied() == roles {
            staged.remove(&node);
        } else {
            staged.insert(node, roles);
        }
        staged
    }

    /// Returns the roles at a position with one role added or removed.
    pub(crate) fn toggled(&self, position: usize, role: Role) -> RoleSet {
        self.after(position).effective.symmetric_difference(role.into())
    }

    /// Checks whether the current user may save these changes, as far as the page can know. The backend also checks the
    /// rules that depend on other users.
    pub(crate) fn may_save(&self, staged: &Staged) -> Result<(), Denial> {
        let tree = self.organisation.tree();
        let after = apply(&self.saved, staged);
        let actor = self.organisation.permissions.actor();
        if !self.has_joined {
            return actor.may_change(&Change::new(tree, &self.saved, &after));
        }
        // The page does not know which other manager copied the link.
        let unconfirmed_by = self.is_address_locked.then_some(UserId(Uuid::nil()));
        let target = TargetUser { held: (&self.saved).into(), unconfirmed_by, ..TargetUser::default() };
        let change = Change::of_user(tree, &target, &after);
        // The current user manages every node that they may change for another user, so a manager always remains.
        let by_others: NodeSet = (0..tree.len()).map(|_| true).collect();
        actor.may_assign(self.user, &change, &by_others)
    }

    /// Returns the staged changes after "assign here" in these environments.
    pub(crate) fn staged_assigning_here(&self, positions: &[usize]) -> Staged {
        let mut staged = self.staged.clone();
        for &position in positions {
            staged.insert(
                self.organisation.tree().nodes()[position].id,
                Some(assign_here_roles(self.after(position))),
            );
        }
        staged
    }

    /// Returns the environments that lose their last directly assigned manager. The page warns about them; saving is
    /// allowed.
    pub(crate) fn left_without_manager(&self) -> Vec<usize> {
        let was_last =
            |position: &usize| self.organisation.own_managers[*position].is_some_and(|count| count <= 1);
        let left = self.change.stops_managing_directly();
        left.filter(|position| {
            self.has_joined && self.organisation.is_environment(*position) && was_last(position)
        })
        .collect()
    }
}

/// Returns the saved assignments that the current user sees. If a node inherits from an ancestor that they do not
/// manage, the inherited roles count as an assignment at that ancestor.
fn saved_assignments(access: &UserAccess, has_joined: bool) -> Assignments {
    let mut saved = Assignments::new();
    for node in &access.nodes {
        let assigned =
            if has_joined { node.assigned } else { Some(node.pending).filter(|roles| !roles.is_empty()) };
        if let Some(roles) = assigned {
            saved.insert(node.node_id, roles);
        }
    }
    let listed: HashSet<_> = access.nodes.iter().map(|node| node.node_id).collect();
    for node in &access.nodes {
        let inherited = match node.provenance.kind {
            ProvenanceKind::Inherited | ProvenanceKind::Pinned => node.effective,
            ProvenanceKind::Overrides => (node.effective - node.gained) | node.lost,
            ProvenanceKind::None | ProvenanceKind::Direct => continue,
        };
        if let Some(from) = node.provenance.from
            && !listed.contains(&from)
        {
            saved.insert(from, inherited);
        }
    }
    saved
}

/// Applies the staged changes to the assignments.
fn apply(saved: &Assignments, staged: &Staged) -> Assignments {
    let mut after = saved.clone();
    for (&node, &roles) in staged {
        match roles {
            Some(roles) => after.insert(node, roles),
            None => after.remove(&node),
        };
    }
    after
}

/// Returns the positions in the response, each with its nearest ancestor that is also in the response.
fn visible_positions(tree: &Tree, access: &UserAccess) -> Vec<(usize, Option<usize>)> {
    let mut is_visible = vec![false; tree.len()];
    for position in access.nodes.iter().filter_map(|node| tree.position(node.node_id)) {
        is_visible[position] = true;
    }
    let positions = (0..tree.len()).filter(|&position| is_visible[position]);
    positions.map(|position| (position, tree.ancestors(position).find(|&above| is_visible[above]))).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use studio_users_contract::{AccessNode, NodeView, Session, SessionNode, SessionUser};
    use studio_users_domain::{Access, Provenance, capabilities_of};

    /// Returns the id of the node with this number.
    pub(crate) fn id(number: u128) -> NodeId {
        NodeId(Uuid::from_u128(number))
    }

    pub(crate) const SANNE: UserId = UserId(Uuid::from_u128(900));
    pub(crate) const MAUD: UserId = UserId(Uuid::from_u128(901));

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

    /// Returns Maud as the current user, with this role at the managed nodes. Node 1 is the provider, 2 an agency below
    /// it, 3 and 4 the environments of the agency.
    pub(crate) fn current_user(managed: &[u128], role: Role) -> CurrentUser {
        let nodes = vec![
            node(1, None, NodeKind::Provider, "Meridian"),
            node(2, Some(1), NodeKind::Agency, "Northwind"),
            node(3, Some(2), NodeKind::Environment, "Harbor Bank"),
            node(4, Some(2), NodeKind::Environment, "City Clinic"),
        ];
        let session_nodes = managed.iter().map(|&number| SessionNode {
            node_id: id(number),
            roles: role.into(),
            inherited: false,
            capabilities: capabilities_of(role.into()),
            notified: None,
        });
        CurrentUser::new(
            Session {
                user: SessionUser {
                    id: MAUD,
                    name: Some("Maud".into()),
                    email: "maud@example.test".into(),
                    locale: None,
                    digests: true,
                },
                managed: managed.iter().map(|&number| id(number)).collect(),
                nodes: session_nodes.collect(),
                view: None,
            },
            nodes,
        )
    }

    /// Returns the backend's response to a current user who manages these nodes.
    pub(crate) fn access(managed: &[u128], assignments: &[(u128, RoleSet)]) -> UserAccess {
        let organisation = Organisation::of(&current_user(managed, Role::Administrator)).unwrap();
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

    /// Returns Sanne's draft for a current user with this role at the managed nodes.
    pub(crate) fn draft(
        managed: &[u128],
        role: Role,
        assignments: &[(u128, RoleSet)],
        staged: &[(u128, Option<RoleSet>)],
    ) -> AccessDraft {
        let organisation = Arc::new(Organisation::of(&current_user(managed, role)).unwrap());
        let staged = staged.iter().map(|&(number, roles)| (id(number), roles)).collect();
        AccessDraft::new(organisation, &access(managed, assignments), SANNE, true, false, staged)
    }

    fn position(draft: &AccessDraft, number: u128) -> usize {
        draft.organisation.tree().position(id(number)).unwrap()
    }

    #[test]
    fn knows_roles_inherited_from_an_unmanaged_node() {
        let assignments = [(2, RoleSet::only(Role::Operator)), (3, Role::Agent | Role::Planner)];
        let draft = draft(&[3], Role::OrganisationManager, &assignments, &[(3, None)]);
        let here = position(&draft, 3);
        assert_eq!(draft.before(here).inherited, RoleSet::only(Role::Operator));
        assert_eq!(draft.before(here).provenance(), {
            let (gained, lost) = (Role::Agent | Role::Planner, RoleSet::only(Role::Operator));
            Provenance::Overrides { from: id(2), gained, lost }
        });
        assert_eq!(draft.after(here).provenance(), Provenance::Inherited { from: id(2) });
        assert_eq!(draft.positions().collect::<Vec<_>>(), [here], "only the managed node is visible");
    }

    #[test]
    fn an_unconfirmed_address_gets_no_roles_but_loses_them() {
        let assignments = [(2, RoleSet::only(Role::Operator))];
        let mut draft = draft(&[2, 3, 4], Role::OrganisationManager, &assignments, &[]);
        let staged = |roles: RoleSet| Staged::from([(id(2), Some(roles))]);
        assert_eq!(draft.may_save(&staged(Role::Operator | Role::Planner)), Ok(()));
        draft.is_address_locked = true;
        assert_eq!(draft.may_save(&staged(Role::Operator | Role::Planner)), Err(Denial::AddressUnconfirmed));
        assert_eq!(draft.may_save(&staged(RoleSet::empty())), Ok(()));
    }

    #[test]
    fn unstages_a_node_that_gets_its_saved_roles() {
        let draft = draft(&[2, 3, 4], Role::OrganisationManager, &[(2, Role::Operator.into())], &[]);
        let here = position(&draft, 3);
        let staged = draft.staged_with(here, Some(draft.toggled(here, Role::Planner)));
        assert_eq!(staged, Staged::from([(id(3), Some(Role::Operator | Role::Planner))]));
        assert_eq!(draft.staged_with(here, None), Staged::new());
        let agency = position(&draft, 2);
        assert_eq!(draft.staged_with(agency, Some(Role::Operator.into())), Staged::new());
    }

    #[test]
    fn removing_the_last_role_blocks_inherited_access_or_ends_the_assignment() {
        let assignments = [(2, RoleSet::only(Role::Operator))];
        let draft = draft(&[2, 3], Role::OrganisationManager, &assignments, &[]);
        let (agency, environment) = (position(&draft, 2), position(&draft, 3));
        let staged = draft.staged_with(environment, Some(draft.toggled(environment, Role::Operator)));
        assert_eq!(staged, Staged::from([(id(3), Some(RoleSet::empty()))]));
        let staged = draft.staged_with(agency, Some(draft.toggled(agency, Role::Operator)));
        assert_eq!(staged, Staged::from([(id(2), None)]));
    }

    #[test]
    fn checks_each_role_with_the_domain() {
        let draft = draft(&[2, 3, 4], Role::OrganisationManager, &[(2, Role::Operator.into())], &[]);
        let may_give = |role: Role| {
            let here = position(&draft, 3);
            draft.may_save(&draft.staged_with(here, Some(draft.toggled(here, role))))
        };
        assert_eq!(may_give(Role::Planner), Ok(()));
        assert_eq!(may_give(Role::Administrator), Err(Denial::NeedsAdministrator));
        assert_eq!(may_give(Role::Developer), Err(Denial::NotLicensed));
    }

    #[test]
    fn builds_a_tree_from_a_partly_visible_organisation() {
        let CurrentUser { session, mut nodes, .. } = current_user(&[3, 4], Role::OrganisationManager);
        nodes.drain(..2);
        let current_user = CurrentUser::new(session, nodes);
        let organisation = Organisation::of(&current_user).unwrap();
        assert_eq!(organisation.tree().len(), 3);
        assert_eq!(organisation.name_of(id(4)), "City Clinic");
    }

    #[test]
    fn assigning_here_keeps_the_effective_roles() {
        let draft = draft(&[2, 3, 4], Role::OrganisationManager, &[(2, Role::Operator.into())], &[]);
        let staged = draft.staged_assigning_here(&[position(&draft, 3), position(&draft, 4)]);
        let operator = Some(RoleSet::only(Role::Operator));
        assert_eq!(staged, Staged::from([(id(3), operator), (id(4), operator)]));
    }

    #[test]
    fn reports_an_environment_that_loses_its_last_direct_manager() {
        let assignments = [(3, RoleSet::only(Role::OrganisationManager))];
        let draft = draft(&[2, 3], Role::OrganisationManager, &assignments, &[(3, None)]);
        assert_eq!(draft.left_without_manager(), [position(&draft, 3)]);
    }
}
