use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use studio_users_contract::{DemoPerson, DemoSignIn, Problem, StartedSession, path};

use super::sign_in::begin_session;
use crate::app::App;
use crate::problem::Refusal;
use crate::reader::Body;

/// The people whom a visitor of a demo can be.
#[utoipa::path(
    get, path = path::DEMO_PEOPLE,
    responses((status = 200, description = "Who there is.", body = Vec<DemoPerson>),
        (status = "4XX", description = "Refused.", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn people(State(app): State<App>) -> Result<Json<Vec<DemoPerson>>, Refusal> {
    let people = app.demo.as_ref().ok_or(Refusal::NotFound)?;
    Ok(Json(people.list().to_vec()))
}

/// Signs in as one of them.
#[utoipa::path(
    post, path = path::DEMO_SESSIONS, request_body = DemoSignIn,
    responses((status = 201, description = "Signed in: the cookie is set, or the token answered.", body = StartedSession),
        (status = "4XX", description = "Refused.", body = Problem, content_type = "application/problem+json")),
    extensions(("x-changes" = json!(true)))
)]
pub(crate) async fn sign_in(
    State(app): State<App>,
    headers: HeaderMap,
    body: Result<Body<DemoSignIn>, Refusal>,
) -> Result<Response, Refusal> {
    // Outside a demo the path does not exist, whatever is sent to it.
    let people = app.demo.as_ref().ok_or(Refusal::NotFound)?;
    let Body(asked) = body?;
    let person = people.list().iter().find(|person| person.id == asked.user_id).ok_or(Refusal::NotFound)?;
    let tx = app.store.write().await?;
    begin_session(&app, &headers, tx, person.id.into(), asked.bearer).await
}
