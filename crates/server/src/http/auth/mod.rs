//! Authentication: extractors, and the middleware that protects every request.

mod credentials;
mod extractors;
pub(crate) mod read_only;
pub(crate) mod same_origin;
mod site;

pub(crate) use credentials::{
    COOKIE, bearer_token, cookie, cookie_token, has_bearer, session_cookie, session_token,
};
pub(crate) use extractors::{Id, JsonBody};
pub(crate) use site::Site;
