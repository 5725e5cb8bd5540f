//! Sign-in links and invitation links. The database stores only hashes of their tokens, so a copy of it lets nobody in.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use studio_users_domain::UserId;

use super::{Error, UserKey, Write, millis, next_sequence};
use crate::sql::{self, QueryBuilder};
use crate::token::Token;

/// The time in which a sign-in link can be used.
const SIGN_IN_LINK_LIFETIME: TimeDelta = TimeDelta::minutes(15);
/// The time after which the row of a sign-in link is deleted, used or not.
const SIGN_IN_LINK_RETENTION: TimeDelta = TimeDelta::days(1);

/// The time for which the link in a digest switches digests off.
const UNSUBSCRIBE_LINK_RETENTION: TimeDelta = TimeDelta::days(365);

/// Creates a sign-in link that can be used once. Only the use of a mailed link verifies the email address.
pub(super) async fn mint_sign_in_link(
    tx: &mut Write,
    user: UserKey,
    is_mailed: bool,
) -> Result<Token, Error> {
    let (token, now) = (Token::mint()?, tx.now());
    sql::query("DELETE FROM sign_in_links WHERE created_at <= ?")
        .bind(millis(now - SIGN_IN_LINK_RETENTION))
        .execute(tx)
        .await?;
    sql::query(
        "INSERT INTO sign_in_links (token_hash, user_pk, is_mailed, created_at, expires_at) VALUES (?, ?, ?, ?, ?)",
    )
    .bind(token.hash().as_bytes())
    .bind(user.0)
    .bind(is_mailed)
    .bind(millis(now))
    .bind(millis(now + SIGN_IN_LINK_LIFETIME))
    .execute(tx)
    .await?;
    Ok(token)
}

/// How an invitation link reaches the invited user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InvitationLinkKind {
    /// In the mail of the invitation. It replaces the earlier mailed links of the same creator to the user.
    Mailed,
    /// In a reminder. The link of the invitation stays valid beside it.
    Reminder,
    /// Copied by its creator. All copied links stay valid side by side.
    Copied,
}

/// Creates an invitation link, with which a user can accept the grants that its creator may give.
pub(crate) async fn mint_invitation_link(
    tx: &mut Write,
    user: UserKey,
    creator: UserKey,
    kind: InvitationLinkKind,
) -> Result<Token, Error> {
    let (token, now) = (Token::mint()?, tx.now());
    if kind == InvitationLinkKind::Mailed {
        sql::query(
            "UPDATE invitation_links SET ended_at = ? \
             WHERE user_pk = ? AND maker = ? AND is_mailed AND ended_at IS NULL",
        )
        .bind(millis(now))
        .bind(user.0)
        .bind(creator.0)
        .execute(tx)
        .await?;
    }
    sql::query(
        "INSERT INTO invitation_links (token_hash, user_pk, maker, is_mailed, created_at, seq) VALUES (?, ?, ?, ?, ?, ?)",
    )
    .bind(token.hash().as_bytes())
    .bind(user.0)
    .bind(creator.0)
    .bind(kind != InvitationLinkKind::Copied)
    .bind(millis(now))
    .bind(next_sequence(tx).await?)
    .execute(tx)
    .await?;
    Ok(token)
}

/// Creates a link that switches off the digests of a user. It can be used any number of times, without signing in.
pub(super) async fn mint_unsubscribe_link(tx: &mut Write, user: UserKey) -> Result<Token, Error> {
    let (token, now) = (Token::mint()?, tx.now());
    sql::query("INSERT INTO unsubscribe_links (token_hash, user_pk, created_at) VALUES (?, ?, ?)")
        .bind(token.hash().as_bytes())
        .bind(user.0)
        .bind(millis(now))
        .execute(tx)
        .await?;
    Ok(token)
}

/// Deletes links that were used, revoked or have expired this long ago. An invitation link without pending grants was
/// revoked.
pub(super) async fn delete_old_links(tx: &mut Write, kept: TimeDelta) -> Result<(), Error> {
    let before = millis(tx.now() - kept);
    for sql in [
        "DELETE FROM sign_in_links WHERE expires_at <= ?",
        "DELETE FROM invitation_links WHERE ended_at <= ?",
    ] {
        sql::query(sql).bind(before).execute(tx).await?;
    }
    sql::query("DELETE FROM unsubscribe_links WHERE created_at <= ?")
        .bind(millis(tx.now() - UNSUBSCRIBE_LINK_RETENTION))
        .execute(tx)
        .await?;
    Ok(())
}

/// Revokes all invitation links of a user.
pub(crate) async fn revoke_invitation_links(tx: &mut Write, user: UserKey) -> Result<(), Error> {
    let now = tx.now();
    sql::query("UPDATE invitation_links SET ended_at = ? WHERE user_pk = ? AND ended_at IS NULL")
        .bind(millis(now))
        .bind(user.0)
        .execute(tx)
        .await?;
    Ok(())
}

/// Revokes the invitation links of a user, except those that one of `creators` made.
pub(crate) async fn revoke_other_links(
    tx: &mut Write,
    user: UserKey,
    creators: &BTreeSet<UserId>,
) -> Result<(), Error> {
    let now = millis(tx.now());
    let mut sql = QueryBuilder::new(tx.dialect(), "UPDATE invitation_links SET ended_at = ");
    sql.push_bind(now).push(" WHERE ended_at IS NULL AND user_pk = ").push_bind(user.0);
    sql.push(" AND maker NOT IN (SELECT pk FROM users WHERE id");
    sql.push_in_ids(creators.iter().map(|creator| creator.0));
    sql.push(")");
    sql.build().execute(tx).await?;
    Ok(())
}

/// Revokes the sign-in link or invitation link with this token hash.
pub(crate) async fn revoke_link(tx: &mut Write, hash: &[u8]) -> Result<(), Error> {
    let now = tx.now();
    sql::query("UPDATE sign_in_links SET used_at = ? WHERE token_hash = ? AND used_at IS NULL")
        .bind(millis(now))
        .bind(hash)
        .execute(tx)
        .await?;
    sql::query("UPDATE invitation_links SET ended_at = ? WHERE token_hash = ? AND ended_at IS NULL")
        .bind(millis(now))
        .bind(hash)
        .execute(tx)
        .await?;
    Ok(())
}
