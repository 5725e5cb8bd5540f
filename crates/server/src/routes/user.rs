use axum::Json;
use axum::extract::State;
use studio_users_contract::{Problem, UserDetails, UserInvitation, path};
use studio_users_domain::UserId;

use super::allowed::allowed;
use super::users::describe;
use crate::app::App;
use crate::problem::Refusal;
use crate::reader::{Id, Reader};
use crate::store::{InvitationLife, Row};

/// A user, as far as the reader may see.
#[utoipa::path(
    get, path = path::USER, params(("id" = UserId, Path, description = "The user.")),
    responses((status = 200, description = "What their row says, and more.", body = UserDetails),
        (status = "4XX", description = "Refused.", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn show(
    State(app): State<App>,
    mut reader: Reader,
    Id(user): Id<UserId>,
) -> Result<Json<UserDetails>, Refusal> {
    let (organisation, now) = (reader.organisation.clone(), app.clock.now());
    let found = app.store.user(&mut reader.tx, &organisation, &reader.scope, user, now).await?;
    let row = found.ok_or(Refusal::NotFound)?;
    let (actor, tx) = reader.acting();
    let allowed = allowed(&app, tx, &organisation, &actor, std::slice::from_ref(&row), now).await?;
    let life = match &row.invitation {
        None => InvitationLife::default(),
        Some(grant) => app.store.invitation_life(tx, &organisation, user, grant).await?,
    };
    let (locale, joined_at) = (row.account.locale.or(life.locale), row.account.joined_at);
    let pending = pending(&row, life);
    let row = describe(&organisation, row, allowed.into_iter().next().unwrap_or_default());
    Ok(Json(UserDetails { row, locale, joined_at, pending }))
}

/// The life of the invitation that a row tells of.
fn pending(row: &Row, life: InvitationLife) -> Option<UserInvitation> {
    let grant = row.invitation.as_ref()?;
    Some(UserInvitation {
        created_at: row.invited_at?,
        sent_at: life.sent_at,
        expires_at: grant.expires_at,
        links: life.links,
        message: life.message,
    })
}
