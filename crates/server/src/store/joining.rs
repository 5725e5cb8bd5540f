//! Joining by an invitation link, and the verification of email addresses.

use studio_users_domain::Language;

use super::search_index::index_texts;
use super::{Account, Error, Store, Tx, UserKey, Write, millis};
use crate::sql;
use crate::text;
use crate::token::TokenHash;

/// An invitation link that has not been revoked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct InvitationLinkRow {
    /// The invited user.
    pub(crate) user: UserKey,
    /// The manager who created the link.
    pub(crate) creator: UserKey,
    /// Whether the link was mailed. Otherwise it was copied.
    pub(crate) is_mailed: bool,
    /// The sequence number, which compares with [`GrantOrigin::seq`](super::grants::GrantOrigin).
    pub(crate) seq: i64,
}

impl Store {
    /// Returns the link with this token. Returns `None` if it does not exist or was revoked.
    pub(crate) async fn invitation_link(
        &self,
        tx: &mut Tx,
        token: &str,
    ) -> Result<Option<InvitationLinkRow>, Error> {
        let row = sql::query(
            "SELECT user_pk, maker, is_mailed, seq FROM invitation_links \
             WHERE token_hash = ? AND ended_at IS NULL",
        )
        .bind(TokenHash::of(token).as_bytes())
        .fetch_optional(tx)
        .await?;
        row.map(|row| {
            Ok(InvitationLinkRow {
                user: UserKey(row.try_get(0)?),
                creator: UserKey(row.try_get(1)?),
                is_mailed: row.try_get(2)?,
                seq: row.try_get(3)?,
            })
        })
        .transpose()
    }

    /// Marks a user as joined. The caller updates the directory when it writes the user's assignments.
    ///
    /// `unverified_by` is the creator of the copied link by which the user joined. It stays until a mailed link
    /// verifies the email address.
    pub(crate) async fn join(
        &self,
        write: &mut Write,
        account: &Account,
        unverified_by: Option<UserKey>,
    ) -> Result<(), Error> {
        let user = account.key();
        let name = account.name.as_deref().unwrap_or_default();
        sql::query(
            "UPDATE users SET name = ?, name_key = ?, locale = ?, joined_at = ?, unproved_by = ? WHERE pk = ?",
        )
        .bind(name)
        .bind(text::sort_key(name))
        .bind(account.locale.map(Language::tag))
        .bind(account.joined_at.map(millis))
        .bind(unverified_by.map(|creator| creator.0))
        .bind(user.0)
        .execute(write)
        .await?;
        sql::query("UPDATE search_texts SET name = ? WHERE user_pk = ?")
            .bind(text::fold(name))
            .bind(user.0)
            .execute(write)
            .await?;
        index_texts(write, user).await
    }

    /// Marks the email address of a user as verified by a mailed link. If it was not verified before, deletes all
    /// sessions of the user and returns their devices.
    pub(crate) async fn verify_email(&self, write: &mut Write, user: UserKey) -> Result<Vec<String>, Error> {
        let updated =
            sql::query("UPDATE users SET unproved_by = NULL WHERE pk = ? AND unproved_by IS NOT NULL")
                .bind(user.0)
                .execute(write)
                .await?;
        if updated == 0 {
            return Ok(Vec::new());
        }
        write.mark_session_ended(user);
        Ok(sql::query_scalar("DELETE FROM sessions WHERE user_pk = ? RETURNING device")
            .bind(user.0)
            .fetch_all(write)
            .await?)
    }
}
