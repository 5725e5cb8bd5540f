use studio_users_domain::{Capability, CapabilitySet, NodeId, Notified, NotifiedReason, RoleSet};

use super::draft::AccessDraft;

/// Nodes at which saving has the same outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OutcomeGroup {
    pub(crate) outcome: Outcome,
    /// The positions of the nodes.
    pub(crate) nodes: Vec<usize>,
}

/// The capabilities and notifications that a user gains and loses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) gained: CapabilitySet,
    pub(crate) lost: CapabilitySet,
    /// Whether chats start to notify the user.
    pub(crate) starts_notifying: bool,
    /// Whether chats stop notifying the user.
    pub(crate) stops_notifying: bool,
}

/// Environments in which chats notify the user, or do not, for the same cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NotificationGroup {
    pub(crate) cause: NotificationCause,
    /// The effective roles, if these are part of the cause. Empty otherwise.
    pub(crate) roles: RoleSet,
    /// The positions of the nodes.
    pub(crate) nodes: Vec<usize>,
}

/// The reason why chats notify the user, or do not. The variants are in display order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum NotificationCause {
    /// Chats do not notify: the roles are inherited from this node.
    OnlyInherited(NodeId),
    /// Chats do not notify: none of the roles includes notifications.
    RolesBringNone,
    /// Chats do not notify yet: the invitation is not accepted.
    NotAccepted,
    /// Chats will notify once the staged changes are saved.
    AfterSave,
    /// Chats notify.
    Notified,
    /// Chats do not notify: the user has no roles.
    NoRoles,
}

impl NotificationCause {
    /// Whether assigning roles in the environment itself makes chats notify.
    pub(crate) const fn is_fixed_by_assigning(self) -> bool {
        matches!(self, Self::OnlyInherited(_) | Self::RolesBringNone)
    }
}

impl Outcome {
    pub(crate) fn gains(&self) -> bool {
        self.starts_notifying || !self.gained.is_empty()
    }

    pub(crate) fn loses(&self) -> bool {
        self.stops_notifying || !self.lost.is_empty()
    }

    /// Merges two outcomes.
    pub(crate) fn merge(self, other: Self) -> Self {
        Self {
            gained: self.gained | other.gained,
            lost: self.lost | other.lost,
            starts_notifying: self.starts_notifying || other.starts_notifying,
            stops_notifying: self.stops_notifying || other.stops_notifying,
        }
    }
}

/// Groups the environments by the outcome of saving. Falls back to other nodes if no environment is affected.
pub(crate) fn outcome_groups(draft: &AccessDraft) -> Vec<OutcomeGroup> {
    let effects: Vec<_> = draft.change.effects(draft.organisation.tree()).collect();
    let is_environment = |position: usize| draft.organisation.is_environment(position);
    let has_environments = effects.iter().any(|effect| is_environment(effect.position));
    let mut outcome_groups = Vec::<OutcomeGroup>::new();
    for effect in effects.into_iter().filter(|effect| !has_environments || is_environment(effect.position)) {
        let outcome = Outcome {
            gained: effect.gained,
            lost: effect.lost,
            starts_notifying: draft.has_joined && effect.is_notified && !effect.was_notified,
            stops_notifying: draft.has_joined && effect.was_notified && !effect.is_notified,
        };
        match outcome_groups.iter_mut().find(|group| group.outcome == outcome) {
            Some(group) => group.nodes.push(effect.position),
            None => outcome_groups.push(OutcomeGroup { outcome, nodes: vec![effect.position] }),
        }
    }
    outcome_groups
}

/// Returns the positions that a staged change of an ancestor does not affect, because they have their own roles.
pub(crate) fn shielded(draft: &AccessDraft) -> Vec<usize> {
    let is_shielded = |position: &usize| {
        let (before, after) = (draft.before(*position), draft.after(*position));
        before.inherited != after.inherited && after.assigned.is_some() && before.assigned == after.assigned
    };
    draft.positions().filter(is_shielded).collect()
}

