//! What an invitation says, how it is sent in parts, and what it would do: without a browser.

use studio_users_contract::{Grant, NewInvitation};
use studio_users_domain::{
    Access, Assignments, CapabilitySet, DEFAULT_INVITATION_DAYS, Denial, Language, NodeId, NodeKind,
    Notified, NotifiedReason, Role, RoleSet, Tree, capabilities_of, lacks_manager,
};

use crate::state::{Reader, Standing};

/// So many addresses are sent at once.
pub(super) const CHUNK: usize = 25;

/// What everybody on the list is invited to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Draft {
    /// Where.
    pub(super) nodes: Vec<NodeId>,
    /// As what.
    pub(super) roles: RoleSet,
    /// Where the first of the list becomes the manager besides.
    pub(super) managed_by_first: Vec<NodeId>,
    /// A few words for the mail.
    pub(super) message: String,
    /// The language of the mail.
    pub(super) language: Language,
    /// For how many days it can be accepted.
    pub(super) days: u8,
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            nodes: Vec::new(),
            roles: RoleSet::empty(),
            managed_by_first: Vec::new(),
            message: String::new(),
            language: Language::default(),
            days: DEFAULT_INVITATION_DAYS,
        }
    }
}

/// One call of several: so many people, with the key by which the backend knows the call again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Call {
    /// What is asked.
    pub(super) invitation: NewInvitation,
    /// Its key.
    pub(super) key: String,
    /// Whether it makes the first person a manager.
    pub(super) names_manager: bool,
}

impl Draft {
    /// What is granted where; to the first of the list, or to anybody.
    pub(super) fn grants(&self, is_first: bool) -> Vec<Grant> {
        let roles = |node: &NodeId| {
            let manages = is_first && self.managed_by_first.contains(node);
            if manages { self.roles | Role::OrganisationManager } else { self.roles }
        };
        let grants = self.nodes.iter().map(|node| Grant { node_id: *node, roles: roles(node) });
        grants.filter(|grant| !grant.roles.is_empty()).collect()
    }

    /// The next call that invites some of these, if anybody is left. A call whose answer never came comes first, as
    /// it was: by its key the backend knows whether it was done.
    pub(super) fn next_call(
        &self,
        emails: &[String],
        unanswered: &[Call],
        new_key: impl FnOnce() -> String,
    ) -> Option<Call> {
        let (first, others) = emails.split_first()?;
        if !self.managed_by_first.is_empty() {
            let invitation = self.to(std::slice::from_ref(first), true);
            return Some(known_or_new(invitation, unanswered, new_key));
        }
        let is_whole = |call: &&Call| {
            let asked = &call.invitation;
            asked.emails.iter().all(|email| emails.contains(email)) && *asked == self.to(&asked.emails, false)
        };
        if let Some(call) = unanswered.iter().find(is_whole) {
            return Some(call.clone());
        }
        let chunk = &emails[..=others.len().min(CHUNK - 1)];
        Some(Call { invitation: self.to(chunk, false), key: new_key(), names_manager: false })
    }

    fn to(&self, emails: &[String], is_first: bool) -> NewInvitation {
        NewInvitation {
            emails: emails.to_vec(),
            grants: self.grants(is_first),
            message: Some(self.message.trim().to_owned()).filter(|message| !message.is_empty()),
            locale: Some(self.language),
            expires_in_days: Some(self.days),
        }
    }
}

/// The call that was not answered, or a new one with a key of its own.
fn known_or_new(invitation: NewInvitation, unanswered: &[Call], new_key: impl FnOnce() -> String) -> Call {
    let known = unanswered.iter().find(|call| call.invitation == invitation).cloned();
    known.unwrap_or_else(|| Call { invitation, key: new_key(), names_manager: true })
}

