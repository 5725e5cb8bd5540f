//! Notices: toasts that float above the page and close after some seconds.

mod region;

pub use region::NoticeRegion;
