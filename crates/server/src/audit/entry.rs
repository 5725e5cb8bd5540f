use chrono::{DateTime, Utc};
use studio_users_contract::{Action, ActorKind, AuditDetails, AuditPerson};
use studio_users_domain::UserId;
use uuid::Uuid;

use super::Error;
use super::chain::{Record, Texts};
use super::details::{StoredDetails, split_details};
use super::hash::Key;
use super::text::Text;
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
    /// The kind of actor of an entry without a user. The default is the system.
    pub(crate) source: ActorKind,
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
        let source = ActorKind::System;
        Self { at, action, actor: None, source, target: None, node: None, view: None, details }
    }

    /// Sets the actor.
    #[must_use]
    pub(crate) fn by(self, actor: AuditPerson) -> Self {
        Self { actor: Some(actor), ..self }
    }

    /// Sets the command line as the actor.
    #[must_use]
    pub(crate) fn by_command_line(self) -> Self {
        Self { source: ActorKind::CommandLine, ..self }
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

    /// Returns the entry as stored in the table. Stores an empty name as no name.
    pub(crate) fn record(&self, key: &Key, id: Uuid) -> Result<Record, Error> {
        let bytes = |id: UserId| id.0.into_bytes();
        let name = |person: &Option<AuditPerson>| {
            let name = person.as_ref().map(|person| person.name.clone()).filter(|name| !name.is_empty());
            name.map(|name| Text::new(key, name)).transpose()
        };
        let (details, personal) = split_details(self.action, &self.details);
        let personal = personal.map(|personal| serde_json::to_string(&personal)).transpose()?;
        Ok(Record {
            id: id.into_bytes(),
            at: millis(self.at),
            action: self.action.wire_name().into(),
            actor: self.actor.as_ref().map(|person| bytes(person.id)),
            target: self.target.as_ref().map(|person| bytes(person.id)),
            node: self.node.map(|node| node.0),
            view: self.view.map(Uuid::into_bytes),
            details: serde_json::to_string(&StoredDetails::new(details, self.actor.is_some(), self.source))?,
            texts: Texts::Erasable {
                actor_name: name(&self.actor)?,
                target_name: name(&self.target)?,
                details: personal.map(|text| Text::new(key, text)).transpose()?,
            },
        })
    }
}
