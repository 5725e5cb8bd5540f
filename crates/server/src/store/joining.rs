//! Joining: who opened which link, and whether an address is shown to be somebody's own.

use chrono::{DateTime, Utc};
use sqlx::Row;
use studio_users_contract::AuditDetails;
use studio_users_domain::Language;

use super::accounts::index_texts;
use super::{Account, Error, Store, Tx, UserKey, Write, millis, time_of};
use crate::audit;
use crate::text;
use crate::token::TokenHash;

/// A link to an invitation that has not been ended.
#[derive(Debug, Clone, Copy)]
pub(crate) struct InvitationLinkRow {
    /// Whom it invites.
    pub(crate) user: UserKey,
    /// Who made it.
    pub(crate) maker: UserKey,
    /// Whether it was mailed, rather than copied.
    pub(crate) is_mailed: bool,
    /// When it was made.
    pub(crate) created_at: DateTime<Utc>,
}

impl Store {
    /// The link of a token, if there is one that has not been ended.
    pub(crate) async fn invitation_link(
        &self,
        tx: &mut Tx,
        token: &str,
    ) -> Result<Option<InvitationLinkRow>, Error> {
        let row = sqlx::query(
            "SELECT user, maker, is_mailed, created_at FROM invitation_links \
             WHERE token_hash = ? AND ended_at IS NULL",
        )
        .bind(TokenHash::of(token).as_bytes())
        .fetch_optional(&mut **tx)
        .await?;
        row.map(|row| {
            Ok(InvitationLinkRow {
                user: UserKey(row.try_get(0)?),
                maker: UserKey(row.try_get(1)?),
                is_mailed: row.try_get(2)?,
                created_at: time_of(row.try_get(3)?)?,
            })
        })
        .transpose()
    }

    /// Writes that a user has joined. Who made the copied link that they came by is kept until a mail shows that
    /// the address is theirs. The directory is told by whoever gives them what they joined for.
    pub(crate) async fn join(
        &self,
        write: &mut Write,
        account: &Account,
        unproved_by: Option<UserKey>,
    ) -> Result<(), Error> {
        let user = account.key();
        let name = account.name.as_deref().unwrap_or_default();
        sqlx::query(
            "UPDATE users SET name = ?, name_key = ?, locale = ?, joined_at = ?, unproved_by = ? WHERE pk = ?",
        )
        .bind(name)
        .bind(text::sort_key(name))
        .bind(account.locale.map(Language::tag))
        .bind(account.joined_at.map(millis))
        .bind(unproved_by.map(|maker| maker.0))
        .bind(user.0)
        .execute(&mut ***write)
        .await?;
        sqlx::query("UPDATE search_texts SET name = ? WHERE user = ?")
            .bind(text::fold(name))
            .bind(user.0)
            .execute(&mut ***write)
            .await?;
        index_texts(write, user).await
    }

    /// Who made the copied link that a user joined by; none where the address is shown to be theirs.
    pub(crate) async fn unproved_by(&self, tx: &mut Tx, user: UserKey) -> Result<Option<UserKey>, Error> {
        let maker: Option<i64> = sqlx::query_scalar("SELECT unproved_by FROM users WHERE pk = ?")
            .bind(user.0)
            .fetch_one(&mut **tx)
            .await?;
        Ok(maker.map(UserKey))
    }

    /// Notes that a mail has shown an address to be its user's own. Whoever had a session before may have been
    /// somebody else: their sessions end, and that is recorded.
    pub(crate) async fn prove_address(
        &self,
        write: &mut Write,
        user: UserKey,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let proved =
            sqlx::query("UPDATE users SET unproved_by = NULL WHERE pk = ? AND unproved_by IS NOT NULL")
                .bind(user.0)
                .execute(&mut ***write)
                .await?;
        if proved.rows_affected() > 0 {
            let devices: Vec<String> =
                sqlx::query_scalar("DELETE FROM sessions WHERE user = ? RETURNING device")
                    .bind(user.0)
                    .fetch_all(&mut ***write)
                    .await?;
            if let Some(account) = self.account(write, user).await? {
                for device in devices {
                    let reason = Some("a mail showed whose address it is".into());
                    let details = AuditDetails { device: Some(device), reason, ..AuditDetails::default() };
                    audit::record_session_end(write, &account, details, now).await?;
                }
            }
            write.note_session_end(user);
        }
        Ok(())
    }
}
