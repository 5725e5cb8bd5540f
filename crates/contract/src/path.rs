//! The paths of the calls.

/// `POST`: mails a sign-in link if the account exists.
pub const SIGN_IN_LINKS: &str = "/api/v1/sign-in-links";
/// `POST`: signs in with the token of a link.
pub const SESSIONS: &str = "/api/v1/sessions";
/// `GET`: who is signed in. `DELETE`: signs out.
pub const SESSION: &str = "/api/v1/session";
/// `GET`: the part of the organisation that the reader may see.
pub const NODES: &str = "/api/v1/nodes";
/// `GET`: the roles and what they allow.
pub const ROLES: &str = "/api/v1/roles";
/// `GET`: the users whom the reader may see.
pub const USERS: &str = "/api/v1/users";
/// `GET`: what a user did, and what was done to them.
pub const USER_ACTIVITY: &str = "/api/v1/users/{id}/activity";
/// `GET`: what was done by anybody, as far as the reader may see.
pub const AUDIT: &str = "/api/v1/audit";
/// `GET`: the same, whole, as CSV.
pub const AUDIT_CSV: &str = "/api/v1/audit.csv";
/// `GET`: the people whom a visitor of a demo can be; 404 elsewhere.
pub const DEMO_PEOPLE: &str = "/api/v1/demo/people";
/// `POST`: signs in as one of them.
pub const DEMO_SESSIONS: &str = "/api/v1/demo/sessions";
/// `GET`: whether the backend serves.
pub const HEALTH: &str = "/api/v1/healthz";
/// `GET`: this contract as OpenAPI 3.1.
pub const OPENAPI: &str = "/api/v1/openapi.json";
