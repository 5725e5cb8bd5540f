use chrono::{DateTime, TimeDelta, Utc};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use uuid::Uuid;

use super::links::mint_sign_in_link;
use super::value::parse_uuid;
use super::{Account, Error, Store, Tx, UserKey, Write, millis, time_from_millis};
use crate::token::{Token, TokenHash, random_id};

/// The lifetime of a session after its last activity.
const SESSION_LIFETIME: TimeDelta = TimeDelta::days(14);
/// The minimum interval between two writes of a user's last activity, so that not every request writes.
const ACTIVITY_INTERVAL: TimeDelta = TimeDelta::minutes(1);

/// A session, as its user sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SessionRecord {
    /// The public id. It differs from the token.
    pub(crate) id: Uuid,
    /// The browser and operating system that started the session.
    pub(crate) device: String,
    /// The time of the sign-in.
    pub(crate) started_at: DateTime<Utc>,
    /// The time of the last activity, within one minute.
    pub(crate) last_seen_at: DateTime<Utc>,
}

/// A session that has not expired, with the account of its user.
#[derive(Debug, Clone)]
pub(crate) struct ActiveSession {
    /// The account of the signed-in user.
    pub(crate) account: Account,
    /// The public id of the session.
    pub(crate) id: Uuid,
    last_seen_at: DateTime<Utc>,
}

/// A sign-in link that was just used.
#[derive(Debug, Clone, Copy)]
pub(crate) struct UsedSignInLink {
    pub(crate) user: UserKey,
    /// Whether the link was mailed to the user, and not passed on by the operator.
    pub(crate) is_mailed: bool,
}

impl ActiveSession {
    /// Returns whether the stored activity is old enough to be written again.
    pub(crate) fn is_activity_stale(&self, now: DateTime<Utc>) -> bool {
        let last = self.account.last_active_at.map_or(self.last_seen_at, |at| at.min(self.last_seen_at));
        now - last >= ACTIVITY_INTERVAL
    }
}

impl Store {
    /// Creates a sign-in link for the operator of the server to pass on. It can be used once.
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

