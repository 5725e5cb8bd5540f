//! The rules of the product: who has access where, where it comes from, who manages whom.
//!
//! The crate is pure: no clock, no random numbers, no I/O, no browser. The page and the backend both
//! compile it, so that they always agree; what depends on the time takes it as an argument. Where the
//! studio manual is silent or speaks twice, the choice made is marked **(choice)** where it is made.

mod ability;
mod access;
mod actor;
mod allowed;
mod assignment;
mod change;
mod denial;
mod effect;
mod id;
mod invitation;
mod language;
mod licence;
mod notification;
mod overview;
mod removal;
mod role;
mod scope;
mod section;
mod tree;
mod view;

pub use ability::abilities;
pub use access::{Access, NodeAccess, Provenance};
pub use actor::{Actor, Removal, Subject};
pub use allowed::Allowed;
pub use assignment::{Assignments, PendingGrant};
pub use change::Change;
pub use denial::Denial;
pub use effect::Effect;
pub use id::{NodeId, UserId};
pub use invitation::{DEFAULT_INVITATION_DAYS, INVITATION_DAYS, granted, lacks_manager, promised};
pub use language::Language;
pub use licence::licensed_roles;
pub use notification::{Notified, NotifiedReason, assigned_here};
pub use overview::{Overview, RowRole, Status};
pub use removal::{Taken, is_without_access, removed};
pub use role::{Capability, CapabilitySet, Role, RoleFamily, RoleSet, capabilities_of};
pub use scope::{NodeSet, Scope, ScopePart};
pub use section::Section;
pub use tree::{Node, NodeKind, Tree, TreeError};
pub use view::{MAX_VIEW_REASON_CHARS, VIEW_LASTS, View};
