//! Search for words in names and email addresses, fast for rare and for common terms. A word can be any part of a text.
//!
//! The strategy depends on how common the term is:
//!
//! - Rare: the trigram index finds the candidates, which are few enough to sort. The total is exact.
//! - Common: a scan in sort order soon finds enough matches for a page. The total is a lower bound.
//! - Neither: all matches are found and sorted. The same applies to small scopes.
//!
//! Each strategy finally compares the folded texts ([`text::fold`]). For users who have not joined in the scope, it
//! compares only the address.

use studio_users_contract::Total;

use super::query::{DirectoryQuery, Grouped};
use crate::sql::{Dialect, QueryBuilder};
use crate::store::{Error, Store, Tx, UserKey};
use candidates::TrigramQuery;
pub(in crate::store) use term::Term;

mod candidates;
mod term;

/// The number of candidates that is too high to sort all of them.
const MAX_SORTED_CANDIDATES: i64 = if cfg!(test) { 20 } else { 5_000 };
/// The number of rows after which a scan gives up. Terms of one or two characters match early or not at all.
const MAX_SCANNED_ROWS: i64 = if cfg!(test) { 60 } else { 12_000 };
/// The number of matches that a scan counts at least, if there are as many. It makes the lower bound meaningful.
const MIN_COUNTED_MATCHES: i64 = if cfg!(test) { 10 } else { 200 };

impl Store {
    /// Returns one window of the users that match the term, and the total.
    pub(in crate::store) async fn search(
        &self,
        tx: &mut Tx,
        query: &DirectoryQuery<'_>,
        term: &Term,
    ) -> Result<(Total, Vec<UserKey>), Error> {
        if self.scope_size(tx, query).await? <= MAX_SCANNED_ROWS {
            return find_all(tx, query, term, Source::Scope).await;
        }
        let trigrams = TrigramQuery::new(term, tx.dialect());
        if let Some(trigrams) = &trigrams {
            let mut sql = QueryBuilder::new(tx.dialect(), "SELECT count(*) FROM (");
            trigrams.push_users(&mut sql, Some(MAX_SORTED_CANDIDATES));
            sql.push(") c");
            let candidates: i64 = sql.build_query_scalar().fetch_one(tx).await?;
            if candidates < MAX_SORTED_CANDIDATES {
                return find_all(tx, query, term, Source::RareTrigrams(trigrams)).await;
            }
        }
        if let Some(found) = scan_in_order(tx, query, term).await? {
            return Ok(found);
        }
        find_all(tx, query, term, trigrams.as_ref().map_or(Source::Texts, Source::Trigrams)).await
    }

    async fn scope_size(&self, tx: &mut Tx, query: &DirectoryQuery<'_>) -> Result<i64, Error> {
        let all = DirectoryQuery { parts: query.parts.clone(), filters: &<_>::default(), ..*query };
        Ok(self.count(tx, &all).await?.value.into())
    }
}

