//! The URL paths of the API, with their methods.

/// `POST`: sends a sign-in link by e-mail if the account exists.
pub const SIGN_IN_LINKS: &str = "/api/v1/sign-in-links";
/// `POST`: signs in with the token of a link. `GET`: lists the caller's sessions.
pub const SESSIONS: &str = "/api/v1/sessions";
/// `DELETE`: ends one of the caller's sessions.
pub const SESSION_BY_ID: &str = "/api/v1/sessions/{id}";
/// `GET`: returns the signed-in user. `PATCH`: changes their name or language. `DELETE`: signs out.
pub const SESSION: &str = "/api/v1/session";
/// An HTML page, not an API call: switches the digests of the recipient off. The link is in each digest.
pub const UNSUBSCRIBE: &str = "/unsubscribe/{token}";
/// `GET`: lists the views in which other people saw the studio as the caller.
pub const SESSION_VIEWS: &str = "/api/v1/session/views";
/// `GET`: lists the nodes that are visible to the caller.
pub const NODES: &str = "/api/v1/nodes";
/// `GET`: lists the roles with their capabilities.
pub const ROLES: &str = "/api/v1/roles";
/// `GET`: lists the users who are visible to the caller, in pages.
pub const USERS: &str = "/api/v1/users";
/// `GET`: returns the details of a user. `DELETE`: removes the user.
pub const USER: &str = "/api/v1/users/{id}";
/// `GET`: returns the position of a user in the list of users.
pub const USER_POSITION: &str = "/api/v1/users/{id}/position";
/// `GET`: returns the access of a user. `PATCH`: changes it.
pub const USER_ACCESS: &str = "/api/v1/users/{id}/access";
/// `POST`: restores a removed user.
pub const USER_RESTORE: &str = "/api/v1/users/{id}/restore";
/// `DELETE`: revokes the user's invitation.
pub const USER_INVITATION: &str = "/api/v1/users/{id}/invitation";
/// `POST`: creates an invitation link to copy.
pub const USER_INVITATION_LINK: &str = "/api/v1/users/{id}/invitation/link";
/// `POST`: sends the invitation again by e-mail.
pub const USER_INVITATION_RESEND: &str = "/api/v1/users/{id}/invitation/resend";
/// `POST`: corrects the e-mail address of an invited user.
pub const USER_INVITATION_CORRECT: &str = "/api/v1/users/{id}/invitation/correct";
/// `GET`: lists the users removed in the last 24 hours.
pub const REMOVED_USERS: &str = "/api/v1/users/removed";
/// `POST`: starts a job that performs one action on many users.
pub const USERS_BULK: &str = "/api/v1/users/bulk";
/// `GET`: lists the caller's jobs of the last 24 hours.
pub const JOBS: &str = "/api/v1/jobs";
/// `GET`: returns one of the caller's jobs.
pub const JOB: &str = "/api/v1/jobs/{id}";
/// `POST`: stops a job.
pub const JOB_STOP: &str = "/api/v1/jobs/{id}/stop";
/// `POST`: starts a job that undoes an ended job.
pub const JOB_UNDO: &str = "/api/v1/jobs/{id}/undo";
/// `POST`: invites users.
pub const INVITATIONS: &str = "/api/v1/invitations";
/// `POST`: returns the effect of an invitation without sending it.
pub const INVITATIONS_PREVIEW: &str = "/api/v1/invitations/preview";
/// `POST`: returns the details of the invitation behind a link.
pub const INVITATIONS_INSPECT: &str = "/api/v1/invitations/inspect";
/// `POST`: accepts an invitation and signs in.
pub const INVITATIONS_ACCEPT: &str = "/api/v1/invitations/accept";
/// `GET`: lists the e-mails that did not arrive. For administrators.
pub const UNDELIVERED_MAIL: &str = "/api/v1/undelivered-mail";
/// `POST`: starts a view as another user.
pub const VIEWS: &str = "/api/v1/views";
/// `GET`: returns an active view. `DELETE`: ends it.
pub const VIEW: &str = "/api/v1/views/{id}";
/// `GET`: lists the audit log entries about a user, as actor or target.
pub const USER_ACTIVITY: &str = "/api/v1/users/{id}/activity";
/// `GET`: lists the audit log entries that are visible to the caller.
pub const AUDIT: &str = "/api/v1/audit";
/// `GET`: exports all visible audit log entries as CSV.
pub const AUDIT_CSV: &str = "/api/v1/audit.csv";
/// `GET`: exports all matching users as CSV.
pub const USERS_CSV: &str = "/api/v1/users.csv";
/// `GET`: streams changes as server-sent events.
pub const EVENTS: &str = "/api/v1/events";
/// `GET`: lists the users that a visitor can try the demo as. Responds 404 outside of a demo.
pub const DEMO_PEOPLE: &str = "/api/v1/demo/people";
/// `POST`: signs in as one of the demo users.
pub const DEMO_SESSIONS: &str = "/api/v1/demo/sessions";
/// An HTML page, not an API call: the e-mails of the demo. Responds 404 outside of a demo.
pub const DEMO_MAIL: &str = "/demo/mail";
/// `GET`: the readiness check. Responds 503 while the server cannot read and write its data.
pub const HEALTH: &str = "/api/v1/healthz";
/// `GET`: the liveness check. Responds as long as the process is alive.
pub const LIVENESS: &str = "/api/v1/livez";
/// `GET`: this contract as an OpenAPI 3.1 document.
pub const OPENAPI: &str = "/api/v1/openapi.json";

/// The requests that the page makes first for a signed-in user, to be prefetched by the backend.
///
/// A backend that serves the page can embed the responses in it: each as a
/// `<script type="application/json" data-answer="…">` whose attribute is the requested URL.
pub const INITIAL_REQUESTS: [&str; 3] = [SESSION, NODES, "/api/v1/users?sort=-created_at&offset=0&limit=50"];
