//! Erases personal texts from the log. The hashes cover only digests of the texts, so the log stays verifiable.

use uuid::Uuid;

use crate::sql::{self, Tx};
use crate::text::any_json_string;

/// The number of entries that are read at a time.
const PAGE_SIZE: i64 = 2_000;

/// The result of an erasure.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Erased {
    /// The number of erased texts.
    pub(crate) texts: u64,
    /// The number of entries that name the person and cannot be erased, because they have format 1.
    pub(crate) kept_entries: i64,
}

/// Erases the names of a person, and the texts of entries that the person is in or that mention one of the `mentions`.
///
/// `mentions` are names and addresses. They count only as whole words, in any case.
pub(crate) async fn erase_person(
    tx: &mut Tx,
    person: Uuid,
    mentions: &[String],
) -> Result<Erased, sqlx::Error> {
    let id = person.as_bytes().to_vec();
    let mut texts = 0;
    for sql in [
        "UPDATE audit SET actor_name = NULL, actor_salt = NULL WHERE actor = ? AND actor_name IS NOT NULL AND format = 2",
        "UPDATE audit SET target_name = NULL, target_salt = NULL WHERE target = ? AND target_name IS NOT NULL AND format = 2",
        "UPDATE audit SET texts = NULL, texts_salt = NULL WHERE actor = ? AND texts IS NOT NULL AND format = 2",
        "UPDATE audit SET texts = NULL, texts_salt = NULL WHERE target = ? AND texts IS NOT NULL AND format = 2",
    ] {
        texts += sql::query(sql).bind(id.clone()).execute(tx).await?;
    }
    let is_mentioned = |text: &str| mentions.iter().any(|mention| crate::text::mentions(text, mention));
    let mut last = 0_i64;
    loop {
        let page = "SELECT seq, texts FROM audit WHERE seq > ? AND texts IS NOT NULL AND format = 2 ORDER BY seq LIMIT ?";
        let rows = sql::query(page).bind(last).bind(PAGE_SIZE).fetch_all(tx).await?;
        let Some(end) = rows.last() else { break };
        last = end.try_get("seq")?;
        for row in rows {
            if any_json_string(row.try_get("texts")?, &is_mentioned) {
                let erase = "UPDATE audit SET texts = NULL, texts_salt = NULL WHERE seq = ?";
                let erased = sql::query(erase).bind(row.try_get::<i64, _>("seq")?);
                texts += erased.execute(tx).await?;
            }
        }
    }
    let kept = "SELECT count(*) FROM audit WHERE format = 1 AND ? IN (actor, target)";
    let kept_entries = sql::query_scalar(kept).bind(id).fetch_one(tx).await?;
    Ok(Erased { texts, kept_entries })
}

/// Erases the texts of entries after the entry `after` that are from before `time`, in milliseconds since 1970. Erases
/// at most `limit` entries, and returns the number of the last one. Returns `None` if there is none.
pub(crate) async fn erase_before(
    tx: &mut Tx,
    time: i64,
    after: i64,
    limit: i64,
) -> Result<Option<i64>, sqlx::Error> {
    let last: Option<i64> = sql::query_scalar(
        "SELECT max(seq) FROM (SELECT seq FROM audit WHERE seq > ? AND format = 2 AND at < ? ORDER BY seq LIMIT ?) AS batch",
    )
    .bind(after)
    .bind(time)
    .bind(limit)
    .fetch_one(tx)
    .await?;
    let Some(last) = last else { return Ok(None) };
    sql::query(
        "UPDATE audit SET actor_name = NULL, actor_salt = NULL, target_name = NULL, target_salt = NULL, \
         texts = NULL, texts_salt = NULL WHERE seq > ? AND seq <= ? AND format = 2 AND at < ? \
         AND (actor_name IS NOT NULL OR target_name IS NOT NULL OR texts IS NOT NULL)",
    )
    .bind(after)
    .bind(last)
    .bind(time)
    .execute(tx)
    .await?;
    Ok(Some(last))
}
