use chrono::{DateTime, Utc};
use studio_users_contract::{Action, AuditDetails, AuditPerson};
use studio_users_domain::UserId;
use uuid::Uuid;

use super::chain::Record;
use crate::store::{Account, NodeKey, millis};

/// What is to be recorded.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// When it happened.
    pub(crate) at: DateTime<Utc>,
    /// What happened.
    pub(crate) action: Action,
    /// Who did it, by the name that readers of the node may know.
    pub(crate) actor: Option<AuditPerson>,
    /// To whom, likewise.
    pub(crate) target: Option<AuditPerson>,
    /// Where; none for what concerns no node.
    pub(crate) node: Option<NodeKey>,
    /// The view that it happened inside of.
    pub(crate) view: Option<Uuid>,
    /// What else there is to say.
    pub(crate) details: AuditDetails,
}

impl Entry {
    /// Something that happened; the rest is said by what follows.
    pub(crate) fn of(action: Action, at: DateTime<Utc>) -> Self {
        let details = AuditDetails::default();
        Self { at, action, actor: None, target: None, node: None, view: None, details }
    }

    /// Says who did it.
    #[must_use]
    pub(crate) fn by(self, actor: AuditPerson) -> Self {
        Self { actor: Some(actor), ..self }
    }

    /// Says to whom.
    #[must_use]
    pub(crate) fn to(self, target: AuditPerson) -> Self {
        Self { target: Some(target), ..self }
    }

    /// Says what else there is to say.
    #[must_use]
    pub(crate) fn with(self, details: AuditDetails) -> Self {
        Self { details, ..self }
    }

    /// The entry as it stands in the table.
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

impl From<&Account> for AuditPerson {
    /// Someone by the name that they have, or else by their address.
    fn from(account: &Account) -> Self {
        Self { id: account.id, name: account.name.clone().unwrap_or_else(|| account.email.clone()) }
    }
}
