//! The rules of the product: roles, inheritance, visibility and permissions, and what is a valid address or name.
//!
//! The crate is pure: it uses no clock, no random numbers, no I/O and no browser API. Functions that depend on
//! the time take it as an argument. The page and the backend compile the same code, so their decisions always
//! agree.
//!
//! **(choice)** marks a decision that the studio manual leaves open or contradicts itself on.
//!
//! An *actor* makes a request about a *target user*. A *node* is the provider, an agency or an environment. A
//! *position* is the index of a node in the preorder of its [`Tree`].

mod access;
mod access_diff;
mod access_status;
mod actor;
mod allowed;
mod assignments;
mod capability_labels;
mod change;
mod denial;
mod effect;
mod email;
mod entry;
mod held_access;
mod held_edits;
mod id;
mod invitation;
mod language;
mod licence;
mod node_set;
mod nodes_over_time;
mod notification;
mod overview;
mod part_overview;
mod pause;
mod removal;
mod role;
mod scope;
mod section;
mod status;
mod target_user;
mod text;
mod timeline;
mod tree;
mod view;
mod void_grants;
mod warning;

pub use access::{Access, NodeAccess, Provenance};
pub use access_diff::AccessDiff;
pub use access_status::AccessStatus;
pub use actor::{Actor, Correction, NewPause, Pausing, Removal, Resumption, Undo};
pub use allowed::Allowed;
pub use assignments::Assignments;
pub use capability_labels::capability_labels;
pub use change::Change;
pub use denial::Denial;
pub use effect::Effect;
pub use email::{AddressError, EmailAddress, Unicode};
pub use entry::{Author, ENDED_ACCESS_VISIBLE, Entries, Entry, MAX_ACCESS_DURATION, is_valid_until};
pub use held_access::HeldAccess;
pub use id::{NodeId, UserId};
pub use invitation::{
    DEFAULT_INVITATION_DAYS, INVITATION_DAYS, REMINDER_LEAD, lacks_manager, pending_assignments,
    pending_entries, reminder_at, unmailed_reminder_at, with_grants,
};
pub use language::Language;
pub use licence::licensed_roles;
pub use node_set::NodeSet;
pub use nodes_over_time::NodesOverTime;
pub use notification::{Notified, NotifiedReason, assign_here_roles};
pub use overview::{Overview, RowRole, is_joined_within};
pub use part_overview::{PartOverview, PartOverviews};
pub use pause::{MAX_PAUSE_REASON_CHARS, Pause};
pub use removal::{AssignmentDiff, is_without_access, keeps_trace};
pub use role::{Capability, CapabilitySet, Role, RoleFamily, RoleSet, capabilities_of};
pub use scope::{Scope, ScopePart};
pub use section::Section;
pub use status::Status;
pub use target_user::{PendingGrant, TargetUser};
pub use text::{
    MAX_NAME_CHARS, NameError, clean_name, clean_text, has_visible, is_bidi_control, is_invisible,
};
pub use tree::{Node, NodeKind, Tree, TreeError};
pub use view::{MAX_VIEW_DURATION, MAX_VIEW_REASON_CHARS, View};
pub use void_grants::{blocked_grants, void_grants};
pub use warning::Warning;