/// Groups the environments by whether chats will notify the user, and why not.
pub(crate) fn notification_groups(draft: &AccessDraft) -> Vec<NotificationGroup> {
    let mut groups = Vec::<NotificationGroup>::new();
    for position in draft.positions().filter(|&position| draft.organisation.is_environment(position)) {
        let here = draft.after(position);
        let cause = match Notified::evaluate(here, draft.has_joined).reason {
            NotifiedReason::Ok if Notified::evaluate(draft.before(position), draft.has_joined).value => {
                NotificationCause::Notified
            }
            NotifiedReason::Ok => NotificationCause::AfterSave,
            NotifiedReason::OnlyInherited { from } => NotificationCause::OnlyInherited(from),
            NotifiedReason::RolesBringNone => NotificationCause::RolesBringNone,
            NotifiedReason::NoRoles | NotifiedReason::Paused => NotificationCause::NoRoles,
            NotifiedReason::NotAccepted if here.effective.is_empty() => NotificationCause::NoRoles,
            NotifiedReason::NotAccepted => NotificationCause::NotAccepted,
        };
        // Roles that are not part of the cause do not split a group.
        let roles = if cause.is_fixed_by_assigning() { here.effective } else { RoleSet::empty() };
        match groups.iter_mut().find(|group| group.cause == cause && group.roles == roles) {
            Some(group) => group.nodes.push(position),
            None => groups.push(NotificationGroup { cause, roles, nodes: vec![position] }),
        }
    }
    groups.sort_by_key(|group| group.cause);
    groups
}

/// Leaves out capabilities that another one implies: editing the CRM implies reading it.
pub(crate) fn without_implied(capabilities: CapabilitySet) -> impl Iterator<Item = Capability> {
    let can_edit_crm = capabilities.contains(Capability::EditCrm);
    capabilities.iter().filter(move |&capability| !(can_edit_crm && capability == Capability::ReadCrm))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::panel::access::model::draft::tests::{draft, id};
    use studio_users_domain::Role;

    const MANAGED: [u128; 3] = [2, 3, 4];

    fn managed_draft(assignments: &[(u128, RoleSet)], staged: &[(u128, Option<RoleSet>)]) -> AccessDraft {
        draft(&MANAGED, Role::OrganisationManager, assignments, staged)
    }

    fn names(draft: &AccessDraft, nodes: &[usize]) -> Vec<String> {
        nodes.iter().map(|&position| draft.organisation.name(position).to_owned()).collect()
    }

    #[test]
    fn groups_environments_with_the_same_outcome() {
        let staged = [(2, Some(Role::Operator | Role::Planner))];
        let draft = managed_draft(&[(2, Role::Operator.into())], &staged);
        let [group] = &outcome_groups(&draft)[..] else { panic!("expected one group") };
        assert_eq!(group.outcome, Outcome { gained: Capability::Planning.into(), ..Outcome::default() });
        assert_eq!(names(&draft, &group.nodes), ["Harbor Bank", "City Clinic"]);
    }

    #[test]
    fn an_override_is_not_affected_by_a_change_of_an_ancestor() {
        let assignments = [(2, Role::Operator.into()), (4, Role::Agent.into())];
        let draft = managed_draft(&assignments, &[(2, Some(Role::Planner.into()))]);
        assert_eq!(names(&draft, &shielded(&draft)), ["City Clinic"]);
        assert_eq!(names(&draft, &outcome_groups(&draft)[0].nodes), ["Harbor Bank"]);
        assert!(shielded(&managed_draft(&assignments, &[(3, None)])).is_empty());
    }

    #[test]
    fn lists_inherited_roles_first_and_assigning_here_fixes_them() {
        let assignments = [(2, Role::Operator.into()), (4, Role::Agent.into())];
        let draft = managed_draft(&assignments, &[]);
        let causes: Vec<_> = notification_groups(&draft).into_iter().map(|group| group.cause).collect();
        assert_eq!(causes, [NotificationCause::OnlyInherited(id(2)), NotificationCause::Notified]);
        let fixed = managed_draft(&assignments, &[(3, Some(Role::Operator.into()))]);
        let causes: Vec<_> = notification_groups(&fixed).into_iter().map(|group| group.cause).collect();
        assert_eq!(causes, [NotificationCause::AfterSave, NotificationCause::Notified]);
        let starts_notifying = Outcome { starts_notifying: true, ..Outcome::default() };
        assert_eq!(outcome_groups(&fixed)[0].outcome, starts_notifying);
    }

    #[test]
    fn distinguishes_a_supervisor_from_a_user_without_roles() {
        let draft = managed_draft(&[(3, Role::Supervisor.into())], &[]);
        let causes: Vec<_> = notification_groups(&draft).into_iter().map(|group| group.cause).collect();
        assert_eq!(causes, [NotificationCause::RolesBringNone, NotificationCause::NoRoles]);
    }
}
