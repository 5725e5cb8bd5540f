//! The invitation draft, its requests in batches, and the preview of its effect. Needs no browser.

use studio_users_contract::{Grant, NewInvitation};
use studio_users_domain::{
    Access, Assignments, CapabilitySet, DEFAULT_INVITATION_DAYS, Denial, Language, NodeId, NodeKind,
    Notified, NotifiedReason, Role, RoleSet, Tree, capabilities_of, clean_text, lacks_manager,
};

use crate::state::{CurrentUser, PermissionContext};

/// The maximum number of addresses per request.
pub(super) const BATCH_SIZE: usize = 25;

/// The invitation that all recipients get.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct InviteDraft {
    pub(super) nodes: Vec<NodeId>,
    pub(super) roles: RoleSet,
    /// The nodes at which the first recipient also becomes Organisation Manager.
    pub(super) managed_by_first: Vec<NodeId>,
    /// The personal message in the mail.
    pub(super) message: String,
    /// The language of the mail.
    pub(super) language: Language,
    /// The number of days until the invitation expires.
    pub(super) days: u8,
}

impl Default for InviteDraft {
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

/// One of several requests, with an idempotency key by which the backend recognises a retry.
/// <https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/>
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct InvitationBatch {
    pub(super) invitation: NewInvitation,
    pub(super) idempotency_key: String,
    /// Whether the request makes its recipient an Organisation Manager.
    pub(super) assigns_manager: bool,
}

impl InviteDraft {
    /// The grants for a recipient. The first one also gets the manager role at `managed_by_first`.
    pub(super) fn grants(&self, is_first: bool) -> Vec<Grant> {
        let roles = |node: &NodeId| {
            let manages = is_first && self.managed_by_first.contains(node);
            if manages { self.roles | Role::OrganisationManager } else { self.roles }
        };
        let grants = self.nodes.iter().map(|node| Grant { node_id: *node, roles: roles(node) });
        grants.filter(|grant| !grant.roles.is_empty()).collect()
    }

    /// Returns the next request for these addresses, or `None` if none are left. Repeats an unanswered request first,
    /// unchanged: the backend recognises its idempotency key and does not invite anyone twice.
    pub(super) fn next_batch(
        &self,
        emails: &[String],
        unanswered: &[InvitationBatch],
        new_key: impl FnOnce() -> String,
    ) -> Option<InvitationBatch> {
        let (first, others) = emails.split_first()?;
        if !self.managed_by_first.is_empty() {
            let invitation = self.request_for(std::slice::from_ref(first), true);
            return Some(unanswered_or_new(invitation, unanswered, new_key));
        }
        let is_unchanged = |batch: &&InvitationBatch| {
            let sent = &batch.invitation;
            sent.emails.iter().all(|email| emails.contains(email))
                && *sent == self.request_for(&sent.emails, false)
        };
        if let Some(batch) = unanswered.iter().find(is_unchanged) {
            return Some(batch.clone());
        }
        let chunk = &emails[..=others.len().min(BATCH_SIZE - 1)];
        Some(InvitationBatch {
            invitation: self.request_for(chunk, false),
            idempotency_key: new_key(),
            assigns_manager: false,
        })
    }

