use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{Actor, Denial, NodesOverTime, Removal, TargetUser, UserId};

/// The actions that the caller may perform on a user. Each field is null if the action is allowed, or else the
/// reason why it is not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Allowed {
    /// Copying an invitation link: `POST /users/{id}/invitation/link`.
    pub copy_link: Option<Denial>,
    /// Sending the invitation again by e-mail: `POST /users/{id}/invitation/resend`.
    pub resend: Option<Denial>,
    /// Viewing the studio as the user (impersonation): `POST /views`.
    pub view_as: Option<Denial>,
    /// Removing the user: `DELETE /users/{id}`.
    pub remove: Option<Denial>,
    /// Correcting the address of the invitation: `POST /users/{id}/invitation/correct`.
    #[serde(default)]
    pub correct: Option<Denial>,
    /// Giving the user more roles: `PATCH /users/{id}/access`. Only says whether the e-mail address prevents it;
    /// each change has rules of its own.
    #[serde(default)]
    pub give_roles: Option<Denial>,
}

impl Allowed {
    /// Checks every action of an actor on a user.
    ///
    /// `removal` is the result of [`Actor::may_remove`]. `managed_by_others` holds the nodes that other joined users
    /// manage. It must be complete for the nodes that the user would stop managing.
    pub fn of(
        actor: &Actor<'_>,
        user: UserId,
        target: &TargetUser,
        now: DateTime<Utc>,
        removal: &Result<Removal, Denial>,
        managed_by_others: impl Into<NodesOverTime>,
    ) -> Self {
        let remove = match removal {
            Ok(removal) => removal.keeps_managers(managed_by_others).err(),
            Err(denial) => Some(*denial),
        };
        Self {
            copy_link: actor.may_copy_link(target, now).err(),
            resend: actor.may_send_link(target, now).err(),
            view_as: actor.may_impersonate(user, target, now).err(),
            remove,
            correct: actor.may_correct(target, &[]).err(),
            give_roles: actor.may_give_roles(target).err(),
        }
    }
}