/// Why a role cannot be given at all of these nodes; where none is chosen yet, why it can be given nowhere.
pub(super) fn refusal(standing: &Standing, nodes: &[NodeId], role: Role) -> Option<Denial> {
    let actor = standing.actor();
    let at = |node: NodeId| {
        let grants = Assignments::from([(node, RoleSet::only(role))]);
        actor.may_promise(&Assignments::new(), &grants).err()
    };
    if !nodes.is_empty() {
        return nodes.iter().filter_map(|node| at(*node)).min();
    }
    let managed = actor.managed().iter().map(|position| standing.tree().nodes()[position].id);
    let refusals: Option<Vec<Denial>> = managed.map(at).collect();
    refusals.and_then(|refusals| refusals.into_iter().min())
}

/// Those of the nodes that have no manager of their own, and would get none by these roles.
pub(super) fn without_manager(reader: &Reader, nodes: &[NodeId], roles: RoleSet) -> Vec<NodeId> {
    let lacks = |node: &NodeId| {
        reader.node(*node).is_some_and(|node| {
            node.own_managers.is_some_and(|managers| lacks_manager(node.kind, managers, roles))
        })
    };
    nodes.iter().copied().filter(lacks).collect()
}

/// What somebody who has nothing yet would see by an invitation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Outlook {
    /// What they could do.
    pub(super) capabilities: CapabilitySet,
    /// The environments that they would reach.
    pub(super) environments: usize,
    /// Those of them whose chats would notify them.
    pub(super) notified: usize,
    /// Why no chats would, where none do.
    pub(super) reason: Option<NotifiedReason>,
}

