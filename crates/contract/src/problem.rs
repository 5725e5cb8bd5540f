use serde::{Deserialize, Serialize};
use studio_users_domain::Denial;

use crate::ViewEnd;

/// The media type of a [`Problem`].
pub const PROBLEM_TYPE: &str = "application/problem+json";

/// An error response: problem details as of [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// The HTTP status code. Example: 403.
    pub status: u16,
    /// The stable code, for programs.
    pub code: Code,
    /// The meaning of the code in English, for people.
    pub title: String,
    /// The explanation of this occurrence in English, for people. Omitted if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The invalid fields. Omitted if there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldProblem>,
    /// The reason why the view ended, for `view_ended`. Omitted if the session never had this view.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<ViewEnd>,
    /// For `rate_limited`, and for `unavailable` if the backend is busy: the number of seconds after which a retry makes sense, as in `Retry-After`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
    /// The id of the request, as in the header `X-Request-Id`. The operator finds the log entries of the request by it.
    /// Omitted if the backend has none, and for `not_found`, `link_invalid` and `view_ended`, which are the same for all causes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

/// An invalid field of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldProblem {
    /// The name of the field, query parameter or header.
    pub field: String,
    /// The explanation in English, for people.
    pub detail: String,
}

/// The stable code of an error.
///
/// | Code | Status | Meaning |
/// |---|---|---|
/// | `unauthenticated` | 401 | The request has no valid session. |
/// | `cross_site` | 403 | The request comes from another site. |
/// | `link_invalid` | 403 | The sign-in or invitation link is unknown, used or expired. |
/// | `sign_in_required` | 403 | The account already exists. A sign-in link was sent to its address. |
/// | `view_is_read_only` | 403 | The request would change something inside a view. |
/// | `view_ended` | 403 | The view has ended. `reason` says why. |
/// | `not_found` | 404 | The resource does not exist or is not visible to the caller. |
/// | `method_not_allowed` | 405 | The path does not support this method. |
/// | `changed_since` | 409 | The access of the user has changed since the removal. |
/// | `not_undoable` | 409 | The job is still running, has changed nothing, or was undone already. |
/// | `total_changed` | 409 | The number of matching users has changed. |
/// | `key_reused` | 409 | The `Idempotency-Key` was already used for a different request. |
/// | `version_mismatch` | 412, 428 | The state has changed since it was loaded, or `If-Match` is missing. |
/// | `too_large` | 413 | The body is larger than 1 MB. |
/// | `invalid` | 422 | The request is not valid. `fields` names the invalid fields. |
/// | `rate_limited` | 429 | There are too many requests. Retry after `Retry-After` seconds. |
/// | `unavailable` | 503 | The backend is temporarily unavailable. Retry later. |
///
/// All other codes are those of `Denial`. `own_removal`, `own_management`, `last_manager`, `no_invitation` and
/// `invitation_expired` have status 409, the others 403. Clients must expect further
/// codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// The request has no valid session.
    Unauthenticated,
    /// The request comes from another site.
    CrossSite,
    /// The resource does not exist or is not visible to the caller.
    NotFound,
    /// The path does not support this method.
    MethodNotAllowed,
    /// The request is not valid.
    Invalid,
    /// The body is larger than 1 MB.
    TooLarge,
    /// The link is unknown, used or expired. The cases are not distinguished, so that the response reveals nothing.
    LinkInvalid,
    /// Too many requests. Retry after the time in the `Retry-After` header.
    RateLimited,
    /// The state has changed since it was loaded, or the `If-Match` header is missing.
    VersionMismatch,
    /// The access of the user has changed since the removal, so it cannot be restored.
    ChangedSince,
    /// The job is still running, has changed nothing, or was undone already.
    NotUndoable,
    /// The number of matching users differs from `expected_total`.
    TotalChanged,
    /// The `Idempotency-Key` was already used for a different request.
    KeyReused,
    /// The account already exists, so the user must sign in first. A sign-in link was sent to its address.
    SignInRequired,
    /// The request would change something inside a view, which is read-only.
    ViewIsReadOnly,
    /// The view has ended. `reason` says why.
    ViewEnded,
    /// The code of [`Denial::InsideView`].
    InsideView,
    /// The code of [`Denial::OwnRemoval`].
    OwnRemoval,
    /// The code of [`Denial::OwnView`].
    OwnView,
    /// The code of [`Denial::NotManaged`].
    NotManaged,
    /// The code of [`Denial::ReachesBeyond`].
    ReachesBeyond,
    /// The code of [`Denial::NeedsAdministrator`].
    NeedsAdministrator,
    /// The code of [`Denial::NotLicensed`].
    NotLicensed,
    /// The code of [`Denial::OutlastsOwn`].
    OutlastsOwn,
    /// The code of [`Denial::AddressUnconfirmed`].
    AddressUnconfirmed,
    /// The code of [`Denial::OwnManagement`].
    OwnManagement,
    /// The code of [`Denial::LastManager`].
    LastManager,
    /// The code of [`Denial::NoInvitation`].
    NoInvitation,
    /// The code of [`Denial::HasJoined`].
    HasJoined,
    /// The code of [`Denial::InvitationExpired`].
    InvitationExpired,
    /// The code of [`Denial::NothingToView`].
    NothingToView,
    /// The code of [`Denial::ViewNeedsAdministrator`].
    ViewNeedsAdministrator,
    /// The backend is temporarily unavailable. Retry later.
    Unavailable,
    /// A code of a newer backend.
    #[serde(other)]
    Unknown,
}

impl Code {
    /// The [`Denial`] with the same code, if there is one.
    pub fn denial(self) -> Option<Denial> {
        Denial::ALL.into_iter().find(|&denial| Self::from(denial) == self)
    }
}

impl From<Denial> for Code {
    fn from(denial: Denial) -> Self {
        match denial {
            Denial::InsideView => Self::InsideView,
            Denial::OwnRemoval => Self::OwnRemoval,
            Denial::OwnView => Self::OwnView,
            Denial::NotManaged => Self::NotManaged,
            Denial::ReachesBeyond => Self::ReachesBeyond,
            Denial::NeedsAdministrator => Self::NeedsAdministrator,
            Denial::NotLicensed => Self::NotLicensed,
            Denial::OutlastsOwn => Self::OutlastsOwn,
            Denial::AddressUnconfirmed => Self::AddressUnconfirmed,
            Denial::OwnManagement => Self::OwnManagement,
            Denial::LastManager => Self::LastManager,
            Denial::NoInvitation => Self::NoInvitation,
            Denial::HasJoined => Self::HasJoined,
            Denial::InvitationExpired => Self::InvitationExpired,
            Denial::NothingToView => Self::NothingToView,
            Denial::ViewNeedsAdministrator => Self::ViewNeedsAdministrator,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_denial_has_the_same_wire_code() {
        for denial in Denial::ALL {
            let code = Code::from(denial);
            assert_eq!(serde_json::to_value(code).unwrap(), denial.code());
            assert_eq!(code.denial(), Some(denial));
        }
        assert_eq!(Code::NotFound.denial(), None);
    }
}
