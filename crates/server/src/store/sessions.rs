use chrono::{DateTime, TimeDelta, Utc};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use uuid::Uuid;

use super::value::uuid_of;
use super::{Account, Error, Store, Tx, UserKey, Write, millis, time_of};
use crate::token::{Token, TokenHash, random_id};

/// How long a sign-in link can be used.
const LINK_LASTS: TimeDelta = TimeDelta::minutes(15);
/// How many links somebody gets within a day: more would only fill a mailbox.
const LINKS_A_DAY: i64 = 20;
const DAY: TimeDelta = TimeDelta::days(1);
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
    /// Makes a link that signs this user in, once.
    pub(crate) async fn create_sign_in_link(
        &self,
        user: UserKey,
        now: DateTime<Utc>,
    ) -> Result<Token, Error> {
        let mut tx = self.write().await?;
        let token = insert_link(&mut tx, user, now).await?;
        tx.commit().await?;
        Ok(token)
    }

    /// Makes such a link to be mailed; none where the user got as many within a day as anybody gets.
    pub(crate) async fn create_mailed_link(
        &self,
        user: UserKey,
        now: DateTime<Utc>,
    ) -> Result<Option<Token>, Error> {
        let mut tx = self.write().await?;
        let links: i64 =
            sqlx::query_scalar("SELECT count(*) FROM sign_in_links WHERE user = ? AND created_at > ?")
                .bind(user.0)
                .bind(millis(now - DAY))
                .fetch_one(&mut **tx)
                .await?;
        if links >= LINKS_A_DAY {
            return Ok(None);
        }
        let token = insert_link(&mut tx, user, now).await?;
        tx.commit().await?;
        Ok(Some(token))
    }

    /// Uses a link up, and answers whose it was; nothing where it is unknown, used or expired.
    pub(crate) async fn use_sign_in_link(
        &self,
        tx: &mut Tx,
        secret: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<UserKey>, Error> {
        let user: Option<i64> = sqlx::query_scalar(
            "UPDATE sign_in_links SET used_at = ? WHERE token_hash = ? AND used_at IS NULL AND expires_at > ? \
             RETURNING user",
        )
        .bind(millis(now))
        .bind(TokenHash::of(secret).as_bytes())
        .bind(millis(now))
        .fetch_optional(&mut **tx)
        .await?;
        Ok(user.map(UserKey))
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

    /// Ends a session of this user, and answers whether there was one of that id.
    pub(crate) async fn end_session_of(
        &self,
        tx: &mut Write,
        user: UserKey,
        session: Uuid,
        now: DateTime<Utc>,
    ) -> Result<bool, Error> {
        let done = sqlx::query("DELETE FROM sessions WHERE id = ? AND user = ? AND expires_at > ?")
            .bind(session.as_bytes().as_slice())
            .bind(user.0)
            .bind(millis(now))
            .execute(&mut ***tx)
            .await?;
        let is_ended = done.rows_affected() > 0;
        if is_ended {
            tx.note_session_end(user);
        }
        Ok(is_ended)
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
        sqlx::query("UPDATE sessions SET last_seen_at = ?, expires_at = ? WHERE token_hash = ?")
            .bind(millis(now))
            .bind(millis(now + SESSION_LASTS))
            .bind(token.as_bytes())
            .execute(&mut **tx)
            .await?;
        note(&mut tx, user, now).await?;
        tx.commit().await?;
        Ok(())
    }
}

async fn insert_link(tx: &mut Tx, user: UserKey, now: DateTime<Utc>) -> Result<Token, Error> {
    let token = Token::mint()?;
    sqlx::query("DELETE FROM sign_in_links WHERE created_at <= ?")
        .bind(millis(now - DAY))
        .execute(&mut **tx)
        .await?;
    sqlx::query("INSERT INTO sign_in_links (token_hash, user, created_at, expires_at) VALUES (?, ?, ?, ?)")
        .bind(token.hash().as_bytes())
        .bind(user.0)
        .bind(millis(now))
        .bind(millis(now + LINK_LASTS))
        .execute(&mut **tx)
        .await?;
    Ok(token)
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
