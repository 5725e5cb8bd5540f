use chrono::{DateTime, Utc};

use super::Actor;
use crate::{AccessDiff, Author, Change, HeldAccess, TargetUser};

/// The undo of a change of a user's access.
#[derive(Debug, Clone)]
pub struct Undo {
    /// The access that the user holds afterwards.
    pub restored: HeldAccess,
    /// The change of the user's access. Check it with [`Actor::may_assign`].
    pub change: Change,
}

impl Actor<'_> {
    /// Computes the undo of a removal or a pause. Returns `None` if anybody has changed any of that access since.
    ///
    /// `by` is the author of the change. Undoing one's own is checked for the present only, if the user then holds
    /// exactly what they held before. **(choice)** If anything else has changed since, it is checked over time like any
    /// other change: the user may inherit more than before.
    pub fn undo(
        &self,
        target: &TargetUser,
        diff: &AccessDiff,
        by: Author,
        now: DateTime<Utc>,
    ) -> Option<Undo> {
        let restored = diff.revert(&target.held, now)?;
        let change = Change::of_user(self.tree, target, &restored);
        // Only the end of a pause: a held role is kept.
        let change = if diff.entries.is_empty() { change.resuming() } else { change };
        let is_former = restored.entries() == diff.former.later(now).entries();
        let is_own = by == Author::User(self.id);
        let change = if is_own && is_former { change.undoing_own() } else { change };
        Some(Undo { restored, change })
    }
}
