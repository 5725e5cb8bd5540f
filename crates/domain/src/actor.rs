use crate::removal::removed;
use crate::{
    Access, Assignments, Change, Denial, NodeAccess, NodeSet, PendingGrant, Role, RoleSet, Tree, UserId,
    View, granted, licensed_roles, promised,
};

/// Whoever asks for something, with what they have at the moment before the whole request: by that their rights
/// are judged.
#[derive(Debug, Clone)]
pub struct Actor<'a> {
    tree: &'a Tree,
    id: UserId,
    access: &'a Access,
    managed: NodeSet,
    is_viewing: bool,
}

/// Whom it is asked about: everything that they have been given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subject {
    /// What is assigned to them; only who has joined holds anything.
    pub held: Assignments,
    /// What waits for them to accept it.
    pub pending: Vec<PendingGrant>,
}

/// What a removal does.
#[derive(Debug, Clone)]
pub struct Removal {
    /// The assignments that are left.
    pub left: Assignments,
    /// The pending grants that end, by their places in the subject's list.
    pub ended: Vec<usize>,
    /// The change that it is.
    pub change: Change,
}

impl<'a> Actor<'a> {
    /// Somebody with this access; `is_viewing` where the request is made inside a view.
    pub fn new(tree: &'a Tree, id: UserId, access: &'a Access, is_viewing: bool) -> Self {
        let managed = access.iter().map(NodeAccess::manages).collect();
        Self { tree, id, access, managed, is_viewing }
    }

    /// The nodes that the actor manages.
    pub fn managed(&self) -> &NodeSet {
        &self.managed
    }

    /// Whether the actor has the right to make this change. It has three parts: every assignment that changes lies
    /// at a node that they manage; wherever a role is gained, at that node or below it, they manage the node and
    /// its licence includes the role; and wherever roles change and Administrator is among them, before or after,
    /// they are an administrator there.
    ///
    /// **(choice)** An administrator touched at a node that the actor does not manage is told as
    /// [`Denial::ReachesBeyond`], which names nothing of that node.
    ///
    /// # Errors
    /// The first [`Denial`], in their order, that applies at any node.
    pub fn may_change(&self, change: &Change) -> Result<(), Denial> {
        self.may_act()?;
        if change.assigned().any(|at| !self.managed.contains(at)) {
            return Err(Denial::NotManaged);
        }
        let denied = change.before.iter().zip(change.after.iter()).enumerate();
        denied
            .filter_map(|(at, (before, after))| self.judge(at, before.effective, after.effective))
            .min()
            .map_or(Ok(()), Err)
    }

    /// Whether the actor may make this change of a user's assignments: their right to, and what must hold
    /// afterwards. `managed_by_others` are nodes that a joined user other than the subject manages: of those that
    /// the subject stops managing, at least.
    ///
    /// # Errors
    /// What forbids it.
    pub fn may_assign(
        &self,
        subject: UserId,
        change: &Change,
        managed_by_others: &NodeSet,
    ) -> Result<(), Denial> {
        self.may_change(change)?;
        if subject == self.id && change.stops_managing().next().is_some() {
            return Err(Denial::OwnManagement);
        }
        if change.keeps_managers(managed_by_others) { Ok(()) } else { Err(Denial::LastManager) }
    }

    /// Whether the actor may promise these roles to somebody to whom others are promised already. What the person
    /// holds elsewhere is not asked, so that the answer tells nothing of it.
    ///
    /// # Errors
    /// What forbids it.
    pub fn may_promise(&self, before: &Assignments, grants: &Assignments) -> Result<(), Denial> {
        self.may_change(&Change::new(self.tree, before, &granted(self.tree, before, grants)))
    }

    /// Whether the actor could give what this grant promises.
    ///
    /// # Errors
    /// What forbids it.
    pub fn may_give(&self, grant: &PendingGrant) -> Result<(), Denial> {
        self.may_promise(&Assignments::new(), &Assignments::from([(grant.node, grant.roles)]))
    }

    /// The pending grants that a link made by the actor covers, by their places: those at nodes that they manage,
    /// as far as they gave them themselves or could give them. Otherwise whoever can copy a link could take for
    /// themselves what only others may give.
    ///
    /// # Errors
    /// [`Denial::NoInvitation`], or what forbids all there are.
    pub fn may_send_link(&self, pending: &[PendingGrant]) -> Result<Vec<usize>, Denial> {
        self.may_act()?;
        let mut denied = Denial::NoInvitation;
        let mut covered = Vec::new();
        for (place, grant) in pending.iter().enumerate().filter(|(_, grant)| self.manages(grant)) {
            match self.may_give(grant) {
                Ok(()) => covered.push(place),
                Err(denial) => denied = denial,
            }
        }
        if covered.is_empty() { Err(denied) } else { Ok(covered) }
    }

    /// What removing a user would do: afterwards nothing counts for them at any node that the actor manages, and
    /// their pending grants there have ended.
    ///
    /// # Errors
    /// What forbids it, but for [`Denial::LastManager`]: see [`Removal::keeps_managers`].
    pub fn may_remove(&self, user: UserId, subject: &Subject) -> Result<Removal, Denial> {
        self.may_act()?;
        if user == self.id {
            return Err(Denial::OwnRemoval);
        }
        let left = removed(self.tree, &self.managed, &subject.held);
        let change = Change::new(self.tree, &subject.held, &left);
        self.may_change(&change)?;
        let mut ended = Vec::new();
        for (place, _) in subject.pending.iter().enumerate().filter(|(_, grant)| self.manages(grant)) {
            ended.push(place);
        }
        let before = promised(self.tree, &self.managed, &subject.pending);
        self.may_change(&Change::new(self.tree, &before, &Assignments::new()))?;
        Ok(Removal { left, ended, change })
    }

    /// What the actor would see as this user: see [`View`].
    ///
    /// # Errors
    /// What forbids it.
    pub fn may_view(
        &self,
        user: UserId,
        subject: &Subject,
        now: chrono::DateTime<chrono::Utc>,
    ) -> Result<View, Denial> {
        self.may_act()?;
        if user == self.id {
            return Err(Denial::OwnView);
        }
        View::of(self.tree, self.access, &self.managed, subject, now)
    }

    fn may_act(&self) -> Result<(), Denial> {
        if self.is_viewing { Err(Denial::InsideView) } else { Ok(()) }
    }

    fn manages(&self, grant: &PendingGrant) -> bool {
        self.tree.position(grant.node).is_some_and(|at| self.managed.contains(at))
    }

    /// What forbids that the roles that count at a node change so.
    fn judge(&self, at: usize, before: RoleSet, after: RoleSet) -> Option<Denial> {
        if before == after {
            return None;
        }
        let gained = after - before;
        let has_administrator = (before | after).contains(Role::Administrator);
        if !self.managed.contains(at) {
            return (has_administrator || !gained.is_empty()).then_some(Denial::ReachesBeyond);
        }
        if has_administrator && !self.access.at(at).effective.contains(Role::Administrator) {
            return Some(Denial::NeedsAdministrator);
        }
        (!gained.is_subset(licensed_roles(self.tree, at))).then_some(Denial::NotLicensed)
    }
}

impl Removal {
    /// Whether every node that the user managed keeps a joined manager.
    ///
    /// # Errors
    /// [`Denial::LastManager`].
    pub fn keeps_managers(&self, managed_by_others: &NodeSet) -> Result<(), Denial> {
        if self.change.keeps_managers(managed_by_others) { Ok(()) } else { Err(Denial::LastManager) }
    }
}