    /// Marks a sign-in link as used and returns it. Returns `None` if the link is unknown, used or expired.
    pub(crate) async fn use_sign_in_link(
        &self,
        tx: &mut Write,
        secret: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<UsedSignInLink>, Error> {
        let link: Option<(i64, bool)> = sqlx::query_as(
            "UPDATE sign_in_links SET used_at = ? WHERE token_hash = ? AND used_at IS NULL AND expires_at > ? \
             RETURNING user, is_mailed",
        )
        .bind(millis(now))
        .bind(TokenHash::of(secret).as_bytes())
        .bind(millis(now))
        .fetch_optional(&mut ***tx)
        .await?;
        Ok(link.map(|(user, is_mailed)| UsedSignInLink { user: UserKey(user), is_mailed }))
    }

    /// Starts a session, deletes expired sessions, and returns the token of the new one.
    pub(crate) async fn start_session(
        &self,
        tx: &mut Write,
        user: UserKey,
        device: &str,
        now: DateTime<Utc>,
    ) -> Result<Token, Error> {
        let token = Token::mint()?;
        sqlx::query("DELETE FROM sessions WHERE expires_at <= ?")
            .bind(millis(now))
            .execute(&mut ***tx)
            .await?;
        sqlx::query(
            "INSERT INTO sessions (token_hash, id, user, device, created_at, last_seen_at, expires_at) \
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(token.hash().as_bytes())
        .bind(random_id()?.as_bytes().as_slice())
        .bind(user.0)
        .bind(device)
        .bind(millis(now))
        .bind(millis(now))
        .bind(millis(now + SESSION_LIFETIME))
        .execute(&mut ***tx)
        .await?;
        set_last_active(tx, user, now).await?;
        Ok(token)
    }

    /// Deletes the session with this token, if it exists.
    pub(crate) async fn end_session(&self, tx: &mut Write, token: TokenHash) -> Result<(), Error> {
        let user: Option<i64> =
            sqlx::query_scalar("DELETE FROM sessions WHERE token_hash = ? RETURNING user")
                .bind(token.as_bytes())
                .fetch_optional(&mut ***tx)
                .await?;
        if let Some(user) = user {
            tx.mark_session_ended(UserKey(user));
        }
        Ok(())
    }

    /// Deletes a session of this user by its id and returns its device. Returns `None` if the user has no such session.
    pub(crate) async fn end_session_of(
        &self,
        tx: &mut Write,
        user: UserKey,
        session: Uuid,
        now: DateTime<Utc>,
    ) -> Result<Option<String>, Error> {
        let device: Option<String> = sqlx::query_scalar(
            "DELETE FROM sessions WHERE id = ? AND user = ? AND expires_at > ? RETURNING device",
        )
        .bind(session.as_bytes().as_slice())
        .bind(user.0)
        .bind(millis(now))
        .fetch_optional(&mut ***tx)
        .await?;
        if device.is_some() {
            tx.mark_session_ended(user);
        }
        Ok(device)
    }

    /// Returns the sessions of a user that have not expired, the most recently used first.
    pub(crate) async fn sessions(
        &self,
        tx: &mut Tx,
        user: UserKey,
        now: DateTime<Utc>,
    ) -> Result<Vec<SessionRecord>, Error> {
        let rows = sqlx::query(
            "SELECT id, device, created_at, last_seen_at FROM sessions WHERE user = ? AND expires_at > ? \
             ORDER BY last_seen_at DESC, created_at DESC, id",
        )
        .bind(user.0)
        .bind(millis(now))
        .fetch_all(&mut **tx)
        .await?;
        let record = |row: &SqliteRow| {
            Ok(SessionRecord {
                id: parse_uuid(row.try_get("id")?)?,
                device: row.try_get("device")?,
                started_at: time_from_millis(row.try_get("created_at")?)?,
                last_seen_at: time_from_millis(row.try_get("last_seen_at")?)?,
            })
        };
        rows.iter().map(record).collect()
    }

    /// Returns the session with this token, unless it has expired.
    pub(crate) async fn active_session(
        &self,
        tx: &mut Tx,
        token: TokenHash,
        now: DateTime<Utc>,
    ) -> Result<Option<ActiveSession>, Error> {
        let row = sqlx::query(
            "SELECT u.*, s.id AS session, s.last_seen_at FROM sessions s JOIN users u ON u.pk = s.user \
             WHERE s.token_hash = ? AND s.expires_at > ?",
        )
        .bind(token.as_bytes())
        .bind(millis(now))
        .fetch_optional(&mut **tx)
        .await?;
        row.map(|row| {
            let id = parse_uuid(row.try_get("session")?)?;
            let last_seen_at = time_from_millis(row.try_get("last_seen_at")?)?;
            Ok(ActiveSession { account: Account::of(&row)?, id, last_seen_at })
        })
        .transpose()
    }

    /// Records that a user is active now, and extends their session.
    pub(crate) async fn record_activity(
        &self,
        user: UserKey,
        token: TokenHash,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let mut tx = self.write().await?;
        self.record_activity_in(&mut tx, user, token, now).await?;
        tx.commit().await
    }

    /// Records the activity as part of a larger transaction.
    pub(crate) async fn record_activity_in(
        &self,
        tx: &mut Write,
        user: UserKey,
        token: TokenHash,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        sqlx::query("UPDATE sessions SET last_seen_at = ?, expires_at = ? WHERE token_hash = ?")
            .bind(millis(now))
            .bind(millis(now + SESSION_LIFETIME))
            .bind(token.as_bytes())
            .execute(&mut ***tx)
            .await?;
        set_last_active(tx, user, now).await
    }
}

/// Sets the user's last activity in the account and in the directory. It skips directory rows in which the user has not
/// joined, because managers there may not see it.
async fn set_last_active(tx: &mut Tx, user: UserKey, now: DateTime<Utc>) -> Result<(), Error> {
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
