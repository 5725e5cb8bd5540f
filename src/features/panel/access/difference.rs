use studio_users_domain::{Capability, CapabilitySet, NodeId, Notified, NotifiedReason, RoleSet};

use super::model::Picture;

/// What saving would mean at some nodes: the same at each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Difference {
    /// What it means.
    pub(super) outcome: Outcome,
    /// Where.
    pub(super) nodes: Vec<usize>,
}

/// What a user gains and loses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Outcome {
    /// What they will be able to do, and could not.
    pub(super) gained: CapabilitySet,
    /// What they could do, and will not.
    pub(super) lost: CapabilitySet,
    /// Whether chats begin to notify them.
    pub(super) begins: bool,
    /// Whether they no longer do.
    pub(super) ends: bool,
}

/// Some environments in which chats notify a user, or do not, for the same cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chats {
    /// The cause.
    pub(super) cause: Cause,
    /// The roles that count there.
    pub(super) roles: RoleSet,
    /// Where.
    pub(super) nodes: Vec<usize>,
}

/// Why chats notify, or do not. The first of these are told first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cause {
    /// They do not: the roles come from this node above.
    OnlyInherited(NodeId),
    /// They do not: none of the roles brings it.
    RolesBringNone,
    /// They do not yet: the invitation is not accepted.
    NotAccepted,
    /// They will, once what is staged is saved.
    OnceSaved,
    /// They do.
    Arrive,
    /// They do not: there are no roles.
    NoRoles,
}

impl Cause {
    /// Whether assigning in the environment itself cures it.
    pub(super) const fn is_cured_here(self) -> bool {
        matches!(self, Self::OnlyInherited(_) | Self::RolesBringNone)
    }
}

impl Outcome {
    /// Whether anything is gained.
    pub(super) fn gains(&self) -> bool {
        self.begins || !self.gained.is_empty()
    }

    /// Whether anything is lost.
    pub(super) fn loses(&self) -> bool {
        self.ends || !self.lost.is_empty()
    }

    /// Both together.
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            gained: self.gained | other.gained,
            lost: self.lost | other.lost,
            begins: self.begins || other.begins,
            ends: self.ends || other.ends,
        }
    }
}

/// What saving would mean, environment by environment; of other nodes where there is none.
pub(super) fn differences(picture: &Picture) -> Vec<Difference> {
    let effects: Vec<_> = picture.change.effects(picture.organisation.tree()).collect();
    let is_environment = |at: usize| picture.organisation.is_environment(at);
    let has_environments = effects.iter().any(|effect| is_environment(effect.at));
    let mut differences = Vec::<Difference>::new();
    for effect in effects.into_iter().filter(|effect| !has_environments || is_environment(effect.at)) {
        let outcome = Outcome {
            gained: effect.gained,
            lost: effect.lost,
            begins: picture.has_joined && effect.is_notified && !effect.was_notified,
            ends: picture.has_joined && effect.was_notified && !effect.is_notified,
        };
        match differences.iter_mut().find(|difference| difference.outcome == outcome) {
            Some(difference) => difference.nodes.push(effect.at),
            None => differences.push(Difference { outcome, nodes: vec![effect.at] }),
        }
    }
    differences
}

/// The nodes that a change above does not reach, as they have roles of their own.
pub(super) fn shielded(picture: &Picture) -> Vec<usize> {
    let is_shielded = |at: &usize| {
        let (before, after) = (picture.before(*at), picture.after(*at));
        before.inherited != after.inherited && after.assigned.is_some() && before.assigned == after.assigned
    };
    picture.positions().filter(is_shielded).collect()
}

