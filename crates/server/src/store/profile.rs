use chrono::{DateTime, Utc};
use studio_users_domain::Language;

use super::accounts::index_texts;
use super::directory::{self, Aspect};
use super::{Account, Error, Organisation, Store, Write};
use crate::text;

impl Store {
    /// Gives a user another name: in their account, the directory and the search.
    pub(crate) async fn rename(
        &self,
        tx: &mut Write,
        organisation: &Organisation,
        account: &Account,
        name: &str,
        now: DateTime<Utc>,
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
        directory::refresh(tx, organisation, account.id, Aspect::Name, now).await
    }

    /// Notes the language that a user chose, or that they chose none.
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
