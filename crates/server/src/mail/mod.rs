//! Mail: what it says, how it is written, and who brings it.
//!
//! A change that people are to hear of writes a [`Mail`] into the outbox of the store. [`deliver`] takes it from
//! there, makes the link that it needs, and hands it to the [`Mailer`].

mod delivery;
pub(crate) mod mailbox;
mod mailer;
mod page;
mod sentence;
#[cfg(test)]
mod tests;
mod texts;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use studio_users_domain::RoleSet;

pub(crate) use delivery::{deliver, join_url};
pub(crate) use mailer::{Mailer, Smtp};
pub(crate) use sentence::escape;

/// What a mail says: plain data, in which no secret ever is. Names are as their owners typed them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Mail {
    /// A link that signs its reader in.
    SignIn,
    /// Somebody is invited; with a link to accept.
    Invitation {
        /// The name of whoever invites.
        inviter: String,
        /// What they are invited to.
        organisation: String,
        /// The names of the nodes, and the roles at each.
        grants: Vec<(String, RoleSet)>,
        /// What the inviter has to say.
        message: Option<String>,
        /// Until when it can be accepted.
        expires_at: DateTime<Utc>,
        /// Whether chats will notify them.
        #[serde(default)]
        notifies: bool,
    },
    /// Somebody who has joined before was given roles.
    AccessGiven {
        /// The name of whoever gave them.
        giver: String,
        /// Where they were given.
        organisation: String,
        /// The names of the nodes, and the roles at each.
        grants: Vec<(String, RoleSet)>,
        /// Whether chats notify them now.
        #[serde(default)]
        notifies: bool,
    },
    /// Somebody whom the reader invited has joined.
    Joined {
        /// Their name.
        person: String,
        /// Their address.
        email: String,
        /// The names of the nodes at which they joined.
        nodes: Vec<String>,
    },
}

impl Mail {
    /// What the kind is called in logs.
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::Invitation { .. } => "invitation",
            Self::AccessGiven { .. } => "access_given",
            Self::Joined { .. } => "joined",
        }
    }
}
