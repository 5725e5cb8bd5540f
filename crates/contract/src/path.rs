//! The paths of the calls.

/// `POST`: mails a sign-in link if the account exists.
pub const SIGN_IN_LINKS: &str = "/api/v1/sign-in-links";
/// `POST`: signs in with the token of a link. `GET`: one's own sessions.
pub const SESSIONS: &str = "/api/v1/sessions";
/// `DELETE`: ends one of one's own sessions.
pub const SESSION_BY_ID: &str = "/api/v1/sessions/{id}";
/// `GET`: who is signed in. `PATCH`: changes one's name and language. `DELETE`: signs out.
pub const SESSION: &str = "/api/v1/session";
/// `GET`: the part of the organisation that the reader may see.
pub const NODES: &str = "/api/v1/nodes";
/// `GET`: the roles and what they allow.
pub const ROLES: &str = "/api/v1/roles";
/// `GET`: the users whom the reader may see.
pub const USERS: &str = "/api/v1/users";
/// `GET`: all of them who match, as a table for a spreadsheet.
pub const USERS_CSV: &str = "/api/v1/users.csv";
/// `GET`: what changes, as server-sent events.
pub const EVENTS: &str = "/api/v1/events";
/// `GET`: the people whom a visitor of a demo can be; 404 elsewhere.
pub const DEMO_PEOPLE: &str = "/api/v1/demo/people";
/// `POST`: signs in as one of them.
pub const DEMO_SESSIONS: &str = "/api/v1/demo/sessions";
/// `GET`: whether the backend serves.
pub const HEALTH: &str = "/api/v1/healthz";
/// `GET`: this contract as OpenAPI 3.1.
pub const OPENAPI: &str = "/api/v1/openapi.json";
