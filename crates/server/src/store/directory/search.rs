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

use std::cmp::Reverse;

use studio_users_contract::Total;

use super::query::{DirectoryQuery, Grouped};
use crate::sql::QueryBuilder;
use crate::store::{Error, Store, Tx, UserKey};
use crate::text;

/// The number of candidates that is too high to sort all of them.
const MAX_SORTED_CANDIDATES: i64 = if cfg!(test) { 20 } else { 5_000 };
/// The number of rows after which a scan gives up. Terms of one or two characters match early or not at all.
const MAX_SCANNED_ROWS: i64 = if cfg!(test) { 60 } else { 12_000 };
/// The number of matches that a scan counts at least, if there are as many. It makes the lower bound meaningful.
const MIN_COUNTED_MATCHES: i64 = if cfg!(test) { 10 } else { 200 };
/// The maximum number of trigrams in a query. More do not narrow the result further.
const MAX_TRIGRAMS: usize = 24;

/// The maximum number of words that the text of a statement contains. The others are one bound list.
const MAX_INLINE_WORDS: usize = 4;

/// A search term: its words, folded like the texts. A match contains each of them, in any order.
pub(in crate::store) struct Term {
    /// No word contains another. The longest is first, because it excludes the most users.
    words: Vec<String>,
    /// The FTS5 query. `None` if each word is shorter than a trigram.
    trigrams: Option<String>,
}

impl Term {
    /// Folds the input of a user. Returns `None` if it is blank.
    pub(in crate::store) fn new(input: &str) -> Option<Self> {
        let text = text::fold(input);
        let mut all: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
        all.sort_by_key(|word| Reverse(word.chars().count()));
        let mut words: Vec<String> = Vec::new();
        for word in all {
            if !words.iter().any(|other| other.contains(word)) {
                words.push(word.to_owned());
            }
        }
        if words.is_empty() {
            return None;
        }
        let mut quoted_trigrams: Vec<String> = Vec::new();
        for word in &words {
            let chars: Vec<char> = word.chars().collect();
            for trigram in chars.windows(3) {
                let quoted = format!("\"{}\"", trigram.iter().collect::<String>().replace('"', "\"\""));
                if quoted_trigrams.len() < MAX_TRIGRAMS && !quoted_trigrams.contains(&quoted) {
                    quoted_trigrams.push(quoted);
                }
            }
        }
        // An FTS5 query ends at a NUL character, so a term with one skips the index. No text contains a NUL.
        let trigrams =
            (!quoted_trigrams.is_empty() && !text.contains('\0')).then(|| quoted_trigrams.join(" AND "));
        Some(Self { words, trigrams })
    }

    /// Pushes the condition that the name or the address contains each word.
    fn push_in_texts(&self, sql: &mut QueryBuilder) {
        self.push_all_words(sql, "1 = 1");
    }

    /// Pushes the condition that the address contains each word, or the name if the user has joined. The current user
    /// may not see other names.
    pub(in crate::store) fn push_matches(&self, sql: &mut QueryBuilder, status: &str) {
        sql.push(" AND ");
        self.push_all_words(sql, &format!("{status} = 0"));
    }

    /// Pushes the condition for all words. Names count if `has_name` is true. There are few texts, however many words.
    fn push_all_words(&self, sql: &mut QueryBuilder, has_name: &str) {
        let (inline, others) = self.words.split_at(self.words.len().min(MAX_INLINE_WORDS));
        sql.push("(");
        let count = inline.len().next_power_of_two();
        for (position, word) in inline.iter().cycle().take(count).enumerate() {
            sql.push(if position == 0 { "(" } else { " AND (" });
            sql.push("instr(t.email, ").push_bind(word.clone()).push(") > 0 OR ");
            sql.push(has_name).push(" AND instr(t.name, ").push_bind(word.clone()).push(") > 0)");
        }
        if !others.is_empty() {
            sql.push(" AND NOT EXISTS (SELECT 1 FROM json_each(");
            sql.push_bind(serde_json::json!(others).to_string());
            sql.push(") w WHERE instr(t.email, w.value) = 0 AND NOT (").push(has_name);
            sql.push(" AND instr(t.name, w.value) > 0))");
        }
        sql.push(")");
    }
}

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
        if let Some(trigrams) = &term.trigrams {
            let mut sql = QueryBuilder::new(tx.dialect(), "SELECT count(*) FROM ");
            push_candidates(&mut sql, trigrams, MAX_SORTED_CANDIDATES);
            let candidates: i64 = sql.build_query_scalar().fetch_one(tx).await?;
            if candidates < MAX_SORTED_CANDIDATES {
                return find_all(tx, query, term, Source::Trigrams(trigrams)).await;
            }
        }
        if let Some(found) = scan_in_order(tx, query, term).await? {
            return Ok(found);
        }
        let source = term.trigrams.as_deref().map_or(Source::Texts, Source::Trigrams);
        find_all(tx, query, term, source).await
    }

    async fn scope_size(&self, tx: &mut Tx, query: &DirectoryQuery<'_>) -> Result<i64, Error> {
        let all = DirectoryQuery { parts: query.parts.clone(), filters: &<_>::default(), ..*query };
        Ok(self.count(tx, &all).await?.value.into())
    }
}

