use chrono::{DateTime, Utc};
use studio_users_contract::{BulkAction, BulkResult, NodeView};
use studio_users_domain::{Denial, NodeId, PendingGrant, Role};

use crate::i18n::{Language, messages};
use crate::state::{Reader, Standing};

/// What came of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Outcome {
    /// What was asked for.
    pub(super) action: BulkAction,
    /// What the backend says of it.
    pub(super) result: BulkResult,
}

impl Outcome {
    /// For how many it was done.
    pub(super) fn done(&self, language: Language) -> String {
        let done = self.result.done;
        match self.action {
            BulkAction::Remove => messages::users_removed(language, done),
            BulkAction::Restore => messages::users_restored(language, done),
            BulkAction::Resend => messages::invitations_resent(language, done),
            BulkAction::AddRole => messages::users_given_role(language, done),
        }
    }

    /// For how many there was nothing to do, and for how many it was refused.
    pub(super) fn rest(&self, language: Language) -> Option<String> {
        let BulkResult { unchanged, refused, .. } = self.result;
        let unchanged = (unchanged > 0).then(|| match self.action {
            BulkAction::AddRole => messages::had_role_already(language, unchanged),
            _ => messages::nothing_to_do(language, unchanged),
        });
        let refused = (refused > 0).then(|| messages::users_refused(language, refused));
        let parts: Vec<_> = unchanged.into_iter().chain(refused).collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    }

    /// All of it, in one line.
    pub(super) fn words(&self, language: Language) -> String {
        match (self.result.done, self.rest(language)) {
            (0, Some(rest)) => rest,
            (_, Some(rest)) => format!("{}. {rest}", self.done(language)),
            (_, None) => self.done(language),
        }
    }
}

/// Whether what was typed is the number, with whatever separators.
pub(super) fn is_number(typed: &str, number: u32) -> bool {
    let is_separator = |letter: char| letter.is_whitespace() || matches!(letter, '.' | ',' | '’' | '\'');
    let digits: String = typed.chars().filter(|&letter| !is_separator(letter)).collect();
    digits.chars().all(|letter| letter.is_ascii_digit()) && digits.parse() == Ok(number)
}

/// A place at which a role can be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RolePlace {
    /// The node.
    pub(super) node: NodeView,
    /// How deep it stands below those that the reader manages.
    pub(super) depth: usize,
}

/// The places that the reader manages whose names hold what is searched for, in the tree's order.
pub(super) fn places(reader: &Reader, search: &str) -> Vec<RolePlace> {
    reader.managed_nodes(search).into_iter().map(|(node, depth)| RolePlace { node, depth }).collect()
}

/// Why the reader cannot give a role at a place, if they cannot: as far as that does not depend on to whom.
pub(super) fn denial(reader: &Reader, node: NodeId, role: Role, now: DateTime<Utc>) -> Option<Denial> {
    let standing = Standing::of(reader)?;
    let granted_by = reader.session.user.id;
    standing.actor().may_give(&PendingGrant { node, roles: role.into(), granted_by, expires_at: now }).err()
}

#[cfg(test)]
mod tests {
    use super::*;
    use studio_users_contract::{Session, SessionNode, SessionUser};
    use studio_users_domain::{CapabilitySet, NodeKind, UserId};
    use uuid::Uuid;

    fn id(number: u128) -> NodeId {
        NodeId(Uuid::from_u128(number))
    }

    /// Somebody who manages an agency (1) with two environments (2, 3), below a provider (0) that they only know of.
    fn reader() -> Reader {
        let node = |number, parent: Option<u128>, kind, name: &str| NodeView {
            id: id(number),
            parent_id: parent.map(id),
            kind,
            name: name.into(),
            own_managers: None,
            disabled_roles: (number == 3).then(|| Role::Planner | Role::Developer),
        };
        let held = |number| SessionNode {
            node_id: id(number),
            roles: Role::OrganisationManager.into(),
            inherited: number > 1,
            capabilities: CapabilitySet::empty(),
            notified: None,
        };
        let user =
            SessionUser { id: UserId(Uuid::nil()), name: None, email: "m@x.example".into(), locale: None };
        let managed = [1, 2, 3];
        Reader {
            session: Session {
                user,
                managed: managed.map(id).to_vec(),
                nodes: managed.map(held).to_vec(),
                view: None,
            },
            nodes: vec![
                node(0, None, NodeKind::Provider, "Provider"),
                node(1, Some(0), NodeKind::Agency, "Northwind"),
                node(2, Some(1), NodeKind::Environment, "Harbor Bank"),
                node(3, Some(1), NodeKind::Environment, "City Clinic"),
            ],
        }
    }

    #[test]
    fn the_number_may_be_typed_with_separators() {
        for typed in ["4211", " 4,211", "4.211", "4 211", "4’211", "4\u{a0}211"] {
            assert!(is_number(typed, 4211), "{typed}");
        }
        for typed in ["", "421", "42110", "4211x", "-4211", "four"] {
            assert!(!is_number(typed, 4211), "{typed}");
        }
    }

    #[test]
    fn only_places_that_the_reader_manages_are_offered() {
        let reader = reader();
        let found = |search| {
            let places = places(&reader, search);
            places.iter().map(|place| (place.node.name.clone(), place.depth)).collect::<Vec<_>>()
        };
        let all = [("Northwind".to_owned(), 0), ("Harbor Bank".to_owned(), 1), ("City Clinic".to_owned(), 1)];
        assert_eq!(found(""), all);
        assert_eq!(found(" BANK "), all[1..2]);
        assert!(found("provider").is_empty());
    }

    #[test]
    fn a_role_that_the_reader_cannot_give_says_why() {
        let reader = reader();
        let denied = |node, role| denial(&reader, id(node), role, DateTime::UNIX_EPOCH);
        assert_eq!(denied(2, Role::Planner), None);
        assert_eq!(denied(3, Role::Planner), Some(Denial::NotLicensed));
        assert_eq!(denied(1, Role::Planner), Some(Denial::NotLicensed), "it would count below as well");
        assert_eq!(denied(2, Role::Administrator), Some(Denial::NeedsAdministrator));
        assert_eq!(denied(0, Role::Agent), Some(Denial::NotManaged));
    }
}
