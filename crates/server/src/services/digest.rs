//! Prepares a digest when it is sent: adds the names, and omits everything that the recipient may no longer see.

use studio_users_domain::Access;

use super::editor::Principal;
use crate::error::AppError;
use crate::mail::NewUser;
use crate::state::AppState;
use crate::store::Account;

/// Returns the new users with their names. Omits nodes that the recipient no longer manages or at which the user no longer
/// has access, and users without any other node.
pub(crate) async fn visible_users(
    state: &AppState,
    recipient: &Account,
    people: &[NewUser],
) -> Result<Vec<NewUser>, AppError> {
    let mut tx = state.store.read().await?;
    let organisation = state.store.organisation(&mut tx).await?.ok_or(AppError::Unavailable)?;
    let recipient = Principal::read(state, &mut tx, organisation.clone(), recipient.clone()).await?;
    let mut visible = Vec::with_capacity(people.len());
    for person in people {
        let Some(user) = state.store.user_key(&mut tx, person.user).await? else { continue };
        let Some(account) = state.store.live_account(&mut tx, user).await? else { continue };
        let assignments = state.store.assignments(&mut tx, &organisation, user).await?;
        let access = Access::new(&organisation.tree, &assignments);
        let names = person.nodes.iter().filter_map(|&node| {
            let position = organisation.tree.position(node)?;
            let is_visible =
                recipient.scope.managed().contains(position) && !access.at(position).effective.is_empty();
            is_visible.then(|| organisation.tree.nodes()[position].name.clone())
        });
        let node_names: Vec<_> = names.collect();
        if !node_names.is_empty() {
            let name = account.name.unwrap_or_else(|| account.email.clone());
            visible.push(NewUser { name, email: account.email, node_names, ..person.clone() });
        }
    }
    Ok(visible)
}
