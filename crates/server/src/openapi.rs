//! The contract as `OpenAPI` 3.1, written from the types.

use std::collections::HashMap;

use axum::http::Method;
use utoipa::OpenApi;
use utoipa::openapi::path::Operation;

use crate::routes::{
    audit, demo, events, health, invitation_preview, invitations, joining, nodes, removal, roles, session,
    sessions, sign_in, user, user_access, users, users_csv, views,
};

/// The calls. Those that change something are marked `x-changes`.
#[derive(OpenApi)]
#[openapi(
    info(title = "Studio users", description = "What the page asks of a JSON backend.", version = "1"),
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
        invitations::invite,
        joining::inspect,
        joining::accept,
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
        health::openapi,
    )
)]
struct Contract;

/// The document, with a line end.
pub(crate) fn json() -> Result<String, serde_json::Error> {
    Contract::openapi().to_pretty_json().map(|text| text + "\n")
}

/// The methods of each path that change nothing.
pub(crate) type Reading = HashMap<String, Vec<Method>>;

/// The calls that change nothing: those that are not marked.
pub(crate) fn reading() -> Reading {
    let paths = Contract::openapi().paths.paths.into_iter();
    paths
        .map(|(path, item)| {
            let calls = [
                (Method::GET, item.get),
                (Method::POST, item.post),
                (Method::PUT, item.put),
                (Method::PATCH, item.patch),
                (Method::DELETE, item.delete),
            ];
            let changes = |call: &Operation| {
                call.extensions.as_ref().is_some_and(|marks| marks.contains_key("x-changes"))
            };
            let reading =
                calls.into_iter().filter(|(_, call)| call.as_ref().is_some_and(|call| !changes(call)));
            (path, reading.map(|(method, _)| method).collect())
        })
        .collect()
}