/// What the grants come to, in the part of the organisation that the reader sees.
pub(super) fn outlook(tree: &Tree, grants: &[Grant]) -> Outlook {
    let assignments: Assignments = grants.iter().map(|grant| (grant.node_id, grant.roles)).collect();
    let access = Access::new(tree, &assignments);
    let roles = grants.iter().fold(RoleSet::empty(), |all, grant| all | grant.roles);
    let reached = tree.nodes().iter().zip(access.iter());
    let reached =
        reached.filter(|(node, here)| node.kind == NodeKind::Environment && !here.effective.is_empty());
    let judged: Vec<Notified> = reached.map(|(_, here)| Notified::judge(here, true)).collect();
    let notified = judged.iter().filter(|judged| judged.value).count();
    Outlook {
        capabilities: capabilities_of(roles),
        environments: judged.len(),
        notified,
        reason: judged.iter().map(|judged| judged.reason).find(|_| notified == 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use studio_users_contract::{NodeView, Session, SessionNode, SessionUser};
    use studio_users_domain::UserId;
    use uuid::Uuid;

    fn id(number: u128) -> NodeId {
        NodeId(Uuid::from_u128(number))
    }

    /// Somebody who has this role at an agency (2) and at its environments: 3, which has a manager of its own, and 4.
    fn reader(role: Role) -> Reader {
        let view = |number, parent: Option<u128>, kind, own_managers: Option<u32>| NodeView {
            id: id(number),
            parent_id: parent.map(id),
            kind,
            name: format!("Node {number}"),
            own_managers,
            disabled_roles: own_managers.map(|_| RoleSet::only(Role::Developer)),
        };
        let held = |number| SessionNode {
            node_id: id(number),
            roles: role.into(),
            inherited: number > 2,
            capabilities: role.capabilities(),
            notified: None,
        };
        Reader {
            session: Session {
                user: SessionUser {
                    id: UserId(Uuid::from_u128(9)),
                    name: None,
                    email: "maud@x.example".into(),
                    locale: None,
                },
                managed: vec![id(2), id(3), id(4)],
                nodes: vec![held(2), held(3), held(4)],
                view: None,
            },
            nodes: vec![
                view(1, None, NodeKind::Provider, None),
                view(2, Some(1), NodeKind::Agency, Some(1)),
                view(3, Some(2), NodeKind::Environment, Some(1)),
                view(4, Some(2), NodeKind::Environment, Some(0)),
            ],
        }
    }

    fn emails(count: usize) -> Vec<String> {
        (0..count).map(|n| format!("p{n}@x.example")).collect()
    }

    fn draft() -> Draft {
        Draft { nodes: vec![id(3), id(4)], roles: Role::Operator.into(), ..Draft::default() }
    }

    #[test]
    fn a_long_list_is_sent_in_parts_each_with_a_key_of_its_own() {
        let mut left = emails(60);
        let mut sizes = Vec::new();
        let mut keys = 0;
        while let Some(call) = draft().next_call(&left, &[], || {
            keys += 1;
            format!("key {keys}")
        }) {
            assert_eq!(call.key, format!("key {}", sizes.len() + 1));
            left.retain(|email| !call.invitation.emails.contains(email));
            sizes.push(call.invitation.emails.len());
        }
        assert_eq!(sizes, [25, 25, 10]);
    }

    #[test]
    fn what_was_not_answered_is_asked_again_by_the_same_key() {
        let all = emails(30);
        let first = draft().next_call(&all, &[], || "one".into()).unwrap();
        let again = draft().next_call(&all, std::slice::from_ref(&first), || "two".into()).unwrap();
        assert_eq!(again, first);
        // Another message is another invitation; so is one from which somebody was taken.
        let other = Draft { message: "Hi".into(), ..draft() };
        assert_eq!(other.next_call(&all, std::slice::from_ref(&first), || "two".into()).unwrap().key, "two");
        assert_eq!(draft().next_call(&all[1..], &[first], || "two".into()).unwrap().key, "two");
    }

    #[test]
    fn the_first_alone_becomes_the_manager_and_only_where_there_is_none() {
        let led = Draft { managed_by_first: vec![id(4)], ..draft() };
        let all = emails(3);
        let call = led.next_call(&all, &[], || "one".into()).unwrap();
        assert!(call.names_manager);
        assert_eq!(call.invitation.emails, all[..1]);
        let roles: Vec<_> = call.invitation.grants.iter().map(|grant| grant.roles).collect();
        assert_eq!(roles, [Role::Operator.into(), Role::Operator | Role::OrganisationManager]);
        assert_eq!(led.next_call(&all, std::slice::from_ref(&call), || "two".into()), Some(call));
        let rest = draft().next_call(&all[1..], &[], || "two".into()).unwrap();
        assert!(rest.invitation.grants.iter().all(|grant| grant.roles == Role::Operator));
    }

    #[test]
    fn a_role_that_cannot_be_given_everywhere_says_why() {
        let reader = reader(Role::OrganisationManager);
        let manager = Standing::of(&reader).unwrap();
        for nodes in [vec![], vec![id(3)], vec![id(2), id(4)]] {
            let why = |role| refusal(&manager, &nodes, role);
            assert_eq!(why(Role::Administrator), Some(Denial::NeedsAdministrator));
            assert_eq!(why(Role::Developer), Some(Denial::NotLicensed));
            assert_eq!(why(Role::OrganisationManager), None);
        }
        assert_eq!(refusal(&manager, &[id(1), id(3)], Role::Agent), Some(Denial::NotManaged));
        let above = self::reader(Role::Administrator);
        assert_eq!(refusal(&Standing::of(&above).unwrap(), &[id(3)], Role::Administrator), None);
    }

    #[test]
    fn an_environment_without_a_manager_is_known() {
        let reader = reader(Role::OrganisationManager);
        let nodes = [id(2), id(3), id(4)];
        assert_eq!(without_manager(&reader, &nodes, Role::Agent.into()), [id(4)]);
        assert_eq!(without_manager(&reader, &nodes, Role::OrganisationManager.into()), []);
    }

    #[test]
    fn chats_notify_by_a_role_in_the_environment_itself_only() {
        let reader = reader(Role::OrganisationManager);
        let manager = Standing::of(&reader).unwrap();
        let look =
            |node, role: Role| outlook(manager.tree(), &[Grant { node_id: id(node), roles: role.into() }]);
        let here = look(3, Role::Operator);
        assert_eq!((here.environments, here.notified, here.reason), (1, 1, None));
        let above = look(2, Role::Operator);
        assert_eq!((above.environments, above.notified), (2, 0));
        assert_eq!(above.reason, Some(NotifiedReason::OnlyInherited { from: id(2) }));
        assert_eq!(look(3, Role::Planner).reason, Some(NotifiedReason::RolesBringNone));
        assert_eq!(outlook(manager.tree(), &[]), Outlook::default());
    }
}
