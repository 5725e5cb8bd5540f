//! What several parts of the page need to know: where in it the reader is, who they are, how they like it, what is
//! asked for, what changed and what is told.

mod asks;
mod changes;
mod claim;
mod explain;
mod links;
pub mod live;
mod lock;
mod navigation;
mod notices;
mod place;
mod preferences;
mod results;
mod session;
mod sign_in;
mod standing;
mod storage;
mod viewing;

pub use asks::{Ask, Asks, use_asks};
pub use changes::{Change, Changes, use_changes};
pub use explain::{OFFLINE_ID, denial_id, explain, explain_code};
pub use links::{LinkCopy, Links, use_links};
pub use live::{Link, Live};
pub use lock::Lock;
pub use navigation::{History, Hold, Navigation};
pub use notices::{Notice, NoticeAction, Notices, Tone, use_notices};
pub use place::{ActiveWithin, Filters, OpenUser, Place, Tab, UsersPlace};
pub use preferences::{Preferences, Theme};
pub use results::{Results, Then, use_results};
pub use session::{Identity, Reader, SessionEnded, use_reader};
pub use sign_in::{Found, Known, SignIn};
pub use standing::Standing;
pub use storage::{keep, keep_in_tab, kept, kept_in_tab};
pub use viewing::{EndedView, Origin, RunningView, ViewChange, Viewing, use_viewing};
