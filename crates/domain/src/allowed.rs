use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{Actor, Denial, NodeSet, Removal, Subject, UserId};

/// What a reader may do with a user of the list: for each action nothing, or why not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Allowed {
    /// Copying a link to the invitation.
    pub copy_link: Option<Denial>,
    /// Mailing the invitation again.
    pub resend: Option<Denial>,
    /// Viewing the studio as the user.
    pub view_as: Option<Denial>,
    /// Removing the user.
    pub remove: Option<Denial>,
}

impl Allowed {
    /// What an actor may do with a user, whose removal was judged and whose nodes that others manage too are known:
    /// of those that they would stop managing, at least.
    pub fn of(
        actor: &Actor<'_>,
        user: UserId,
        subject: &Subject,
        now: DateTime<Utc>,
        removal: &Result<Removal, Denial>,
        managed_by_others: &NodeSet,
    ) -> Self {
        let remove = match removal {
            Ok(removal) => removal.keeps_managers(managed_by_others).err(),
            Err(denial) => Some(*denial),
        };
        Self {
            copy_link: actor.may_copy_link(&subject.pending, now).err(),
            resend: actor.may_send_link(&subject.pending).err(),
            view_as: actor.may_view(user, subject, now).err(),
            remove,
        }
    }
}
