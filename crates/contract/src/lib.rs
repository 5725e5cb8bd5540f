//! The API contract, version 1: the request and response types of a JSON backend, its paths and its error codes.
//!
//! These types are the single source: the backend generates `openapi.json` from them, and the page is compiled
//! against them. Requests with unknown fields are rejected. Responses may gain fields, so clients must ignore unknown
//! ones. Times are [RFC 3339](https://www.rfc-editor.org/rfc/rfc3339) timestamps in UTC, and ids are UUIDs.
//!
//! *The caller* is the signed-in user who makes the request. Inside a view, responses show what the viewed user sees;
//! see [`StudioView`].

pub mod path;

mod access;
mod audit;
mod delivery;
mod device;
mod event;
mod invitation;
mod job;
mod mail;
mod node;
mod problem;
mod removal;
mod roles;
mod session;
mod user;
mod users_query;
mod view;

pub use access::{
    AccessChange, AccessChanges, AccessNode, AccessWarning, MAX_CHANGES, Provenance, ProvenanceKind,
    UserAccess, WarningCode,
};
pub use audit::{
    ADDRESS_VERIFIED, Action, ActivityQuery, ActorKind, AuditDetails, AuditEntry, AuditPage, AuditPerson,
    AuditQuery, ERASED, ExportFilters, GRANT_NOT_ALLOWED, NodeMove,
};
pub use delivery::{DeliveryState, MailDelivery};
pub use device::{device_name, device_parts};
pub use event::{EventKind, UserChanged};
pub use invitation::{
    AcceptInvitation, AddressCorrection, AddressKind, AddressPreview, CorrectedInvitation, FailedAddress,
    Grant, GrantDetails, InspectInvitation, InvitationDetails, InvitationDraft, InvitationLink,
    InvitationPreview, InvitationResult, MAX_ADDRESSES, MAX_GRANTS, MAX_MESSAGE_CHARS, NewInvitation,
    NodePreview,
};
pub use job::{Job, JobAction, JobChanged, JobProgress, JobState, JobStopReason};
pub use mail::{MailKind, UndeliveredMail, UndeliveredMails};
pub use node::{NodeView, RoleView};
pub use problem::{Code, FieldProblem, PROBLEM_TYPE, Problem};
pub use removal::{
    BulkAction, BulkIds, BulkMatching, BulkRefusal, BulkRequest, BulkSelection, MAX_BULK, MAX_REFUSALS,
    RESTORABLE_HOURS, RemovedUser,
};
pub use roles::MAX_ROLES;
pub use session::{
    DemoPerson, DemoSignIn, NewSession, OwnSession, ProfileChange, Session, SessionNode, SessionUser,
    SignInLinkRequest, StartedSession,
};
pub use user::{
    InvitationSummary, NodeName, RowEnvironments, Sort, SortKey, Total, UserDetails, UserInvitation,
    UserPage, UserPosition, UserRef, UserRow,
};
pub use users_query::{
    InvalidParameter, MAX_LIMIT, MAX_NODES, MAX_SEARCH_CHARS, MAX_STATUSES, QueryError, UserFilters,
    UsersQuery,
};
pub use view::{NewView, OwnView, OwnViews, StudioView, VIEW_HEADER, ViewEnd, ViewNode, ViewedUser};
