use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use studio_users_contract::{Problem, path};

use crate::app::App;
use crate::openapi;
use crate::problem::Refusal;
use crate::store::{Fact, fact};

/// Whether the server can answer.
#[utoipa::path(
    get, path = path::HEALTH,
    responses((status = 204, description = "It can."),
        (status = "5XX", description = "It cannot.", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn show(State(app): State<App>) -> Result<StatusCode, Refusal> {
    let mut tx = app.store.read().await?;
    fact(&mut tx, Fact::TreeVersion).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// This contract.
#[utoipa::path(
    get, path = path::OPENAPI,
    responses((status = 200, description = "OpenAPI 3.1.", content_type = "application/json"))
)]
pub(crate) async fn openapi() -> Result<impl IntoResponse, Refusal> {
    let text = openapi::json().map_err(|error| Refusal::Invalid(error.to_string()))?;
    Ok(([(header::CONTENT_TYPE, "application/json")], text))
}