/// The users among whom [`find_all`] searches.
enum Source<'a> {
    /// All users in the scope.
    Scope,
    /// Users whose texts contain the trigrams, fewer than [`MAX_SORTED_CANDIDATES`].
    RareTrigrams(&'a TrigramQuery),
    /// Users whose texts contain the trigrams.
    Trigrams(&'a TrigramQuery),
    /// Users whose texts contain the words.
    Texts,
}

/// Finds, counts and sorts all matches.
async fn find_all(
    tx: &mut Tx,
    query: &DirectoryQuery<'_>,
    term: &Term,
    source: Source<'_>,
) -> Result<(Total, Vec<UserKey>), Error> {
    let mut sql = QueryBuilder::new(tx.dialect(), "SELECT ");
    // PostgreSQL does not expect that the total needs all rows: it would scan the directory in order and hope to stop
    // early. It plans a subquery with OFFSET on its own.
    sql.push_either(
        "d.user_pk AS user_pk, count(*) OVER () AS total, ",
        "user_pk, count(*) OVER () AS total FROM (SELECT d.user_pk AS user_pk, ",
    );
    query.push_sort_value(&mut sql);
    sql.push(" FROM ");
    push_all_matches(&mut sql, query, term, &source);
    sql.push_either("", " OFFSET 0) m");
    query.push_order(&mut sql, false);
    sql.push(" LIMIT ").push_bind(i64::from(query.window.limit));
    sql.push(" OFFSET ").push_bind(i64::from(query.window.offset));
    let rows: Vec<(i64, i64)> = sql.build_query_as().fetch_all(tx).await?;
    let total = rows.first().map(|&(_, total)| u32::try_from(total).unwrap_or(u32::MAX));
    let users = rows.into_iter().map(|(user, _)| UserKey(user)).collect();
    if let Some(value) = total {
        return Ok((Total { value, exact: true }, users));
    }
    if query.window.offset == 0 {
        return Ok((Total { value: 0, exact: true }, users));
    }
    // A page past the end has no row that contains the total.
    let mut sql = QueryBuilder::new(tx.dialect(), "SELECT count(*) FROM ");
    push_all_matches(&mut sql, query, term, &source);
    let value: i64 = sql.build_query_scalar().fetch_one(tx).await?;
    Ok((Total { value: u32::try_from(value).unwrap_or(u32::MAX), exact: true }, users))
}

fn push_all_matches(sql: &mut QueryBuilder, query: &DirectoryQuery<'_>, term: &Term, source: &Source<'_>) {
    match (source, &query.parts[..]) {
        (Source::Scope, [part]) => {
            sql.push("directory d").push_indexed_by("directory_status").push_ordered_join();
            sql.push("search_texts t ON t.user_pk = d.user_pk WHERE d.part = ").push_bind(*part);
        }
        (source, [part]) => {
            source.push_texts(sql);
            sql.push_ordered_join()
                .push("directory d ON d.user_pk = t.user_pk AND d.part = ")
                .push_bind(*part);
            // Repeats the condition for the texts alone, so that SQLite joins the directory for matches only.
            sql.push(" WHERE ");
            source.push_condition(sql, term);
        }
        (source, _) => {
            match source {
                Source::Scope => query.push_grouped(sql, &Grouped::Ordered),
                _ => query.push_grouped(sql, &Grouped::Among(&|sql| source.push_users(sql, term))),
            }
            sql.push(" d").push_ordered_join().push("search_texts t ON t.user_pk = d.user_pk WHERE 1 = 1");
        }
    }
    term.push_matches(sql, "d.status");
    query.push_filters(sql);
}

impl Source<'_> {
    /// Pushes the table `t` of texts.
    fn push_texts(&self, sql: &mut QueryBuilder) {
        match self {
            Self::RareTrigrams(trigrams) | Self::Trigrams(trigrams) => trigrams.push_texts(sql),
            Self::Scope | Self::Texts => {
                sql.push("search_texts t");
            }
        }
    }

    /// Pushes the condition on the texts `t`.
    fn push_condition(&self, sql: &mut QueryBuilder, term: &Term) {
        match self {
            Self::RareTrigrams(trigrams) | Self::Trigrams(trigrams) => trigrams.push_condition(sql, term),
            Self::Scope | Self::Texts => term.push_in_texts(sql),
        }
    }

    /// Pushes the condition that a `user_pk` is that of one of these users.
    fn push_users(&self, sql: &mut QueryBuilder, term: &Term) {
        // PostgreSQL seeks each item of an array in the index. For a subquery it plans a join.
        let is_array = matches!(self, Self::RareTrigrams(_)) && sql.dialect() == Dialect::Postgres;
        sql.push(if is_array { " = ANY(ARRAY(" } else { " IN (" });
        match self {
            Self::RareTrigrams(trigrams) | Self::Trigrams(trigrams) => trigrams.push_users(sql, None),
            Self::Scope | Self::Texts => {
                sql.push("SELECT t.user_pk FROM search_texts t WHERE ");
                term.push_in_texts(sql);
            }
        }
        sql.push(if is_array { "))" } else { ")" });
    }
}

/// Scans the users in sort order until the window is full, and counts up to [`MIN_COUNTED_MATCHES`]. Returns `None`
/// if the window is not full after [`MAX_SCANNED_ROWS`].
async fn scan_in_order(
    tx: &mut Tx,
    query: &DirectoryQuery<'_>,
    term: &Term,
) -> Result<Option<(Total, Vec<UserKey>)>, Error> {
    let window = query.window;
    let (offset, limit) = (i64::from(window.offset), i64::from(window.limit));
    let mut sql = QueryBuilder::new(tx.dialect(), "SELECT w.user_pk FROM (");
    query.push_rows(&mut sql, false, |_| {});
    // SQLite keeps the scan as the outer loop, so the result has its order.
    sql.push(" LIMIT ").push_bind(MAX_SCANNED_ROWS).push(") w").push_ordered_join();
    sql.push("search_texts t ON t.user_pk = w.user_pk WHERE 1 = 1");
    term.push_matches(&mut sql, "w.status");
    if sql.dialect() == Dialect::Postgres {
        query.push_order(&mut sql, false);
    }
    sql.push(" LIMIT ").push_bind((offset + limit + 1).max(MIN_COUNTED_MATCHES));
    let found = sql.build_query_scalar().persistent(query.is_cacheable());
    let users: Vec<i64> = found.fetch_all(tx).await?;
    if i64::try_from(users.len()).unwrap_or(i64::MAX) < offset + limit {
        return Ok(None);
    }
    let total = Total { value: u32::try_from(users.len()).unwrap_or(u32::MAX), exact: false };
    let (offset, limit) = (window.offset as usize, window.limit as usize);
    Ok(Some((total, users.into_iter().skip(offset).take(limit).map(UserKey).collect())))
}
