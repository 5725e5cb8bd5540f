//! Links that let somebody in: to sign in, or to accept an invitation. Of their tokens only hashes are kept.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Error, Tx, UserKey, millis};
use crate::token::Token;

/// How long a sign-in link can be used.
const SIGN_IN_LINK_LASTS: TimeDelta = TimeDelta::minutes(15);
/// How long a sign-in link is kept, used or not.
const SIGN_IN_LINK_KEPT: TimeDelta = TimeDelta::days(1);

/// Makes a link that signs a user in, once. Only a mailed one shows that the address is theirs.
pub(super) async fn mint_sign_in_link(
    tx: &mut Tx,
    user: UserKey,
    is_mailed: bool,
    now: DateTime<Utc>,
) -> Result<Token, Error> {
    let token = Token::mint()?;
    sqlx::query("DELETE FROM sign_in_links WHERE created_at <= ?")
        .bind(millis(now - SIGN_IN_LINK_KEPT))
        .execute(&mut **tx)
        .await?;
    sqlx::query(
        "INSERT INTO sign_in_links (token_hash, user, is_mailed, created_at, expires_at) VALUES (?, ?, ?, ?, ?)",
    )
    .bind(token.hash().as_bytes())
    .bind(user.0)
    .bind(is_mailed)
    .bind(millis(now))
    .bind(millis(now + SIGN_IN_LINK_LASTS))
    .execute(&mut **tx)
    .await?;
    Ok(token)
}

/// Makes a link with which a user can accept what the maker may give. A mailed one ends those that were mailed to
/// them for the same maker before; copied ones stand beside each other.
pub(crate) async fn mint_invitation_link(
    tx: &mut Tx,
    user: UserKey,
    maker: UserKey,
    is_mailed: bool,
    now: DateTime<Utc>,
) -> Result<Token, Error> {
    let token = Token::mint()?;
    if is_mailed {
        sqlx::query(
            "UPDATE invitation_links SET ended_at = ? \
             WHERE user = ? AND maker = ? AND is_mailed AND ended_at IS NULL",
        )
        .bind(millis(now))
        .bind(user.0)
        .bind(maker.0)
        .execute(&mut **tx)
        .await?;
    }
    sqlx::query(
        "INSERT INTO invitation_links (token_hash, user, maker, is_mailed, created_at) VALUES (?, ?, ?, ?, ?)",
    )
    .bind(token.hash().as_bytes())
    .bind(user.0)
    .bind(maker.0)
    .bind(is_mailed)
    .bind(millis(now))
    .execute(&mut **tx)
    .await?;
    Ok(token)
}

/// Ends every link with which a user could accept an invitation.
pub(crate) async fn end_invitation_links(
    tx: &mut Tx,
    user: UserKey,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query("UPDATE invitation_links SET ended_at = ? WHERE user = ? AND ended_at IS NULL")
        .bind(millis(now))
        .bind(user.0)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Ends the one link of a token's hash, whichever kind it is of.
pub(crate) async fn end_link(tx: &mut Tx, hash: &[u8], now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query("UPDATE sign_in_links SET used_at = ? WHERE token_hash = ? AND used_at IS NULL")
        .bind(millis(now))
        .bind(hash)
        .execute(&mut **tx)
        .await?;
    sqlx::query("UPDATE invitation_links SET ended_at = ? WHERE token_hash = ? AND ended_at IS NULL")
        .bind(millis(now))
        .bind(hash)
        .execute(&mut **tx)
        .await?;
    Ok(())
}
