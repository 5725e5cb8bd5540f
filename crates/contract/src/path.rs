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
/// `GET`: everything about a user. `DELETE`: removes them.
pub const USER: &str = "/api/v1/users/{id}";
/// `GET`: what a user has where. `PATCH`: changes it.
pub const USER_ACCESS: &str = "/api/v1/users/{id}/access";
/// `POST`: undoes a removal.
pub const USER_RESTORE: &str = "/api/v1/users/{id}/restore";
/// `DELETE`: revokes an invitation.
pub const USER_INVITATION: &str = "/api/v1/users/{id}/invitation";
/// `POST`: makes a link to be copied.
pub const USER_INVITATION_LINK: &str = "/api/v1/users/{id}/invitation/link";
/// `POST`: mails the invitation again.
pub const USER_INVITATION_RESEND: &str = "/api/v1/users/{id}/invitation/resend";
/// `GET`: those removed within the last 24 hours.
pub const REMOVED_USERS: &str = "/api/v1/users/removed";
/// `POST`: does the same with many users.
pub const USERS_BULK: &str = "/api/v1/users/bulk";
/// `POST`: invites people.
pub const INVITATIONS: &str = "/api/v1/invitations";
/// `POST`: says what an invitation would do.
pub const INVITATIONS_PREVIEW: &str = "/api/v1/invitations/preview";
/// `POST`: says what a link invites to.
pub const INVITATIONS_INSPECT: &str = "/api/v1/invitations/inspect";
/// `POST`: joins.
pub const INVITATIONS_ACCEPT: &str = "/api/v1/invitations/accept";
/// `POST`: begins to view as somebody.
pub const VIEWS: &str = "/api/v1/views";
/// `GET`: a view that runs. `DELETE`: ends it.
pub const VIEW: &str = "/api/v1/views/{id}";
/// `GET`: what a user did, and what was done to them.
pub const USER_ACTIVITY: &str = "/api/v1/users/{id}/activity";
/// `GET`: what was done by anybody, as far as the reader may see.
pub const AUDIT: &str = "/api/v1/audit";
/// `GET`: the same, whole, as CSV.
pub const AUDIT_CSV: &str = "/api/v1/audit.csv";
/// `GET`: all of them who match, as a table for a spreadsheet.
pub const USERS_CSV: &str = "/api/v1/users.csv";
/// `GET`: what changes, as server-sent events.
pub const EVENTS: &str = "/api/v1/events";
/// `GET`: the people whom a visitor of a demo can be; 404 elsewhere.
pub const DEMO_PEOPLE: &str = "/api/v1/demo/people";
/// `POST`: signs in as one of them.
pub const DEMO_SESSIONS: &str = "/api/v1/demo/sessions";
/// A page, not a call: the mail that a demo would have sent. 404 elsewhere.
pub const DEMO_MAIL: &str = "/demo/mail";
/// `GET`: whether the backend serves.
pub const HEALTH: &str = "/api/v1/healthz";
/// `GET`: this contract as OpenAPI 3.1.
pub const OPENAPI: &str = "/api/v1/openapi.json";

/// What the page asks first, when somebody is signed in: a backend that serves the page can answer along with it, each in
/// a `<script type="application/json" data-answer="…">` with what was asked.
pub const FIRST: [&str; 3] = [SESSION, NODES, "/api/v1/users?sort=-created_at&offset=0&limit=50"];
