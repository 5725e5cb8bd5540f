//! Changes the signed-in user's own profile.

use studio_users_contract::{Action, AuditPerson};

use crate::audit::Entry;
use crate::error::AppError;
use crate::services::editor::Editor;
use crate::state::AppState;

/// Renames the editor, and records the old and the new name in the audit log.
pub(crate) async fn rename(state: &AppState, editor: &mut Editor, name: &str) -> Result<(), AppError> {
    let Editor { principal, write, now, .. } = editor;
    let account = &principal.account;
    if account.name.as_deref() == Some(name) {
        return Ok(());
    }
    state.store.rename(write, &principal.organisation, account, name).await?;
    // The actor has the old name and the target the new one, so that both are erased with the person.
    let renamed = AuditPerson { id: account.id, name: name.to_owned() };
    let entry = Entry::of(Action::UserRenamed, *now).by(account.into()).to(renamed);
    Ok(write.record(&entry).await?)
}
