use axum::Json;
use axum::extract::State;
use studio_users_contract::{Problem, UndeliveredMails, path};

use crate::error::AppError;
use crate::services::{AuthUser, undelivered_mail};
use crate::state::AppState;

/// Lists the e-mails that did not arrive, or whose last attempt has failed, to users at the nodes at which the caller is an
/// Administrator. Contains neither the texts nor the links of the e-mails.
#[utoipa::path(
    get, path = path::UNDELIVERED_MAIL,
    responses((status = 200, description = "The newest e-mails.", body = UndeliveredMails),
        (status = "4XX", description = "Error.", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn list(
    State(state): State<AppState>,
    mut auth: AuthUser,
) -> Result<Json<UndeliveredMails>, AppError> {
    Ok(Json(undelivered_mail::list(&state, &mut auth).await?))
}
