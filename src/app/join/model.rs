//! Who joins, and what they will be able to do: without a browser.

use studio_users_contract::{OpenGrant, OpenInvitation};
use studio_users_domain::{CapabilitySet, NodeKind, Role, RoleSet, capabilities_of};

/// Who joins by a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Joiner {
    /// Somebody whom this browser does not know. They say what they are called.
    Stranger,
    /// The very person who is signed in.
    Oneself {
        /// Their name.
        name: String,
    },
    /// Somebody else than the person who is signed in.
    Other {
        /// The name of who is signed in.
        name: String,
    },
}

impl Joiner {
    /// By who is signed in, as name and address, and who is invited.
    pub(super) fn of(signed_in: Option<(&str, &str)>, invited: &str) -> Self {
        match signed_in {
            None => Self::Stranger,
            Some((name, email)) if is_same_address(email, invited) => Self::Oneself { name: name.into() },
            Some((name, _)) => Self::Other { name: name.into() },
        }
    }

    /// Whether they are to say what they are called.
    pub(super) fn is_asked_for_name(&self) -> bool {
        !matches!(self, Self::Oneself { .. })
    }
}

/// Whether two addresses are one, as the backend compares them.
pub(super) fn is_same_address(one: &str, other: &str) -> bool {
    one.trim().eq_ignore_ascii_case(other.trim())
}

/// What one joins: the node, or the organisation where there are several.
pub(super) fn destination(invitation: &OpenInvitation) -> &str {
    match &invitation.grants[..] {
        [only] => &only.node,
        _ => &invitation.organisation,
    }
}

/// What all grants together allow.
pub(super) fn capabilities(grants: &[OpenGrant]) -> CapabilitySet {
    capabilities_of(grants.iter().fold(RoleSet::empty(), |all, grant| all | grant.roles))
}

/// Whether new chats will notify them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Notifies<'a> {
    /// By these roles, in this environment itself.
    Here(RoleSet, &'a str),
    /// The roles that would are given above environments only.
    AboveOnly,
    /// None of the roles does.
    No,
}

/// What the grants mean for chats.
pub(super) fn notifies(grants: &[OpenGrant]) -> Notifies<'_> {
    let bring = |roles: RoleSet| -> RoleSet { roles.iter().filter(|role| role.notifies()).collect() };
    let mut bringing = grants.iter().filter(|grant| grant.roles.iter().any(Role::notifies)).peekable();
    let is_any = bringing.peek().is_some();
    match bringing.find(|grant| grant.kind == NodeKind::Environment) {
        Some(grant) => Notifies::Here(bring(grant.roles), &grant.node),
        None if is_any => Notifies::AboveOnly,
        None => Notifies::No,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant(node: &str, kind: NodeKind, roles: RoleSet) -> OpenGrant {
        OpenGrant { node: node.into(), kind, roles }
    }

    #[test]
    fn who_is_signed_in_joins_as_themselves_and_others_say_who_they_are() {
        assert_eq!(Joiner::of(None, "a@x.example"), Joiner::Stranger);
        let ada = Some(("Ada", "A@x.example "));
        assert!(!Joiner::of(ada, "a@X.example").is_asked_for_name());
        assert_eq!(Joiner::of(ada, "b@x.example"), Joiner::Other { name: "Ada".into() });
        assert!(!is_same_address("mıke@x.example", "mike@x.example"));
    }

    #[test]
    fn chats_notify_by_a_role_in_an_environment_itself() {
        let operator = Role::Operator | Role::Planner;
        let shop = grant("Shop", NodeKind::Environment, operator);
        let agency = grant("Agency", NodeKind::Agency, operator);
        let planner = grant("Clinic", NodeKind::Environment, Role::Planner.into());
        let grants = [agency.clone(), planner.clone(), shop];
        assert_eq!(notifies(&grants), Notifies::Here(Role::Operator.into(), "Shop"));
        assert_eq!(notifies(&[agency, planner.clone()]), Notifies::AboveOnly);
        assert_eq!(notifies(&[planner]), Notifies::No);
    }
}
