//! The `OpenAPI` 3.1 document of the API, generated from the handlers and the contract's types.

use std::sync::LazyLock;

use axum::body::Bytes;
use axum::http::{Method, header};
use axum::response::IntoResponse;
use studio_users_contract::{JobChanged, path};
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{Modify, OpenApi};

use super::auth::COOKIE;
use super::auth::read_only::ReadOnlyMethods;
use super::handlers::{
    audit, demo, events, health, invitation_preview, invitations, jobs, joining, nodes, removal, roles,
    session, sessions, sign_in, undelivered_mail, user, user_access, user_position, users, users_csv, views,
};
use crate::error::AppError;

/// The operations. Those that write have the extension `x-changes`.
#[derive(OpenApi)]
#[openapi(
    info(title = "Studio users", description = "API used by the Studio Users page.", version = "1"),
    modifiers(&SecuritySchemes, &SentValues, &OperationIds),
    security(("cookie" = []), ("bearer" = [])),
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
        jobs::start,
        jobs::list,
        jobs::show,
        jobs::stop,
        jobs::undo,
        invitations::revoke,
        invitations::copy_link,
        invitations::resend,
        invitations::correct,
        invitations::invite,
        joining::inspect,
        joining::accept,
        undelivered_mail::list,
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
        user_position::show,
        user_access::show,
        user_access::change,
        invitation_preview::show,
        demo::people,
        demo::sign_in,
        health::show,
        health::show_alive,
        show,
    ),
    components(schemas(JobChanged))
)]
struct Contract;

/// Adds the two ways to send a session. Operations without either have `security(())`.
struct SecuritySchemes;

impl Modify for SecuritySchemes {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let description = "The cookie of the session. Over HTTPS, its name has the prefix `__Host-`.";
        let cookie = ApiKey::Cookie(ApiKeyValue::with_description(COOKIE, description));
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("The token of a session that was started with `bearer`."))
            .build();
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("cookie", SecurityScheme::ApiKey(cookie));
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    }
}

/// Removes the value `unknown` from enumerations. It stands for values of a newer backend, and is neither sent nor
/// accepted.
struct SentValues;

impl Modify for SentValues {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        for schema in document.components.iter_mut().flat_map(|components| components.schemas.values_mut()) {
            if let RefOr::T(Schema::Object(object)) = schema
                && let Some(values) = &mut object.enum_values
            {
                values.retain(|value| value != "unknown");
            }
        }
    }
}

/// Returns the document as JSON with a trailing newline.
pub(crate) fn json() -> Result<String, serde_json::Error> {
    Contract::openapi().to_pretty_json().map(|text| text + "\n")
}

/// Returns this document.
#[utoipa::path(
    get, path = path::OPENAPI, security(()), tag = "health",
    responses((status = 200, description = "OpenAPI 3.1.", content_type = "application/json"))
)]
pub(crate) async fn show() -> Result<impl IntoResponse, AppError> {
    let document = DOCUMENT.clone().ok_or_else(|| AppError::missing("the OpenAPI document"))?;
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

/// Names operations by method and path, such as `get_users_id_access`, because each id must be unique in the document.
struct OperationIds;

impl Modify for OperationIds {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        for (path, item) in &mut document.paths.paths {
            let words = path.split(['/', '-', '.']).map(|word| word.trim_matches(['{', '}']));
            let resource: Vec<_> = words.filter(|word| !matches!(*word, "" | "api" | "v1")).collect();
            let resource = resource.join("_");
            let operations = [
                ("get", &mut item.get),
                ("post", &mut item.post),
                ("put", &mut item.put),
                ("patch", &mut item.patch),
                ("delete", &mut item.delete),
            ];
            for (method, operation) in operations {
                if let Some(operation) = operation {
                    operation.operation_id = Some(format!("{method}_{resource}"));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;

    use super::*;

    #[test]
    fn gives_each_operation_an_id_of_its_own() {
        let document: serde_json::Value = serde_json::from_str(&json().unwrap()).unwrap();
        let operations =
            document["paths"].as_object().unwrap().values().flat_map(|item| item.as_object().unwrap());
        let ids: Vec<_> = operations.filter_map(|(_, operation)| operation["operationId"].as_str()).collect();
        let unique: std::collections::BTreeSet<_> = ids.iter().collect();
        assert!(ids.contains(&"get_users_id_access") && ids.len() > 30, "{ids:?}");
        assert_eq!(unique.len(), ids.len());
    }

    /// Returns the places of the lists in a schema that have no maximum length.
    fn unlimited_lists(
        document: &serde_json::Value,
        schema: &serde_json::Value,
        place: &str,
        unlimited: &mut Vec<String>,
    ) {
        if let Some(name) = schema["$ref"].as_str() {
            let schema = document.pointer(name.trim_start_matches('#')).unwrap();
            return unlimited_lists(document, schema, place, unlimited);
        }
        if schema["items"].is_object() {
            if !schema["maxItems"].is_u64() {
                unlimited.push(place.to_owned());
            }
            unlimited_lists(document, &schema["items"], &format!("{place}[]"), unlimited);
        }
        for alternatives in ["oneOf", "anyOf", "allOf"] {
            for schema in schema[alternatives].as_array().into_iter().flatten() {
                unlimited_lists(document, schema, place, unlimited);
            }
        }
        for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
            unlimited_lists(document, schema, &format!("{place}.{name}"), unlimited);
        }
    }

    #[test]
    fn limits_every_list_in_requests() {
        let document: serde_json::Value = serde_json::from_str(&json().unwrap()).unwrap();
        let (mut unlimited, mut bodies) = (Vec::new(), 0);
        for (path, methods) in document["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                let place = format!("{method} {path}");
                let body = &operation["requestBody"]["content"]["application/json"]["schema"];
                bodies += usize::from(body.is_object());
                unlimited_lists(&document, body, &place, &mut unlimited);
                for parameter in operation["parameters"].as_array().into_iter().flatten() {
                    let place = format!("{place}?{}", parameter["name"]);
                    unlimited_lists(&document, &parameter["schema"], &place, &mut unlimited);
                }
            }
        }
        assert!(unlimited.is_empty(), "{unlimited:#?}");
        assert!(bodies > 8, "{bodies}");
    }

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
