use chrono::{DateTime, TimeDelta, Utc};
use studio_users_contract::Action;
use uuid::Uuid;

use super::columns::account_columns;
use super::links::mint_sign_in_link;
use super::value::parse_uuid;
use super::{Account, Error, Store, Tx, UserKey, Write, millis, next_sequence, time_from_millis};
use crate::audit::Entry;
use crate::sql::{self, Row, either};
use crate::token::{Token, TokenHash, random_id};

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
        let times = [Some(self.last_seen_at), self.account.last_active_at];
        // A time in the future was stored before the clock was set back, and is replaced.
        times.into_iter().flatten().any(|at| at > now || now - at >= ACTIVITY_INTERVAL)
    }
}

impl Store {
    /// Creates a sign-in link for the operator of the server to pass on. It can be used once.
    pub(crate) async fn create_sign_in_link(&self, user: UserKey) -> Result<Token, Error> {
        let mut tx = self.write().await?;
        let token = mint_sign_in_link(&mut tx, user, false).await?;
        tx.commit().await?;
        Ok(token)
    }

    /// Creates a sign-in link for an operator who asked for one on the command line, and records that.
    pub(crate) async fn create_sign_in_link_for(&self, account: &Account) -> Result<Token, Error> {
        let mut tx = self.write().await?;
        let token = mint_sign_in_link(&mut tx, account.key(), false).await?;
        let entry = Entry::of(Action::SignInLinkCreated, tx.now()).by_command_line().to(account.into());
        tx.record(&entry).await?;
        tx.commit().await?;
        Ok(token)
    }

    /// Marks a sign-in link as used and returns it. Returns `None` if the link is unknown, used or
    /// expired, or its user was removed.
    pub(crate) async fn use_sign_in_link(
        &self,
        tx: &mut Write,
        secret: &str,
    ) -> Result<Option<UsedSignInLink>, Error> {
        let now = tx.now();
        let link: Option<(i64, bool)> = sql::query_as(
            "UPDATE sign_in_links SET used_at = ? WHERE token_hash = ? AND used_at IS NULL AND expires_at > ? \
             AND EXISTS (SELECT 1 FROM users u WHERE u.pk = user_pk AND u.removed_at IS NULL) RETURNING user_pk, is_mailed",
        )
        .bind(millis(now))
        .bind(TokenHash::of(secret).as_bytes())
        .bind(millis(now))
        .fetch_optional(tx)
        .await?;
        Ok(link.map(|(user, is_mailed)| UsedSignInLink { user: UserKey(user), is_mailed }))
    }