/// In which environments chats would notify, and why not elsewhere.
pub(super) fn chats(picture: &Picture) -> Vec<Chats> {
    let mut groups = Vec::<Chats>::new();
    for at in picture.positions().filter(|&at| picture.organisation.is_environment(at)) {
        let here = picture.after(at);
        let cause = match Notified::judge(here, picture.has_joined).reason {
            NotifiedReason::Ok if Notified::judge(picture.before(at), picture.has_joined).value => {
                Cause::Arrive
            }
            NotifiedReason::Ok => Cause::OnceSaved,
            NotifiedReason::OnlyInherited { from } => Cause::OnlyInherited(from),
            NotifiedReason::RolesBringNone => Cause::RolesBringNone,
            NotifiedReason::NoRoles => Cause::NoRoles,
            NotifiedReason::NotAccepted if here.effective.is_empty() => Cause::NoRoles,
            NotifiedReason::NotAccepted => Cause::NotAccepted,
        };
        // Where it is not the roles that matter, they make no other group.
        let roles = if cause.is_cured_here() { here.effective } else { RoleSet::empty() };
        match groups.iter_mut().find(|group| group.cause == cause && group.roles == roles) {
            Some(group) => group.nodes.push(at),
            None => groups.push(Chats { cause, roles, nodes: vec![at] }),
        }
    }
    groups.sort_by_key(|group| group.cause);
    groups
}

/// Capabilities as few words as they can be told in: who edits contacts reads them.
pub(super) fn told(capabilities: CapabilitySet) -> impl Iterator<Item = Capability> {
    let edits = capabilities.contains(Capability::EditCrm);
    capabilities.iter().filter(move |&capability| !(edits && capability == Capability::ReadCrm))
}

#[cfg(test)]
mod tests {
    use super::super::model::tests::{id, picture};
    use super::*;
    use studio_users_domain::Role;

    const MANAGED: [u128; 3] = [2, 3, 4];

    fn seen(assignments: &[(u128, RoleSet)], staged: &[(u128, Option<RoleSet>)]) -> Picture {
        picture(&MANAGED, Role::OrganisationManager, assignments, staged)
    }

    fn names(picture: &Picture, nodes: &[usize]) -> Vec<String> {
        nodes.iter().map(|&at| picture.organisation.name(at).to_owned()).collect()
    }

    #[test]
    fn environments_in_which_a_change_means_the_same_are_told_together() {
        let staged = [(2, Some(Role::Operator | Role::Planner))];
        let picture = seen(&[(2, Role::Operator.into())], &staged);
        let [difference] = &differences(&picture)[..] else { panic!("one difference") };
        assert_eq!(difference.outcome, Outcome { gained: Capability::Planning.into(), ..Outcome::default() });
        assert_eq!(names(&picture, &difference.nodes), ["Harbor Bank", "City Clinic"]);
    }

    #[test]
    fn an_override_shields_from_a_change_above() {
        let assignments = [(2, Role::Operator.into()), (4, Role::Agent.into())];
        let picture = seen(&assignments, &[(2, Some(Role::Planner.into()))]);
        assert_eq!(names(&picture, &shielded(&picture)), ["City Clinic"]);
        assert_eq!(names(&picture, &differences(&picture)[0].nodes), ["Harbor Bank"]);
        assert!(shielded(&seen(&assignments, &[(3, None)])).is_empty());
    }

    #[test]
    fn what_is_only_inherited_comes_first_and_is_cured_by_assigning_here() {
        let assignments = [(2, Role::Operator.into()), (4, Role::Agent.into())];
        let picture = seen(&assignments, &[]);
        let causes: Vec<_> = chats(&picture).into_iter().map(|group| group.cause).collect();
        assert_eq!(causes, [Cause::OnlyInherited(id(2)), Cause::Arrive]);
        let cured = seen(&assignments, &[(3, Some(Role::Operator.into()))]);
        let causes: Vec<_> = chats(&cured).into_iter().map(|group| group.cause).collect();
        assert_eq!(causes, [Cause::OnceSaved, Cause::Arrive]);
        let begins = Outcome { begins: true, ..Outcome::default() };
        assert_eq!(differences(&cured)[0].outcome, begins);
    }

    #[test]
    fn a_supervisor_is_not_notified_and_a_stranger_has_no_roles() {
        let picture = seen(&[(3, Role::Supervisor.into())], &[]);
        let causes: Vec<_> = chats(&picture).into_iter().map(|group| group.cause).collect();
        assert_eq!(causes, [Cause::RolesBringNone, Cause::NoRoles]);
    }
}
