use serde::{Deserialize, Serialize};

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
    /// The backend cannot serve at the moment; later it may.
    Unavailable,
    /// A code of a newer backend.
    #[serde(other)]
    Unknown,
}
