//! State shared by several parts of the page: the route, the current user, preferences, dialog requests, changes of
//! data, the event stream and notices.

mod changes;
mod device;
mod dialogs;
pub mod event_stream;
mod explain;
mod fetched;
mod filters;
mod impersonation;
mod invitation_links;
mod jobs;
mod list_navigation;
mod lock;
mod navigation;
mod node_index;
mod notices;
mod permissions;
mod preferences;
#[cfg(not(target_family = "wasm"))]
mod recorded_navigation;
mod route;
mod scroll_memory;
mod session;
mod session_store;
mod storage;
mod tab_lock;

pub use changes::{Change, Changes, use_changes};
pub use device::device_label;
pub use dialogs::{DialogRequest, Dialogs, use_dialogs};
pub use event_stream::{Connection, EventStream};
pub use explain::{OFFLINE_ID, denial_id, explain, explain_code};
pub use fetched::Fetched;
pub use filters::{ActiveWithin, Filters, List};
pub use impersonation::{ActiveView, EndedView, Impersonation, ReturnFocus, ViewChange, use_impersonation};
pub use invitation_links::{InvitationLinks, LinkCopy, use_invitation_links};
pub use jobs::{Jobs, job_progress, use_jobs};
pub use list_navigation::{ListNavigation, use_list_navigation};
pub use lock::Lock;
pub use navigation::{Blocker, History, Navigation};
pub use notices::{Notice, NoticeAction, Notices, Tone, use_notices};
pub use permissions::PermissionContext;
pub use preferences::{Preferences, Theme};
#[cfg(not(target_family = "wasm"))]
pub use recorded_navigation::url_after;
pub use route::{OpenUser, Route, Tab, UsersRoute};
pub use scroll_memory::{ScrollMemory, ScrollPosition};
pub use session::{CurrentUser, Identity, SessionRenewal, use_current_user};
pub use session_store::{SessionCheck, SessionStatus, SessionStore};
pub use storage::{get_local_item, get_session_item, set_local_item, set_session_item};