    fn request_for(&self, emails: &[String], is_first: bool) -> NewInvitation {
        NewInvitation {
            emails: emails.to_vec(),
            grants: self.grants(is_first),
            message: Some(clean_text(&self.message)).filter(|message| !message.is_empty()),
            locale: Some(self.language),
            expires_in_days: Some(self.days),
        }
    }
}

/// Returns the unanswered batch with this request, or a new batch with its own key.
fn unanswered_or_new(
    invitation: NewInvitation,
    unanswered: &[InvitationBatch],
    new_key: impl FnOnce() -> String,
) -> InvitationBatch {
    let batch = unanswered.iter().find(|batch| batch.invitation == invitation).cloned();
    batch.unwrap_or_else(|| InvitationBatch { invitation, idempotency_key: new_key(), assigns_manager: true })
}

/// Returns the reason if any of these nodes denies the role. Without nodes, returns the reason if every managed node
/// denies it. Several reasons are reduced to the first in the order of [`Denial`].
pub(super) fn denial(permissions: &PermissionContext, nodes: &[NodeId], role: Role) -> Option<Denial> {
    let actor = permissions.actor();
    let at = |node: NodeId| actor.may_give(node, role.into(), None).err();
    if !nodes.is_empty() {
        return nodes.iter().filter_map(|node| at(*node)).min();
    }
    let managed = actor.managed().iter().map(|position| permissions.tree().nodes()[position].id);
    let denials: Option<Vec<Denial>> = managed.map(at).collect();
    denials.and_then(|denials| denials.into_iter().min())
}

/// Returns the nodes that have no Organisation Manager of their own and would not get one from these roles.
pub(super) fn nodes_without_manager(
    current_user: &CurrentUser,
    nodes: &[NodeId],
    roles: RoleSet,
) -> Vec<NodeId> {
    let lacks = |node: &NodeId| {
        current_user.node(*node).is_some_and(|node| {
            node.own_managers.is_some_and(|managers| lacks_manager(node.kind, managers, roles))
        })
    };
    nodes.iter().copied().filter(lacks).collect()
}

/// The access of a new user after they accept the invitation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct AccessPreview {
    pub(super) capabilities: CapabilitySet,
    /// The number of environments with access.
    pub(super) environments: usize,
    /// The number of environments whose chats would notify the user.
    pub(super) notified: usize,
    /// The reason that no chats would notify the user. `None` if some would.
    pub(super) reason: Option<NotifiedReason>,
}

