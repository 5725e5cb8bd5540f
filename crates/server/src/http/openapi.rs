//! The `OpenAPI` 3.1 document of the API, generated from the handlers and the contract's types.

use std::sync::LazyLock;

use axum::body::Bytes;
use axum::http::{Method, header};
use axum::response::IntoResponse;
use studio_users_contract::path;
use utoipa::OpenApi;
use utoipa::openapi::path::Operation;

use super::auth::read_only::ReadOnlyMethods;
use super::handlers::{
    audit, demo, events, health, invitation_preview, invitations, joining, nodes, removal, roles, session,
    sessions, sign_in, user, user_access, users, users_csv, views,
};
use crate::error::AppError;

/// The operations. Those that write have the extension `x-changes`.
#[derive(OpenApi)]
#[openapi(
    info(title = "Studio users", description = "API used by the Studio Users page.", version = "1"),
    paths(
        sign_in::send_link,
        sign_in::sign_in,
        sessions::list,
        sessions::end,
        session::show,
        session::change,
        session::end,
        nodes::list,
        roles::list,
        users::list,
        removal::remove,
        removal::restore,
        removal::list,
        removal::bulk,
        invitations::revoke,
        invitations::copy_link,
        invitations::resend,
        invitations::correct,
        invitations::invite,
        joining::inspect,
        joining::accept,
        views::list_own,
        views::begin,
        views::show,
        views::end,
        audit::of_user,
        audit::list,
        audit::export,
        users_csv::download,
        events::follow,
        user::show,
        user_access::show,
        user_access::change,
        invitation_preview::show,
        demo::people,
        demo::sign_in,
        health::show,
        health::live,
        show,
    )
)]
struct Contract;

/// Returns the document as JSON with a trailing newline.
pub(crate) fn json() -> Result<String, serde_json::Error> {
    Contract::openapi().to_pretty_json().map(|text| text + "\n")
}

/// Returns this document.
#[utoipa::path(
    get, path = path::OPENAPI, operation_id = "openapi", tag = "health",
    responses((status = 200, description = "OpenAPI 3.1.", content_type = "application/json"))
)]
pub(crate) async fn show() -> Result<impl IntoResponse, AppError> {
    let document = DOCUMENT.clone().ok_or(AppError::Unavailable)?;
    Ok(([(header::CONTENT_TYPE, "application/json")], document))
}

/// The document, built once: anyone may request it, as often as they like.
static DOCUMENT: LazyLock<Option<Bytes>> = LazyLock::new(|| json().ok().map(Bytes::from));

/// Returns the methods that only read, by route: those without the extension `x-changes`.
pub(crate) fn read_only_methods() -> ReadOnlyMethods {
    let paths = Contract::openapi().paths.paths.into_iter();
    paths
        .map(|(path, item)| {
            let operations = [
                (Method::GET, item.get),
                (Method::POST, item.post),
                (Method::PUT, item.put),
                (Method::PATCH, item.patch),
                (Method::DELETE, item.delete),
            ];
            let is_write = |operation: &Operation| {
                operation.extensions.as_ref().is_some_and(|extensions| extensions.contains_key("x-changes"))
            };
            let reads = operations
                .into_iter()
                .filter(|(_, operation)| operation.as_ref().is_some_and(|operation| !is_write(operation)));
            (path, reads.map(|(method, _)| method).collect())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;

    use super::*;

    #[tokio::test]
    async fn builds_the_document_once() {
        let mut bodies = Vec::new();
        for _ in 0..2 {
            let response = show().await.unwrap().into_response();
            bodies.push(to_bytes(response.into_body(), usize::MAX).await.unwrap());
        }
        // Both bodies are the same memory.
        assert_eq!(bodies[0].as_ptr(), bodies[1].as_ptr());
        assert_eq!(bodies[0], json().unwrap());
    }
}
