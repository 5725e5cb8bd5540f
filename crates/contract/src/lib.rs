//! The wire contract, version 1: the types that a JSON backend takes and answers, its paths and its codes.
//!
//! These types are the single source: the backend writes `openapi.json` from them, and the page is compiled
//! against them. Requests refuse unknown fields; answers may gain fields, which readers ignore. Times are
//! RFC 3339 in UTC, ids UUIDs.

pub mod path;

mod access;
mod audit;
mod event;
mod invitation;
mod node;
mod problem;
mod removal;
mod session;
mod user;
mod view;

pub use access::{
    AccessChange, AccessChanges, AccessNode, AccessWarning, Provenance, ProvenanceKind, UserAccess,
    WarningCode,
};
pub use audit::{
    Action, ActivityQuery, AuditDetails, AuditEntry, AuditPage, AuditPerson, AuditQuery, Exported,
};
pub use event::{EventKind, UserChanged};
pub use invitation::{
    AcceptInvitation, AddressKind, AddressPreview, FailedAddress, Grant, InspectInvitation, InvitationDraft,
    InvitationLink, InvitationPreview, InvitationResult, MAX_ADDRESSES, MAX_MESSAGE_CHARS, NewInvitation,
    NodePreview, OpenGrant, OpenInvitation,
};
pub use node::{NodeView, RoleView};
pub use problem::{Code, FieldProblem, PROBLEM_TYPE, Problem};
pub use removal::{
    BulkAction, BulkFilters, BulkIds, BulkMatching, BulkRefusal, BulkRequest, BulkResult, BulkSelection,
    MAX_BULK, MAX_REFUSALS, RESTORABLE_HOURS, RemovedUser,
};
pub use session::{
    DemoPerson, DemoSignIn, MAX_NAME_CHARS, NewSession, OwnSession, ProfileChange, Session, SessionNode,
    SessionUser, SignInLinkRequest, StartedSession,
};
pub use user::{
    InvitationSummary, InvitedBy, MAX_LIMIT, MAX_NODES, MAX_SEARCH_CHARS, NodeName, RowEnvironments, Sort,
    SortKey, Total, UserDetails, UserInvitation, UserPage, UserRow, UsersQuery,
};
pub use view::{NewView, StudioView, VIEW_HEADER, ViewEnd, ViewNode, ViewedUser};
