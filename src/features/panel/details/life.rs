use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_contract::{Action, ActivityQuery, AuditEntry, AuditPerson, MAX_LIMIT};
use studio_users_domain::UserId;
use web_sys::AbortController;

use crate::api::Client;

/// Something that happened to an invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Event {
    /// What.
    pub(super) action: Action,
    /// When.
    pub(super) at: DateTime<Utc>,
    /// By whom, as far as the reader may know.
    pub(super) actor: Option<AuditPerson>,
    /// To what places, where it was to any.
    pub(super) nodes: Vec<String>,
}

/// What the audit log tells of a user's invitation.
#[derive(Clone, Copy)]
pub(super) struct Life {
    /// What happened, the newest first; nothing until it is known.
    pub(super) events: RwSignal<Option<Arc<Vec<Event>>>>,
}

/// What is done at once is recorded at once, place by place.
const AT_ONCE: TimeDelta = TimeDelta::seconds(2);

impl Life {
    /// Reads it. Where that fails there is less to tell, and nothing wrong.
    pub(super) fn read(user: UserId) -> Self {
        let life = Self { events: RwSignal::new(None) };
        let client = expect_context::<Client>();
        let Ok(abort) = AbortController::new() else { return life };
        let signal = abort.signal();
        let abort = StoredValue::new_local(abort);
        on_cleanup(move || abort.with_value(AbortController::abort));
        let query = ActivityQuery { limit: Some(MAX_LIMIT), ..ActivityQuery::default() };
        spawn_local(async move {
            if let Ok(page) = client.activity(user, &query, &signal).await {
                let _ = life.events.try_set(Some(Arc::new(told(user, page.items))));
            }
        });
        life
    }

    /// Who invited the user last.
    pub(super) fn inviter(self) -> Option<AuditPerson> {
        self.events.with(|events| {
            let invited = events.as_ref()?.iter().find(|event| event.action == Action::UserInvited)?;
            invited.actor.clone()
        })
    }
}

/// What of these entries, the newest first, is about the user's own invitation. What was done at once to several
/// places is one.
fn told(user: UserId, entries: Vec<AuditEntry>) -> Vec<Event> {
    let mut events = Vec::<Event>::new();
    for entry in entries {
        let is_of_invitation = matches!(
            entry.action,
            Action::UserInvited
                | Action::InvitationSent
                | Action::InvitationResent
                | Action::InvitationLinkCopied
                | Action::InvitationRevoked
                | Action::InvitationAccepted
        );
        // Who accepts is the actor, and need not stand there as the target too.
        let is_of_user = entry.target.as_ref().or(entry.actor.as_ref()).is_some_and(|it| it.id == user);
        if !is_of_invitation || !is_of_user {
            continue;
        }
        let node = entry.node.map(|node| node.name);
        let same = events.iter_mut().rev().take_while(|event| event.at - entry.at < AT_ONCE);
        let mut same = same.filter(|event| event.action == entry.action && event.actor == entry.actor);
        match same.next() {
            Some(event) => event.nodes.extend(node),
            None => events.push(Event {
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
    use studio_users_contract::{AuditDetails, NodeName};
    use studio_users_domain::NodeId;
    use uuid::Uuid;

    const SANNE: UserId = UserId(Uuid::from_u128(1));

    fn entry(action: Action, seconds: i64, node: &str, target: UserId) -> AuditEntry {
        AuditEntry {
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
    fn what_was_done_at_once_is_told_once_and_what_is_of_others_not_at_all() {
        let other = UserId(Uuid::from_u128(3));
        let events = told(
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
        let seen: Vec<_> = events.iter().map(|event| (event.action, event.nodes.join(" "))).collect();
        assert_eq!(
            seen,
            [
                (Action::InvitationResent, "A".to_owned()),
                (Action::InvitationSent, "A B".to_owned()),
                (Action::UserInvited, "B A".to_owned())
            ]
        );
    }
}
