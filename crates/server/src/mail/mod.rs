//! E-mails: their content, their layout and their transport.
//!
//! A change that notifies someone queues a [`Mail`] in the outbox of the store. `services::outbox_worker`
//! claims it, creates its link, composes it with [`compose_mail`] and sends it with the [`Mailer`].

mod digest_texts;
mod document;
pub(crate) mod mailbox;
mod mailer;
mod reply;
mod role_list;
mod sentence;
mod smtp;
#[cfg(test)]
mod tests;
mod texts;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use studio_users_domain::{NodeId, RoleSet, UserId};

pub(crate) use digest_texts::MAX_LISTED;
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
        /// The nodes and the roles, for the audit log. Earlier versions recorded the invitation when it was queued.
        #[serde(default)]
        places: Vec<(NodeId, RoleSet)>,
    },
    /// A reminder of an invitation that expires soon.
    Reminder(Reminder),
    /// A user who had joined before got roles. Earlier versions queued a mail for each.
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
    /// A user who had joined before got roles, perhaps several times.
    Access(AccessNotice),
    /// A digest about invitations of the recipient, and access that they gave.
    #[serde(rename = "new_users")]
    Digest(Digest),
}

/// The content of a reminder. The outbox stores nothing of it: `services::offer` fills it when the mail is sent, if the
/// invitation can still be accepted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Reminder {
    /// The name of the user who invited.
    #[serde(skip)]
    pub(crate) inviter: String,
    /// The name of the organisation.
    #[serde(skip)]
    pub(crate) organisation: String,
    /// The names of the nodes and the roles at each.
    #[serde(skip)]
    pub(crate) grants: Vec<(String, RoleSet)>,
    /// The time at which the invitation expires.
    #[serde(skip)]
    pub(crate) expires_at: DateTime<Utc>,
    /// Whether the recipient can get chat notifications.
    #[serde(skip)]
    pub(crate) notifies: bool,
}

/// Roles that the recipient was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AccessNotice {
    /// The roles.
    pub(crate) given: Vec<GivenAccess>,
    /// The name of the organisation.
    #[serde(skip)]
    pub(crate) organisation: String,
    /// Whether the recipient can get chat notifications.
    #[serde(skip)]
    pub(crate) notifies: bool,
}

impl AccessNotice {
    /// Returns a notice without names.
    pub(crate) const fn new(given: Vec<GivenAccess>) -> Self {
        Self { given, organisation: String::new(), notifies: false }
    }
}

/// Roles that someone gave at a node. The outbox stores only ids, because several notices may become one mail.
/// `services::digest` adds the names when it is sent, and omits what the recipient has lost since.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct GivenAccess {
    /// The user who gave the roles.
    pub(crate) giver: UserId,
    /// The node.
    pub(crate) node: NodeId,
    /// The roles.
    pub(crate) roles: RoleSet,
    /// The name of the giver.
    #[serde(skip)]
    pub(crate) giver_name: String,
    /// The name of the node.
    #[serde(skip)]
    pub(crate) node_name: String,
}

impl GivenAccess {
    /// Returns given roles without names.
    pub(crate) const fn new(giver: UserId, node: NodeId, roles: RoleSet) -> Self {
        Self { giver, node, roles, giver_name: String::new(), node_name: String::new() }
    }
}

/// Events of the invitations that the recipient has sent, and of the access that they gave.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Digest {
    /// The users who have accepted.
    pub(crate) people: Vec<DigestUser>,
    /// The users whose invitation was not delivered.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) undelivered: Vec<DigestUser>,
    /// The users whose invitation has expired.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) expired: Vec<DigestUser>,
    /// The users who were not notified about the access that the recipient gave them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) unnotified: Vec<DigestUser>,
    /// Whether the digest waits for the limit of its recipient. When it leaves, it takes up all that wait.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) is_delayed: bool,
}

impl Digest {
    /// Returns the number of entries.
    pub(crate) const fn len(&self) -> usize {
        self.people.len() + self.undelivered.len() + self.expired.len() + self.unnotified.len()
    }
}

/// A user in a digest. The outbox stores only ids. `services::digest` adds the names when the digest is sent, as far
/// as the recipient may see them then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DigestUser {
    /// The id of the user.
    pub(crate) user: UserId,
    /// The nodes that the user joined or was invited to.
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
    /// The answer of the mail server to an invitation that was not delivered.
    #[serde(skip)]
    pub(crate) reply: Option<String>,
}

impl DigestUser {
    /// Returns a user without names.
    pub(crate) fn new(user: UserId, nodes: Vec<NodeId>) -> Self {
        let (name, email) = (String::new(), String::new());
        Self { user, nodes, name, email, node_names: Vec::new(), reply: None }
    }
}

impl Mail {
    /// The kind of invitations.
    pub(crate) const INVITATION: &'static str = "invitation";
    /// The kind of reminders.
    pub(crate) const REMINDER: &'static str = "reminder";
    /// The kind of notices about given access.
    pub(crate) const ACCESS: &'static str = "access_given";
    /// The kind of digests.
    pub(crate) const DIGEST: &'static str = "new_users";

    /// Whether the mail only notifies, so that the recipient can switch it off.
    pub(crate) const fn is_digest(&self) -> bool {
        matches!(self, Self::Joined { .. } | Self::Digest(_))
    }

    /// Returns the name of the kind. Each kind has its own budget.
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::Invitation { .. } => Self::INVITATION,
            Self::Reminder(_) => Self::REMINDER,
            Self::AccessGiven { .. } | Self::Access(_) => Self::ACCESS,
            Self::Joined { .. } => "joined",
            Self::Digest(_) => Self::DIGEST,
        }
    }
}
