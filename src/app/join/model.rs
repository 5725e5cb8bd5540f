//! Decides who joins by an invitation link and what they will be able to do. Needs no browser.

use studio_users_contract::{GrantDetails, InvitationDetails};
use studio_users_domain::{CapabilitySet, EmailAddress, NodeKind, Role, RoleSet, capabilities_of};

use crate::parts::BrowserUnicode;

/// The user who joins by an invitation link, compared with the user signed in to this browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Joiner {
    /// No user is signed in. The form asks for a name.
    SignedOut,
    /// The invited user is signed in.
    SameUser {
        /// Their name.
        name: String,
    },
    /// Another user is signed in.
    OtherUser {
        /// The name of the user who is signed in.
        name: String,
    },
}

impl Joiner {
    /// Compares the signed-in user, as name and e-mail address, with the invited e-mail address.
    pub(super) fn of(signed_in: Option<(&str, &str)>, invited: &str) -> Self {
        match signed_in {
            None => Self::SignedOut,
            Some((name, email)) if is_same_address(email, invited) => Self::SameUser { name: name.into() },
            Some((name, _)) => Self::OtherUser { name: name.into() },
        }
    }

    /// Whether the form asks for a name.
    pub(super) fn needs_name(&self) -> bool {
        !matches!(self, Self::SameUser { .. })
    }
}

/// Whether two e-mail addresses are equal, as the backend compares them.
pub(super) fn is_same_address(one: &str, other: &str) -> bool {
    let key = |text: &str| EmailAddress::parse(text, &BrowserUnicode).map(|address| address.key());
    match (key(one), key(other)) {
        (Ok(one), Ok(other)) => one == other,
        // Earlier versions of the backend accepted other texts, too.
        _ => one.trim().eq_ignore_ascii_case(other.trim()),
    }
}

/// Returns the name of what the user joins: the node, or the organisation if there are several nodes.
pub(super) fn destination(invitation: &InvitationDetails) -> &str {
    match &invitation.grants[..] {
        [only] => &only.node,
        _ => &invitation.organisation,
    }
}

/// Returns the capabilities that all grants give together.
pub(super) fn capabilities(grants: &[GrantDetails]) -> CapabilitySet {
    capabilities_of(grants.iter().fold(RoleSet::empty(), |all, grant| all | grant.roles))
}

/// Whether the user will receive notifications of new chats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Notifies<'a> {
    /// Yes, by these roles assigned at this environment itself.
    AtEnvironment(RoleSet, &'a str),
    /// No: the notifying roles are only assigned above the environments.
    OnlyInherited,
    /// No: none of the roles notifies.
    No,
}

/// Returns whether the grants bring notifications of new chats.
pub(super) fn notifies(grants: &[GrantDetails]) -> Notifies<'_> {
    let notifying = |roles: RoleSet| -> RoleSet { roles.iter().filter(|role| role.notifies()).collect() };
    let mut notifying_grants =
        grants.iter().filter(|grant| grant.roles.iter().any(Role::notifies)).peekable();
    let has_any = notifying_grants.peek().is_some();
    match notifying_grants.find(|grant| grant.kind == NodeKind::Environment) {
        Some(grant) => Notifies::AtEnvironment(notifying(grant.roles), &grant.node),
        None if has_any => Notifies::OnlyInherited,
        None => Notifies::No,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant(node: &str, kind: NodeKind, roles: RoleSet) -> GrantDetails {
        GrantDetails { node: node.into(), kind, roles }
    }

    #[test]
    fn asks_for_a_name_unless_the_invited_user_is_signed_in() {
        assert_eq!(Joiner::of(None, "a@x.example"), Joiner::SignedOut);
        let ada = Some(("Ada", "A@x.example "));
        assert!(!Joiner::of(ada, "a@X.example").needs_name());
        assert_eq!(Joiner::of(ada, "b@x.example"), Joiner::OtherUser { name: "Ada".into() });
        assert!(
            is_same_address("ada@studio", " Ada@studio")
                && !is_same_address("ada@x.example", "bea@x.example")
        );
    }

    #[test]
    fn notifies_only_by_a_role_at_an_environment_itself() {
        let operator = Role::Operator | Role::Planner;
        let shop = grant("Shop", NodeKind::Environment, operator);
        let agency = grant("Agency", NodeKind::Agency, operator);
        let planner = grant("Clinic", NodeKind::Environment, Role::Planner.into());
        let grants = [agency.clone(), planner.clone(), shop];
        assert_eq!(notifies(&grants), Notifies::AtEnvironment(Role::Operator.into(), "Shop"));
        assert_eq!(notifies(&[agency, planner.clone()]), Notifies::OnlyInherited);
        assert_eq!(notifies(&[planner]), Notifies::No);
    }
}
