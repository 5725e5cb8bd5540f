use serde::{Deserialize, Serialize};
use studio_users_domain::Denial;

use crate::ViewEnd;

/// The media type of a [`Problem`].
pub const PROBLEM_TYPE: &str = "application/problem+json";

/// Why a call was refused (RFC 9457).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// The HTTP status, repeated.
    pub status: u16,
    /// A stable code, for programs.
    pub code: Code,
    /// What the code means, for people.
    pub title: String,
    /// What is the matter this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The fields at fault, if any are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldProblem>,
    /// With [`Code::ViewEnded`], why it ended; none where there is no such view of this session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<ViewEnd>,
}

/// What is wrong with one field of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldProblem {
    /// The field's name.
    pub field: String,
    /// What is wrong with it.
    pub detail: String,
}

/// The stable codes of refusals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// Nobody is signed in.
    Unauthenticated,
    /// The request came from another site.
    CrossSite,
    /// It does not exist, or is not visible to the reader.
    NotFound,
    /// The path exists, and does not take this method.
    MethodNotAllowed,
    /// The request does not make sense.
    Invalid,
    /// The body is larger than 1 MB.
    TooLarge,
    /// A sign-in link that is unknown, used or expired: never told apart.
    LinkInvalid,
    /// Too many of the same; later it is fine.
    RateLimited,
    /// What was changed had been changed by somebody else meanwhile, or it was not said which state was meant.
    VersionMismatch,
    /// What is to be restored was touched since.
    ChangedSince,
    /// There are more or fewer users than the caller saw.
    TotalChanged,
    /// The same `Idempotency-Key` came with another request.
    KeyReused,
    /// The account exists already: signing in to it comes first. A link for that was mailed.
    SignInRequired,
    /// Inside a view nothing can be changed.
    ViewIsReadOnly,
    /// The view has ended; `reason` says why.
    ViewEnded,
    /// [`Denial::InsideView`].
    InsideView,
    /// [`Denial::OwnRemoval`].
    OwnRemoval,
    /// [`Denial::OwnView`].
    OwnView,
    /// [`Denial::NotManaged`].
    NotManaged,
    /// [`Denial::ReachesBeyond`].
    ReachesBeyond,
    /// [`Denial::NeedsAdministrator`].
    NeedsAdministrator,
    /// [`Denial::NotLicensed`].
    NotLicensed,
    /// [`Denial::OwnManagement`].
    OwnManagement,
    /// [`Denial::LastManager`].
    LastManager,
    /// [`Denial::NoInvitation`].
    NoInvitation,
    /// [`Denial::InvitationExpired`].
    InvitationExpired,
    /// [`Denial::NothingToView`].
    NothingToView,
    /// [`Denial::ViewNeedsAdministrator`].
    ViewNeedsAdministrator,
    /// The backend cannot serve at the moment; later it may.
    Unavailable,
    /// A code of a newer backend.
    #[serde(other)]
    Unknown,
}

impl Code {
    /// The domain's reason that the code stands for, if it stands for one.
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
            Denial::OwnManagement => Self::OwnManagement,
            Denial::LastManager => Self::LastManager,
            Denial::NoInvitation => Self::NoInvitation,
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
    fn every_denial_has_its_code_on_the_wire() {
        for denial in Denial::ALL {
            let code = Code::from(denial);
            assert_eq!(serde_json::to_value(code).unwrap(), denial.code());
            assert_eq!(code.denial(), Some(denial));
        }
        assert_eq!(Code::NotFound.denial(), None);
    }
}
