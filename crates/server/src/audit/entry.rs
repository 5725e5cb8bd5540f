use chrono::{DateTime, Utc};
use studio_users_contract::{Action, AuditDetails, AuditPerson};
use studio_users_domain::UserId;
use uuid::Uuid;

use super::chain::Record;
use crate::keys::{NodeKey, millis};

/// An entry to be recorded.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// The time of the action.
    pub(crate) at: DateTime<Utc>,
    /// The action.
    pub(crate) action: Action,
    /// The user who did it, under a name that everyone who can see the node may see.
    pub(crate) actor: Option<AuditPerson>,
    /// The user it was done to, named likewise.
    pub(crate) target: Option<AuditPerson>,
    /// The node. `None` for actions at no node.
    pub(crate) node: Option<NodeKey>,
    /// The view in which the action took place.
    pub(crate) view: Option<Uuid>,
    /// Further details.
    pub(crate) details: AuditDetails,
}

impl Entry {
    /// Returns an entry with only an action and a time.
    pub(crate) fn of(action: Action, at: DateTime<Utc>) -> Self {
        let details = AuditDetails::default();
        Self { at, action, actor: None, target: None, node: None, view: None, details }
    }

    /// Sets the actor.
    #[must_use]
    pub(crate) fn by(self, actor: AuditPerson) -> Self {
        Self { actor: Some(actor), ..self }
    }

    /// Sets the target.
    #[must_use]
    pub(crate) fn to(self, target: AuditPerson) -> Self {
        Self { target: Some(target), ..self }
    }

    /// Sets the details.
    #[must_use]
    pub(crate) fn with(self, details: AuditDetails) -> Self {
        Self { details, ..self }
    }

    /// Returns the entry as stored in the table.
    pub(crate) fn record(&self, id: Uuid) -> Result<Record, serde_json::Error> {
        let bytes = |id: UserId| id.0.into_bytes();
        let (actor, target) = (self.actor.as_ref(), self.target.as_ref());
        Ok(Record {
            id: id.into_bytes(),
            at: millis(self.at),
            action: self.action.wire_name().into(),
            actor: actor.map(|person| bytes(person.id)),
            actor_name: actor.map(|person| person.name.clone()),
            target: target.map(|person| bytes(person.id)),
            target_name: target.map(|person| person.name.clone()),
            node: self.node.map(|node| node.0),
            view: self.view.map(Uuid::into_bytes),
            details: serde_json::to_string(&self.details)?,
        })
    }
}
