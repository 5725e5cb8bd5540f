//! The wire contract, version 1: the types that a JSON backend takes and answers, its paths and its codes.
//!
//! These types are the single source: the backend writes `openapi.json` from them, and the page is compiled
//! against them. Requests refuse unknown fields; answers may gain fields, which readers ignore. Times are
//! RFC 3339 in UTC, ids UUIDs.

pub mod path;

mod event;
mod node;
mod problem;
mod session;
mod user;

pub use event::{EventKind, UserChanged};
pub use node::{NodeView, RoleView};
pub use problem::{Code, FieldProblem, PROBLEM_TYPE, Problem};
pub use session::{
    DemoPerson, DemoSignIn, MAX_NAME_CHARS, NewSession, OwnSession, ProfileChange, Session, SessionNode,
    SessionUser, SignInLinkRequest, StartedSession, ViewInfo,
};
pub use user::{
    InvitationSummary, InvitedBy, MAX_LIMIT, MAX_SEARCH_CHARS, NodeName, RowEnvironments, Sort, SortKey,
    Total, UserPage, UserRow, UsersQuery,
};
