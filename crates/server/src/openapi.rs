//! The contract as `OpenAPI` 3.1, written from the types.

use utoipa::OpenApi;

use crate::routes::{
    demo, health, invitation_preview, nodes, roles, session, sign_in, user, user_access, users,
};

/// The calls. Those that change something are marked `x-changes`.
#[derive(OpenApi)]
#[openapi(
    info(title = "Studio users", description = "What the page asks of a JSON backend.", version = "1"),
    paths(
        sign_in::send_link,
        sign_in::sign_in,
        session::show,
        session::end,
        nodes::list,
        roles::list,
        users::list,
        user::show,
        user_access::show,
        invitation_preview::show,
        demo::people,
        demo::sign_in,
        health::show,
        health::openapi,
    )
)]
struct Contract;

/// The document, with a line end.
pub(crate) fn json() -> Result<String, serde_json::Error> {
    Contract::openapi().to_pretty_json().map(|text| text + "\n")
}
