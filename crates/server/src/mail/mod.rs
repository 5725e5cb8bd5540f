//! E-mails: their content, their layout and their transport.
//!
//! A change that notifies someone queues a [`Mail`] in the outbox of the store. `services::outbox_worker`
//! claims it, creates its link, composes it with [`compose_mail`] and sends it with the [`Mailer`].

mod document;
pub(crate) mod mailbox;
mod mailer;
mod sentence;
mod smtp;
#[cfg(test)]
mod tests;
mod texts;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use studio_users_domain::{NodeId, RoleSet, UserId};

pub(crate) use mailer::{MAIL_FOLDER, Mailer, delivery_address};
pub(crate) use sentence::escape;
pub(crate) use smtp::Smtp;
pub(crate) use texts::{compose_digest, compose_mail};

/// The content of a mail. It never contains a secret: the link is created when the mail is sent. Names are
/// untrusted text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Mail {
    /// A sign-in link.
    SignIn,
    /// An invitation with a link to accept it.
    Invitation {
        /// The name of the user who invites.
        inviter: String,
        /// The name of the organisation.
        organisation: String,
        /// The names of the nodes and the roles at each.
        grants: Vec<(String, RoleSet)>,
        /// The personal message of the inviter.
        message: Option<String>,
        /// The time at which the invitation expires.
        expires_at: DateTime<Utc>,
        /// Whether the recipient can get chat notifications.
        #[serde(default)]
        notifies: bool,
    },
    /// A user who had joined before got roles.
    AccessGiven {
        /// The name of the user who gave the roles.
        giver: String,
        /// The name of the organisation.
        organisation: String,
        /// The names of the nodes and the roles at each.
        grants: Vec<(String, RoleSet)>,
        /// Whether the recipient can get chat notifications.
        #[serde(default)]
        notifies: bool,
    },
    /// A user whom the recipient invited has joined. Earlier versions queued a mail for each.
    Joined {
        /// The name of the new user.
        person: String,
        /// The e-mail address of the new user.
        email: String,
        /// The names of the nodes that the new user joined.
        nodes: Vec<String>,
    },
    /// A digest: users whom the recipient invited have joined.
    NewUsers {
        /// The new users.
        people: Vec<NewUser>,
    },
}

/// A new user in a digest. The outbox stores only ids. `services::digest` adds the names when the digest is sent, as far
/// as the recipient may see them then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NewUser {
    /// The id of the new user.
    pub(crate) user: UserId,
    /// The nodes that the user joined.
    pub(crate) nodes: Vec<NodeId>,
    /// The name of the user.
    #[serde(skip)]
    pub(crate) name: String,
    /// The e-mail address of the user.
    #[serde(skip)]
    pub(crate) email: String,
    /// The names of the nodes.
    #[serde(skip)]
    pub(crate) node_names: Vec<String>,
}

impl NewUser {
    /// Returns a new user without names.
    pub(crate) fn new(user: UserId, nodes: Vec<NodeId>) -> Self {
        Self { user, nodes, name: String::new(), email: String::new(), node_names: Vec::new() }
    }
}

impl Mail {
    /// The kind of invitations.
    pub(crate) const INVITATION: &'static str = "invitation";

    /// Whether the mail only notifies, so that the recipient can switch it off.
    pub(crate) const fn is_digest(&self) -> bool {
        matches!(self, Self::Joined { .. } | Self::NewUsers { .. })
    }

    /// Returns the name of the kind. Each kind has its own budget.
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::Invitation { .. } => Self::INVITATION,
            Self::AccessGiven { .. } => "access_given",
            Self::Joined { .. } => "joined",
            Self::NewUsers { .. } => "new_users",
        }
    }
}
