//! Short words about what happened, that float above the page for a while.

mod region;

pub use region::NoticeRegion;