/// Computes the effect of the grants in the part of the organisation that the current user sees.
pub(super) fn preview_access(tree: &Tree, grants: &[Grant]) -> AccessPreview {
    let assignments: Assignments = grants.iter().map(|grant| (grant.node_id, grant.roles)).collect();
    let access = Access::new(tree, &assignments);
    let roles = grants.iter().fold(RoleSet::empty(), |all, grant| all | grant.roles);
    let reached = tree.nodes().iter().zip(access.iter());
    let reached =
        reached.filter(|(node, here)| node.kind == NodeKind::Environment && !here.effective.is_empty());
    let judged: Vec<Notified> = reached.map(|(_, here)| Notified::evaluate(here, true)).collect();
    let notified = judged.iter().filter(|judged| judged.value).count();
    AccessPreview {
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

    /// A user with this role at an agency (2) and its environments 3 and 4. Environment 3 has its own manager.
    fn current_user(role: Role) -> CurrentUser {
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
        CurrentUser::new(
            Session {
                user: SessionUser {
                    id: UserId(Uuid::from_u128(9)),
                    name: None,
                    email: "maud@x.example".into(),
                    locale: None,
                    digests: true,
                },
                managed: vec![id(2), id(3), id(4)],
                nodes: vec![held(2), held(3), held(4)],
                view: None,
            },
            vec![
                view(1, None, NodeKind::Provider, None),
                view(2, Some(1), NodeKind::Agency, Some(1)),
                view(3, Some(2), NodeKind::Environment, Some(1)),
                view(4, Some(2), NodeKind::Environment, Some(0)),
            ],
        )
    }

    fn emails(count: usize) -> Vec<String> {
        (0..count).map(|n| format!("p{n}@x.example")).collect()
    }

    fn draft() -> InviteDraft {
        InviteDraft { nodes: vec![id(3), id(4)], roles: Role::Operator.into(), ..InviteDraft::default() }
    }

    #[test]
    fn splits_a_long_list_into_batches_with_distinct_keys() {
        let mut left = emails(60);
        let mut sizes = Vec::new();
        let mut keys = 0;
        while let Some(batch) = draft().next_batch(&left, &[], || {
            keys += 1;
            format!("key {keys}")
        }) {
            assert_eq!(batch.idempotency_key, format!("key {}", sizes.len() + 1));
            left.retain(|email| !batch.invitation.emails.contains(email));
            sizes.push(batch.invitation.emails.len());
        }
        assert_eq!(sizes, [25, 25, 10]);
    }

    #[test]
    fn repeats_an_unanswered_request_with_the_same_key() {
        let all = emails(30);
        let first = draft().next_batch(&all, &[], || "one".into()).unwrap();
        let again = draft().next_batch(&all, std::slice::from_ref(&first), || "two".into()).unwrap();
        assert_eq!(again, first);
        // A different message or a removed recipient makes a different request.
        let other = InviteDraft { message: "Hi".into(), ..draft() };
        assert_eq!(
            other.next_batch(&all, std::slice::from_ref(&first), || "two".into()).unwrap().idempotency_key,
            "two"
        );
        assert_eq!(draft().next_batch(&all[1..], &[first], || "two".into()).unwrap().idempotency_key, "two");
    }

    #[test]
    fn only_the_first_recipient_becomes_manager_and_only_where_none_exists() {
        let with_manager = InviteDraft { managed_by_first: vec![id(4)], ..draft() };
        let all = emails(3);
        let batch = with_manager.next_batch(&all, &[], || "one".into()).unwrap();
        assert!(batch.assigns_manager);
        assert_eq!(batch.invitation.emails, all[..1]);
        let roles: Vec<_> = batch.invitation.grants.iter().map(|grant| grant.roles).collect();
        assert_eq!(roles, [Role::Operator.into(), Role::Operator | Role::OrganisationManager]);
        assert_eq!(with_manager.next_batch(&all, std::slice::from_ref(&batch), || "two".into()), Some(batch));
        let rest = draft().next_batch(&all[1..], &[], || "two".into()).unwrap();
        assert!(rest.invitation.grants.iter().all(|grant| grant.roles == Role::Operator));
    }

    #[test]
    fn returns_the_denial_of_an_unassignable_role() {
        let current_user = current_user(Role::OrganisationManager);
        let manager = PermissionContext::of(&current_user).unwrap();
        for nodes in [vec![], vec![id(3)], vec![id(2), id(4)]] {
            let why = |role| denial(&manager, &nodes, role);
            assert_eq!(why(Role::Administrator), Some(Denial::NeedsAdministrator));
            assert_eq!(why(Role::Developer), Some(Denial::NotLicensed));
            assert_eq!(why(Role::OrganisationManager), None);
        }
        assert_eq!(denial(&manager, &[id(1), id(3)], Role::Agent), Some(Denial::NotManaged));
        let above = self::current_user(Role::Administrator);
        assert_eq!(denial(&PermissionContext::of(&above).unwrap(), &[id(3)], Role::Administrator), None);
    }

    #[test]
    fn finds_environments_without_a_manager() {
        let current_user = current_user(Role::OrganisationManager);
        let nodes = [id(2), id(3), id(4)];
        assert_eq!(nodes_without_manager(&current_user, &nodes, Role::Agent.into()), [id(4)]);
        assert_eq!(nodes_without_manager(&current_user, &nodes, Role::OrganisationManager.into()), []);
    }

    #[test]
    fn only_roles_assigned_in_the_environment_itself_notify() {
        let current_user = current_user(Role::OrganisationManager);
        let manager = PermissionContext::of(&current_user).unwrap();
        let preview = |node, role: Role| {
            preview_access(manager.tree(), &[Grant { node_id: id(node), roles: role.into() }])
        };
        let here = preview(3, Role::Operator);
        assert_eq!((here.environments, here.notified, here.reason), (1, 1, None));
        let above = preview(2, Role::Operator);
        assert_eq!((above.environments, above.notified), (2, 0));
        assert_eq!(above.reason, Some(NotifiedReason::OnlyInherited { from: id(2) }));
        assert_eq!(preview(3, Role::Planner).reason, Some(NotifiedReason::RolesBringNone));
        assert_eq!(preview_access(manager.tree(), &[]), AccessPreview::default());
    }
}
