use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_contract::{Action, ActivityQuery, AuditEntry, AuditPerson, MAX_LIMIT};
use studio_users_domain::UserId;
use web_sys::AbortController;

use crate::api::Client;
use crate::state::{Change, use_changes};
use crate::ui::after_frame;

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

/// What the audit log tells of a user's invitation, as far as its newest entries go.
#[derive(Clone, Copy)]
pub(super) struct Life {
    /// What happened, the newest first; nothing until it is known.
    pub(super) events: RwSignal<Option<Arc<Vec<Event>>>>,
    user: StoredValue<Option<UserId>>,
    client: StoredValue<Client>,
    call: StoredValue<Option<AbortController>, LocalStorage>,
}

/// What is done at once is recorded at once, place by place.
const AT_ONCE: TimeDelta = TimeDelta::seconds(2);

impl Life {
    /// Reads it of whoever is known, and again whenever they change.
    pub(super) fn follow(known: Memo<Option<UserId>>) -> Self {
        let life = Self {
            events: RwSignal::new(None),
            user: StoredValue::new(None),
            client: StoredValue::new(expect_context()),
            call: StoredValue::new_local(None),
        };
        on_cleanup(move || life.give_up());
        use_changes().listen(move |change| {
            let user = life.user.try_get_value().flatten();
            if user.is_some_and(|user| change == Change::Users || change == Change::User(user)) {
                life.read();
            }
        });
        Effect::new(move |_| {
            life.give_up();
            life.user.set_value(known.get());
            if life.events.with_untracked(Option::is_some) {
                life.events.set(None);
            }
            after_frame(move || life.read());
        });
        life
    }

    /// Where it cannot be read there is less to tell, and nothing wrong.
    fn read(self) {
        self.give_up();
        let Some(user) = self.user.try_get_value().flatten() else { return };
        let (Some(client), Ok(abort)) = (self.client.try_get_value(), AbortController::new()) else { return };
        let signal = abort.signal();
        self.call.try_update_value(|call| *call = Some(abort));
        let query = ActivityQuery { limit: Some(MAX_LIMIT), ..ActivityQuery::default() };
        spawn_local(async move {
            let answer = client.activity(user, &query, &signal).await;
            if let Ok(page) = answer
                && !signal.aborted()
            {
                let _ = self.events.try_set(Some(Arc::new(told(user, page.items))));
            }
        });
    }

    fn give_up(self) {
        if let Some(call) = self.call.try_update_value(Option::take).flatten() {
            call.abort();
        }
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
