use studio_users_domain::Language;

use super::directory::{self, DirectoryChange};
use super::search_index::index_texts;
use super::{Account, Error, Organisation, Store, Tx, UserKey, Write};
use crate::sql;
use crate::text;
use crate::token::TokenHash;

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
        sql::query("UPDATE users SET name = ?, name_key = ? WHERE pk = ?")
            .bind(name)
            .bind(text::sort_key(name))
            .bind(user.0)
            .execute(tx)
            .await?;
        sql::query("UPDATE search_texts SET name = ? WHERE user_pk = ?")
            .bind(text::fold(name))
            .bind(user.0)
            .execute(tx)
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
        sql::query("UPDATE users SET locale = ? WHERE pk = ?")
            .bind(locale.map(Language::tag))
            .bind(account.key().0)
            .execute(tx)
            .await?;
        Ok(())
    }

    /// Whether a user wants digests.
    pub(crate) async fn gets_digests(&self, tx: &mut Tx, user: UserKey) -> Result<bool, Error> {
        let digests: Option<bool> = sql::query_scalar("SELECT digests FROM users WHERE pk = ?")
            .bind(user.0)
            .fetch_optional(tx)
            .await?;
        Ok(digests.unwrap_or(false))
    }

    /// Switches the digests of a user on or off.
    pub(crate) async fn set_digests(
        &self,
        tx: &mut Write,
        user: UserKey,
        digests: bool,
    ) -> Result<(), Error> {
        sql::query("UPDATE users SET digests = ? WHERE pk = ?")
            .bind(digests)
            .bind(user.0)
            .execute(tx)
            .await?;
        Ok(())
    }

    /// Returns the user whose digests a link switches off, with their language.
    pub(crate) async fn unsubscribing_user(
        &self,
        tx: &mut Tx,
        token: TokenHash,
    ) -> Result<Option<(UserKey, Option<Language>)>, Error> {
        let row: Option<(i64, Option<String>)> = sql::query_as(
            "SELECT u.pk, u.locale FROM unsubscribe_links l JOIN users u ON u.pk = l.user_pk \
             WHERE l.token_hash = ? AND u.removed_at IS NULL",
        )
        .bind(token.as_bytes())
        .fetch_optional(tx)
        .await?;
        Ok(row.map(|(user, locale)| (UserKey(user), locale.as_deref().and_then(Language::from_tag))))
    }
}
