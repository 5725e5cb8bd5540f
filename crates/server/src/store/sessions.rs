use chrono::{DateTime, TimeDelta, Utc};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use uuid::Uuid;

use super::links::mint_sign_in_link;
use super::value::uuid_of;
use super::{Account, Error, Store, Tx, UserKey, Write, millis, time_of};
use crate::token::{Token, TokenHash, random_id};

/// How long a session lasts in which nothing happens.
const SESSION_LASTS: TimeDelta = TimeDelta::days(14);
/// How precisely it is known when somebody was last active.
const ACTIVITY_EVERY: TimeDelta = TimeDelta::minutes(1);

/// A session, as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SessionRecord {
    /// Its id.
    pub(crate) id: Uuid,
    /// With what it was begun.
    pub(crate) device: String,
    /// When it began.
    pub(crate) started_at: DateTime<Utc>,
    /// When it was last used.
    pub(crate) last_seen_at: DateTime<Utc>,
}

/// Who has a session.
#[derive(Debug, Clone)]
pub(crate) struct Visitor {
    /// Their account.
    pub(crate) account: Account,
    /// The session's id.
    pub(crate) session: Uuid,
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
        tx: &mut Write,
        secret: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<UserKey>, Error> {
        let link: Option<(i64, bool)> = sqlx::query_as(
            "UPDATE sign_in_links SET used_at = ? WHERE token_hash = ? AND used_at IS NULL AND expires_at > ? \
             RETURNING user, is_mailed",
        )
        .bind(millis(now))
        .bind(TokenHash::of(secret).as_bytes())
        .bind(millis(now))
        .fetch_optional(&mut ***tx)
        .await?;
        let Some((user, is_mailed)) = link else { return Ok(None) };
        if is_mailed {
            self.prove_address(tx, UserKey(user), now).await?;
        }
        Ok(Some(UserKey(user)))
    }

    /// Begins a session.
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
        .bind(millis(now + SESSION_LASTS))
        .execute(&mut ***tx)
        .await?;
        note(tx, user, now).await?;
        Ok(token)
    }

    /// Ends a session, if there is one of that token.
    pub(crate) async fn end_session(&self, tx: &mut Write, token: TokenHash) -> Result<(), Error> {
        let user: Option<i64> =
            sqlx::query_scalar("DELETE FROM sessions WHERE token_hash = ? RETURNING user")
                .bind(token.as_bytes())
                .fetch_optional(&mut ***tx)
                .await?;
        if let Some(user) = user {
            tx.note_session_end(UserKey(user));
        }
        Ok(())
    }

    /// Ends a session of this user, and answers with what it was begun; none where there was none of that id.
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
            tx.note_session_end(user);
        }
        Ok(device)
    }

    /// The sessions of a user that last, the one used last first.
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
                id: uuid_of(row.try_get("id")?)?,
                device: row.try_get("device")?,
                started_at: time_of(row.try_get("created_at")?)?,
                last_seen_at: time_of(row.try_get("last_seen_at")?)?,
            })
        };
        rows.iter().map(record).collect()
    }

    /// Whose session it is.
    pub(crate) async fn visitor(
        &self,
        tx: &mut Tx,
        token: TokenHash,
        now: DateTime<Utc>,
    ) -> Result<Option<Visitor>, Error> {
        let row = sqlx::query(
            "SELECT u.*, s.id AS session, s.last_seen_at FROM sessions s JOIN users u ON u.pk = s.user \
             WHERE s.token_hash = ? AND s.expires_at > ?",
        )
        .bind(token.as_bytes())
        .bind(millis(now))
        .fetch_optional(&mut **tx)
        .await?;
        row.map(|row| {
            let session = uuid_of(row.try_get("session")?)?;
            let last_seen_at = time_of(row.try_get("last_seen_at")?)?;
            Ok(Visitor { account: Account::of(&row)?, session, last_seen_at })
        })
        .transpose()
    }

    /// Notes that somebody was active just now, and lets their session last from here.
    pub(crate) async fn note_activity(
        &self,
        user: UserKey,
        token: TokenHash,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let mut tx = self.write().await?;
        self.note_activity_in(&mut tx, user, token, now).await?;
        tx.commit().await
    }

    /// The same, as a part of what else is written.
    pub(crate) async fn note_activity_in(
        &self,
        tx: &mut Write,
        user: UserKey,
        token: TokenHash,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        sqlx::query("UPDATE sessions SET last_seen_at = ?, expires_at = ? WHERE token_hash = ?")
            .bind(millis(now))
            .bind(millis(now + SESSION_LASTS))
            .bind(token.as_bytes())
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
