use chrono::{DateTime, TimeDelta, Utc};
use sqlx::Row;

use super::links::mint_sign_in_link;
use super::{Account, Error, Store, Tx, UserKey, Write, millis, time_of};
use crate::token::{Token, TokenHash};

/// How long a session lasts in which nothing happens.
const SESSION_LASTS: TimeDelta = TimeDelta::days(14);
/// How precisely it is known when somebody was last active.
const ACTIVITY_EVERY: TimeDelta = TimeDelta::minutes(1);

/// Who has a session.
#[derive(Debug, Clone)]
pub(crate) struct Visitor {
    /// Their account.
    pub(crate) account: Account,
    last_seen_at: DateTime<Utc>,
}

impl Visitor {
    /// Whether enough time has passed for their activity to be noted again.
    pub(crate) fn is_worth_noting(&self, now: DateTime<Utc>) -> bool {
        let last = self.account.last_active_at.map_or(self.last_seen_at, |at| at.min(self.last_seen_at));
        now - last >= ACTIVITY_EVERY
    }
}

impl Store {
    /// Makes a link that signs this user in, once, for whoever runs the server to hand out.
    pub(crate) async fn create_sign_in_link(
        &self,
        user: UserKey,
        now: DateTime<Utc>,
    ) -> Result<Token, Error> {
        let mut tx = self.write().await?;
        let token = mint_sign_in_link(&mut tx, user, false, now).await?;
        tx.commit().await?;
        Ok(token)
    }

    /// Uses a link up, and answers whose it was; nothing where it is unknown, used or expired.
    pub(crate) async fn use_sign_in_link(
        &self,
        tx: &mut Tx,
        secret: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<UserKey>, Error> {
        let used: Option<(i64, bool)> = sqlx::query_as(
            "UPDATE sign_in_links SET used_at = ? WHERE token_hash = ? AND used_at IS NULL AND expires_at > ? \
             RETURNING user, is_mailed",
        )
        .bind(millis(now))
        .bind(TokenHash::of(secret).as_bytes())
        .bind(millis(now))
        .fetch_optional(&mut **tx)
        .await?;
        let Some((user, is_mailed)) = used else { return Ok(None) };
        if is_mailed {
            self.prove_address(tx, UserKey(user)).await?;
        }
        Ok(Some(UserKey(user)))
    }

    /// Begins a session.
    pub(crate) async fn start_session(
        &self,
        tx: &mut Tx,
        user: UserKey,
        now: DateTime<Utc>,
    ) -> Result<Token, Error> {
        let token = Token::mint()?;
        sqlx::query("DELETE FROM sessions WHERE expires_at <= ?")
            .bind(millis(now))
            .execute(&mut **tx)
            .await?;
        sqlx::query(
            "INSERT INTO sessions (token_hash, user, created_at, last_seen_at, expires_at) VALUES (?, ?, ?, ?, ?)",
        )
        .bind(token.hash().as_bytes())
        .bind(user.0)
        .bind(millis(now))
        .bind(millis(now))
        .bind(millis(now + SESSION_LASTS))
        .execute(&mut **tx)
        .await?;
        note(tx, user, now).await?;
        Ok(token)
    }

    /// Ends a session, if there is one of that token.
    pub(crate) async fn end_session(&self, tx: &mut Tx, secret: &str) -> Result<(), Error> {
        sqlx::query("DELETE FROM sessions WHERE token_hash = ?")
            .bind(TokenHash::of(secret).as_bytes())
            .execute(&mut **tx)
            .await?;
        Ok(())
    }

    /// Whose session it is.
    pub(crate) async fn visitor(
        &self,
        tx: &mut Tx,
        secret: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<Visitor>, Error> {
        let row = sqlx::query(
            "SELECT u.*, s.last_seen_at FROM sessions s JOIN users u ON u.pk = s.user \
             WHERE s.token_hash = ? AND s.expires_at > ?",
        )
        .bind(TokenHash::of(secret).as_bytes())
        .bind(millis(now))
        .fetch_optional(&mut **tx)
        .await?;
        row.map(|row| {
            let last_seen_at = time_of(row.try_get("last_seen_at")?)?;
            Ok(Visitor { account: Account::of(&row)?, last_seen_at })
        })
        .transpose()
    }

    /// Notes that somebody was active just now, and lets their session last from here.
    pub(crate) async fn note_activity(
        &self,
        user: UserKey,
        secret: &str,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let mut tx = self.write().await?;
        self.note_activity_in(&mut tx, user, secret, now).await?;
        tx.commit().await
    }

    /// The same, as a part of what else is written.
    pub(crate) async fn note_activity_in(
        &self,
        tx: &mut Write,
        user: UserKey,
        secret: &str,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        sqlx::query("UPDATE sessions SET last_seen_at = ?, expires_at = ? WHERE token_hash = ?")
            .bind(millis(now))
            .bind(millis(now + SESSION_LASTS))
            .bind(TokenHash::of(secret).as_bytes())
            .execute(&mut ***tx)
            .await?;
        note(tx, user, now).await
    }
}

/// The directory is told at once, where the user is seen as active: elsewhere it is nobody's business.
async fn note(tx: &mut Tx, user: UserKey, now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query("UPDATE users SET last_active_at = ? WHERE pk = ?")
        .bind(millis(now))
        .bind(user.0)
        .execute(&mut **tx)
        .await?;
    sqlx::query("UPDATE directory SET last_active_at = ? WHERE user = ? AND status = 0")
        .bind(millis(now))
        .bind(user.0)
        .execute(&mut **tx)
        .await?;
    Ok(())
}
