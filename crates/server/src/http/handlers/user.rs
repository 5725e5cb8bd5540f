use axum::Json;
use axum::extract::State;
use studio_users_contract::{MailDelivery, Problem, UserDetails, UserInvitation, path};
use studio_users_domain::UserId;

use super::users::describe;
use crate::error::AppError;
use crate::http::auth::Id;
use crate::services::AuthUser;
use crate::services::row_permissions::allowed;
use crate::state::AppState;
use crate::store::{InvitationTimeline, UserRecord};

/// Returns a user that the caller may see.
#[utoipa::path(
    get, path = path::USER, params(("id" = UserId, Path, description = "The user.")),
    responses((status = 200, description = "The user’s details.", body = UserDetails),
        (status = "4XX", description = "Error.", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn show(
    State(state): State<AppState>,
    mut auth: AuthUser,
    Id(user): Id<UserId>,
) -> Result<Json<UserDetails>, AppError> {
    let (organisation, now) = (auth.organisation.clone(), state.clock.now());
    let found = state.store.user(&mut auth.tx, &organisation, &auth.scope, user, now).await?;
    let row = found.ok_or(AppError::NotFound)?;
    let scope = auth.scope.clone();
    let (actor, tx) = auth.actor_and_tx();
    let allowed = allowed(&state, tx, &organisation, &actor, std::slice::from_ref(&row), now).await?;
    let timeline = match &row.invitation {
        None => InvitationTimeline::default(),
        Some(grant) => state.store.invitation_timeline(tx, &organisation, user, grant).await?,
    };
    let delivery = state.store.invitation_delivery(tx, &organisation, scope.managed(), user).await?;
    let (locale, joined_at) = (row.account.locale.or(timeline.locale), row.account.joined_at);
    let pending = pending(&row, timeline, delivery);
    let row = describe(&organisation, row, allowed.into_iter().next().unwrap_or_default());
    Ok(Json(UserDetails { row, locale, joined_at, pending }))
}

/// Returns the details of the user's pending invitation.
fn pending(
    row: &UserRecord,
    timeline: InvitationTimeline,
    delivery: Option<MailDelivery>,
) -> Option<UserInvitation> {
    let grant = row.invitation.as_ref()?;
    Some(UserInvitation {
        created_at: row.invited_at?,
        sent_at: timeline.sent_at,
        delivery,
        expires_at: grant.expires_at,
        links: timeline.links,
        message: timeline.message,
    })
}