/// Pushes a subquery for the users whose texts contain all trigrams.
fn push_candidates(sql: &mut QueryBuilder, trigrams: &str, limit: i64) {
    sql.push("(SELECT rowid AS user_pk FROM search_trigrams WHERE search_trigrams MATCH ");
    sql.push_bind(trigrams.to_owned()).push(" LIMIT ").push_bind(limit).push(")");
}

/// The users among whom [`find_all`] searches.
enum Source<'a> {
    /// All users in the scope.
    Scope,
    /// Users whose texts contain the trigrams.
    Trigrams(&'a str),
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
    let mut sql = QueryBuilder::new(tx.dialect(), "SELECT d.user_pk AS user_pk, count(*) OVER () AS total, ");
    query.push_sort_value(&mut sql);
    sql.push(" FROM ");
    push_all_matches(&mut sql, query, term, &source);
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
            sql.push(
                "directory d INDEXED BY directory_status CROSS JOIN search_texts t ON t.user_pk = d.user_pk",
            );
            sql.push(" WHERE d.part = ").push_bind(*part);
        }
        (source, [part]) => {
            if let Source::Trigrams(trigrams) = source {
                push_candidates(sql, trigrams, -1);
                sql.push(" c CROSS JOIN search_texts t ON t.user_pk = c.user_pk");
            } else {
                sql.push("search_texts t");
            }
            sql.push(" CROSS JOIN directory d ON d.user_pk = t.user_pk AND d.part = ").push_bind(*part);
            // Repeats the condition for the texts alone, so that SQLite joins the directory for matches only.
            sql.push(" WHERE ");
            term.push_in_texts(sql);
        }
        (source, _) => {
            match source {
                Source::Scope => query.push_grouped(sql, &Grouped::Ordered),
                Source::Trigrams(trigrams) => {
                    let push_users = |sql: &mut _| push_candidates(sql, trigrams, -1);
                    query.push_grouped(sql, &Grouped::Among(&push_users));
                }
                Source::Texts => {
                    let push_users = |sql: &mut QueryBuilder| {
                        sql.push("(SELECT t.user_pk FROM search_texts t WHERE ");
                        term.push_in_texts(sql);
                        sql.push(")");
                    };
                    query.push_grouped(sql, &Grouped::Among(&push_users));
                }
            }
            sql.push(" d CROSS JOIN search_texts t ON t.user_pk = d.user_pk WHERE 1 = 1");
        }
    }
    term.push_matches(sql, "d.status");
    query.push_filters(sql);
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
    query.push_rows(&mut sql, |_| {});
    query.push_order(&mut sql, false);
    // CROSS JOIN keeps the scan as the outer loop (<https://www.sqlite.org/optoverview.html>), so the result has its
    // order.
    sql.push(" LIMIT ")
        .push_bind(MAX_SCANNED_ROWS)
        .push(") w CROSS JOIN search_texts t ON t.user_pk = w.user_pk WHERE 1 = 1");
    term.push_matches(&mut sql, "w.status");
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

#[cfg(test)]
mod tests {
    use super::*;

    fn words(input: &str) -> Vec<String> {
        Term::new(input).unwrap().words
    }

    #[test]
    fn splits_a_term_into_trigrams_and_escapes_quotes() {
        let term = Term::new(" A\"B\" ").unwrap();
        assert_eq!(term.words, ["a\"b\""]);
        assert_eq!(term.trigrams.as_deref(), Some("\"a\"\"b\" AND \"\"\"b\"\"\""));
        let term = Term::new("Jo  Smit").unwrap();
        assert_eq!(term.trigrams.as_deref(), Some("\"smi\" AND \"mit\""), "no trigram has a blank");
    }

    #[test]
    fn keeps_each_word_that_no_other_one_contains() {
        assert_eq!(words("de la  Cruz\u{a0}DE del"), ["cruz", "del", "la"]);
        assert_eq!(words("an an"), ["an"]);
    }

    #[test]
    fn short_terms_have_no_trigrams_and_blank_input_has_no_term() {
        assert!(Term::new("ab").unwrap().trigrams.is_none());
        assert!(Term::new("한국").unwrap().trigrams.is_none());
        assert!(Term::new("a b").unwrap().trigrams.is_none());
        assert!(Term::new("  ").is_none());
        assert!(Term::new("\u{200b}").is_none());
    }
}
