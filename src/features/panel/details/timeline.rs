use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use leptos::prelude::*;
use studio_users_contract::{Action, ActivityQuery, AuditEntry, AuditPerson, MAX_LIMIT};
use studio_users_domain::UserId;

use crate::api::{Client, Latest};
use crate::reactive::effect;
use crate::state::{Change, use_changes};
use crate::ui::after_paint;

/// An event of a user's invitation. Several nodes may share it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct InvitationEvent {
    pub(super) action: Action,
    pub(super) at: DateTime<Utc>,
    /// The actor, or `None` if the current user may not see them.
    pub(super) actor: Option<AuditPerson>,
    /// The names of the nodes that the event applies to. May be empty.
    pub(super) nodes: Vec<String>,
}

/// The timeline of a user's invitation, from the newest [`MAX_LIMIT`] entries of the audit log.
#[derive(Clone, Copy)]
pub(super) struct InvitationTimeline {
    /// The events, newest first, or `None` until they are loaded.
    pub(super) events: RwSignal<Option<Arc<Vec<InvitationEvent>>>>,
    user: StoredValue<Option<UserId>>,
    client: StoredValue<Client>,
    request: Latest,
}

/// The maximum time between entries of one event. The backend writes one entry for each node of a request.
const GROUP_WITHIN: TimeDelta = TimeDelta::seconds(2);

impl InvitationTimeline {
    /// Fetches the timeline of the loaded user, and again after each change of that user.
    pub(super) fn watch(loaded_user: Memo<Option<UserId>>) -> Self {
        let timeline = Self {
            events: RwSignal::new(None),
            user: StoredValue::new(None),
            client: StoredValue::new(expect_context()),
            request: Latest::new(),
        };
        use_changes().subscribe(move |change| {
            let user = timeline.user.try_get_value().flatten();
            if user.is_some_and(|user| change == Change::Users || change == Change::User(user)) {
                timeline.fetch();
            }
        });
        effect(move |_| {
            timeline.request.abort();
            timeline.user.set_value(loaded_user.get());
            if timeline.events.with_untracked(Option::is_some) {
                timeline.events.set(None);
            }
            after_paint(move || timeline.fetch());
        });
        timeline
    }

    /// Fetches the entries. Ignores errors: the card then shows less.
    fn fetch(self) {
        let Some(user) = self.user.try_get_value().flatten() else { return };
        let Some(client) = self.client.try_get_value() else { return };
        let query = ActivityQuery { limit: Some(MAX_LIMIT), ..ActivityQuery::default() };
        let request = |signal| async move { client.activity(user, &query, &signal).await };
        self.request.send(request, move |response| {
            if let Ok(page) = response {
                let _ = self.events.try_set(Some(Arc::new(invitation_events(user, page.items))));
            }
        });
    }

    /// Returns the actor of the latest invitation.
    pub(super) fn inviter(self) -> Option<AuditPerson> {
        self.events.with(|events| {
            let invited = events.as_ref()?.iter().find(|event| event.action == Action::UserInvited)?;
            invited.actor.clone()
        })
    }
}

/// Filters the entries (newest first) that are about the user's own invitation. Merges entries of the same action and
/// actor within [`GROUP_WITHIN`] into one event with several nodes.
fn invitation_events(user: UserId, entries: Vec<AuditEntry>) -> Vec<InvitationEvent> {
    let mut events = Vec::<InvitationEvent>::new();
    for entry in entries {
        let is_invitation_action = matches!(
            entry.action,
            Action::UserInvited
                | Action::InvitationSent
                | Action::InvitationResent
                | Action::InvitationLinkCopied
                | Action::InvitationRevoked
                | Action::InvitationCorrected
                | Action::InvitationAccepted
        );
        // The entry of an acceptance may lack the target: the actor is the user.
        let is_for_user = entry.target.as_ref().or(entry.actor.as_ref()).is_some_and(|it| it.id == user);
        if !is_invitation_action || !is_for_user {
            continue;
        }
        let node = entry.node.map(|node| node.name);
        let same = events.iter_mut().rev().take_while(|event| event.at - entry.at < GROUP_WITHIN);
        let mut same = same.filter(|event| event.action == entry.action && event.actor == entry.actor);
        match same.next() {
            Some(event) => event.nodes.extend(node),
            None => events.push(InvitationEvent {
                action: entry.action,
                at: entry.at,
                actor: entry.actor,
                nodes: node.into_iter().collect(),
            }),
        }
    }
    events
}

#[cfg(test)]
mod tests {
    use super::*;
    use studio_users_contract::{ActorKind, AuditDetails, NodeName};
    use studio_users_domain::NodeId;
    use uuid::Uuid;

    const SANNE: UserId = UserId(Uuid::from_u128(1));

    fn entry(action: Action, seconds: i64, node: &str, target: UserId) -> AuditEntry {
        AuditEntry {
            actor_kind: ActorKind::Person,
            id: Uuid::from_u128(9),
            at: DateTime::from_timestamp(seconds, 0).unwrap(),
            action,
            actor: Some(AuditPerson { id: UserId(Uuid::from_u128(2)), name: "Maud".into() }),
            target: Some(AuditPerson { id: target, name: "?".into() }),
            node: Some(NodeName { id: NodeId(Uuid::nil()), name: node.into() }),
            view: None,
            details: AuditDetails::default(),
        }
    }

    #[test]
    fn merges_entries_of_one_request_and_skips_other_users() {
        let other = UserId(Uuid::from_u128(3));
        let events = invitation_events(
            SANNE,
            vec![
                entry(Action::InvitationResent, 500, "A", SANNE),
                entry(Action::InvitationSent, 100, "A", SANNE),
                entry(Action::UserInvited, 100, "B", SANNE),
                entry(Action::InvitationSent, 100, "B", SANNE),
                entry(Action::UserInvited, 99, "A", SANNE),
                entry(Action::UserInvited, 90, "C", other),
                entry(Action::RolesChanged, 80, "A", SANNE),
            ],
        );
        let summary: Vec<_> = events.iter().map(|event| (event.action, event.nodes.join(" "))).collect();
        assert_eq!(
            summary,
            [
                (Action::InvitationResent, "A".to_owned()),
                (Action::InvitationSent, "A B".to_owned()),
                (Action::UserInvited, "B A".to_owned())
            ]
        );
    }
}