    /// Starts a session and deletes expired sessions. Returns the token of the new session, and the devices of the user's
    /// oldest sessions, which end if there are more than [`Limits::sessions_per_user`].
    pub(crate) async fn start_session(
        &self,
        tx: &mut Write,
        user: UserKey,
        device: &str,
    ) -> Result<(Token, Vec<String>), Error> {
        let (token, now) = (Token::mint()?, tx.now());
        self.delete_expired_sessions(tx).await?;
        let ended = self.end_oldest_sessions(tx, user).await?;
        sql::query(
            "INSERT INTO sessions (token_hash, id, user_pk, device, created_at, last_seen_at, expires_at, seq) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(token.hash().as_bytes())
        .bind(random_id()?.as_bytes().as_slice())
        .bind(user.0)
        .bind(device)
        .bind(millis(now))
        .bind(millis(now))
        .bind(millis(now + self.limits.session_idle))
        .bind(next_sequence(tx).await?)
        .execute(tx)
        .await?;
        set_last_active(tx, user).await?;
        Ok((token, ended))
    }

    /// Deletes sessions that were idle for too long or are too old.
    pub(super) async fn delete_expired_sessions(&self, tx: &mut Write) -> Result<(), Error> {
        let now = tx.now();
        sql::query("DELETE FROM sessions WHERE expires_at <= ? OR created_at <= ?")
            .bind(millis(now))
            .bind(millis(now - self.limits.session_lifetime))
            .execute(tx)
            .await?;
        Ok(())
    }

    /// Deletes the oldest sessions of a user so that one more is within the limit. Returns their devices.
    async fn end_oldest_sessions(&self, tx: &mut Write, user: UserKey) -> Result<Vec<String>, Error> {
        let devices: Vec<String> = sql::query_scalar(
            "DELETE FROM sessions WHERE token_hash IN \
             (SELECT token_hash FROM sessions WHERE user_pk = ? ORDER BY seq DESC LIMIT 9223372036854775807 OFFSET ?) RETURNING device",
        )
        .bind(user.0)
        .bind(i64::from(self.limits.sessions_per_user) - 1)
        .fetch_all(tx)
        .await?;
        if !devices.is_empty() {
            tx.mark_session_ended(user);
        }
        Ok(devices)
    }

    /// Deletes the session with this token, if it exists.
    pub(crate) async fn end_session(&self, tx: &mut Write, token: TokenHash) -> Result<(), Error> {
        let user: Option<i64> =
            sql::query_scalar("DELETE FROM sessions WHERE token_hash = ? RETURNING user_pk")
                .bind(token.as_bytes())
                .fetch_optional(tx)
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
    ) -> Result<Option<String>, Error> {
        let now = tx.now();
        let device: Option<String> = sql::query_scalar(
            "DELETE FROM sessions WHERE id = ? AND user_pk = ? AND expires_at > ? AND created_at > ? RETURNING device",
        )
        .bind(session.as_bytes().as_slice())
        .bind(user.0)
        .bind(millis(now))
        .bind(millis(now - self.limits.session_lifetime))
        .fetch_optional(tx)
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
        let rows = sql::query(either(
            "SELECT id, device, min(created_at, ?2) AS created_at, min(last_seen_at, ?2) AS last_seen_at FROM sessions \
             WHERE user_pk = ?1 AND expires_at > ?2 AND created_at > ?3 \
             ORDER BY min(last_seen_at, ?2) DESC, seq DESC",
            "SELECT id, device, least(created_at, ?2) AS created_at, least(last_seen_at, ?2) AS last_seen_at \
             FROM sessions WHERE user_pk = ?1 AND expires_at > ?2 AND created_at > ?3 \
             ORDER BY least(sessions.last_seen_at, ?2) DESC, seq DESC",
        ))
        .bind(user.0)
        .bind(millis(now))
        .bind(millis(now - self.limits.session_lifetime))
        .fetch_all(tx)
        .await?;
        let record = |row: &Row| {
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
        let row = sql::query(concat!(
            "SELECT ",
            account_columns!(u),
            ", s.id AS session, s.last_seen_at FROM sessions s JOIN users u ON u.pk = s.user_pk \
                 WHERE s.token_hash = ? AND s.expires_at > ? AND s.created_at > ?"
        ))
        .bind(token.as_bytes())
        .bind(millis(now))
        .bind(millis(now - self.limits.session_lifetime))
        .fetch_optional(tx)
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
        tx: &mut Write,
        user: UserKey,
        token: TokenHash,
    ) -> Result<(), Error> {
        let now = tx.now();
        sql::query("UPDATE sessions SET last_seen_at = ?, expires_at = ? WHERE token_hash = ?")
            .bind(millis(now))
            .bind(millis(now + self.limits.session_idle))
            .bind(token.as_bytes())
            .execute(tx)
            .await?;
        set_last_active(tx, user).await
    }
}

/// Sets the user's last activity in the account and in the directory. It skips directory rows in which the user has not
/// joined, because managers there may not see it.
async fn set_last_active(tx: &mut Write, user: UserKey) -> Result<(), Error> {
    let now = tx.now();
    sql::query("UPDATE users SET last_active_at = ? WHERE pk = ?")
        .bind(millis(now))
        .bind(user.0)
        .execute(tx)
        .await?;
    sql::query("UPDATE directory SET last_active_at = ? WHERE user_pk = ? AND status = 0")
        .bind(millis(now))
        .bind(user.0)
        .execute(tx)
        .await?;
    tx.mark_listed_user_changed(user);
    Ok(())
}
