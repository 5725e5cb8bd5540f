use studio_users_domain::Language;

use super::directory::{self, DirectoryChange};
use super::search_index::index_texts;
use super::{Account, Error, Organisation, Store, Write};
use crate::text;

impl Store {
    /// Sets the name of a user, and updates the directory and the search index.
    pub(crate) async fn rename(
        &self,
        tx: &mut Write,
        organisation: &Organisation,
        account: &Account,
        name: &str,
    ) -> Result<(), Error> {
        if account.name.as_deref() == Some(name) {
            return Ok(());
        }
        let user = account.key();
        sqlx::query("UPDATE users SET name = ?, name_key = ? WHERE pk = ?")
            .bind(name)
            .bind(text::sort_key(name))
            .bind(user.0)
            .execute(&mut ***tx)
            .await?;
        sqlx::query("UPDATE search_texts SET name = ? WHERE user = ?")
            .bind(text::fold(name))
            .bind(user.0)
            .execute(&mut ***tx)
            .await?;
        index_texts(tx, user).await?;
        directory::refresh(tx, organisation, account.id, DirectoryChange::Name).await
    }

    /// Sets the preferred language of a user. `None` clears it.
    pub(crate) async fn set_locale(
        &self,
        tx: &mut Write,
        account: &Account,
        locale: Option<Language>,
    ) -> Result<(), Error> {
        sqlx::query("UPDATE users SET locale = ? WHERE pk = ?")
            .bind(locale.map(Language::tag))
            .bind(account.key().0)
            .execute(&mut ***tx)
            .await?;
        Ok(())
    }
}
