//! Searching: any part of a name or an address, quick for rare words and for common ones.
//!
//! Three ways, and the choice between them by how common the word is. A rare word: the index of trigrams finds
//! candidates, which are few enough to be sorted. A common one: a walk along the order soon meets enough
//! matches for a window; the total is then a lower bound. What neither settles is looked for everywhere.
//! Each way asks the texts themselves in the end, and of a user who has not joined in the scope the address only.

use sqlx::{QueryBuilder, Sqlite};
use studio_users_contract::Total;

use super::question::{Grouped, Question};
use super::{Error, Store, Tx, UserKey};
use crate::text;

/// How many candidates are few enough to be sorted at once.
const FEW: i64 = if cfg!(test) { 20 } else { 5_000 };
/// How many rows a walk passes by before it gives up; one or two letters are met soon or nowhere.
const WALK: i64 = if cfg!(test) { 60 } else { 12_000 };
/// How far a walk counts, so that the lower bound says something.
const COUNT: i64 = if cfg!(test) { 10 } else { 200 };
/// More trigrams than this narrow nothing further.
const MOST_TRIGRAMS: usize = 24;

/// What is looked for, folded as the texts are.
pub(super) struct Term {
    text: String,
    /// The query for the index of trigrams; none where the word is too short for it.
    trigrams: Option<String>,
}

impl Term {
    /// What a reader typed; none where that is nothing.
    pub(super) fn new(typed: &str) -> Option<Self> {
        let text = text::fold(typed.trim());
        if text.is_empty() {
            return None;
        }
        let letters: Vec<char> = text.chars().collect();
        let mut found: Vec<String> = Vec::new();
        for trigram in letters.windows(3) {
            let quoted = format!("\"{}\"", trigram.iter().collect::<String>().replace('"', "\"\""));
            if found.len() < MOST_TRIGRAMS && !found.contains(&quoted) {
                found.push(quoted);
            }
        }
        // The query language ends at a NUL, which stands in no text; the texts themselves decide then.
        let trigrams = (!found.is_empty() && !text.contains('\0')).then(|| found.join(" AND "));
        Some(Self { text, trigrams })
    }

    /// Whether it stands in either text.
    fn push_in_texts(&self, query: &mut QueryBuilder<Sqlite>) {
        query.push("(instr(t.email, ").push_bind(self.text.clone()).push(") > 0");
        query.push(" OR instr(t.name, ").push_bind(self.text.clone()).push(") > 0)");
    }

    /// Whether it stands in what a reader sees of the two.
    pub(super) fn push_matches(&self, query: &mut QueryBuilder<Sqlite>, status: &str) {
        query.push(" AND (instr(t.email, ").push_bind(self.text.clone()).push(") > 0 OR (");
        query.push(status).push(" = 0 AND instr(t.name, ").push_bind(self.text.clone()).push(") > 0))");
    }
}

impl Store {
    /// The window of those who match, and how many they are.
    pub(super) async fn search(
        &self,
        tx: &mut Tx,
        question: &Question<'_>,
        term: &Term,
    ) -> Result<(Total, Vec<UserKey>), Error> {
        if self.size(tx, question).await? <= WALK {
            return everywhere(tx, question, term, Source::Scope).await;
        }
        if let Some(trigrams) = &term.trigrams {
            let mut query = QueryBuilder::new("SELECT count(*) FROM ");
            push_candidates(&mut query, trigrams, FEW);
            let candidates: i64 = query.build_query_scalar().fetch_one(&mut **tx).await?;
            if candidates < FEW {
                return everywhere(tx, question, term, Source::Trigrams(trigrams)).await;
            }
        }
        if let Some(found) = along_the_order(tx, question, term).await? {
            return Ok(found);
        }
        let source = term.trigrams.as_deref().map_or(Source::Texts, Source::Trigrams);
        everywhere(tx, question, term, source).await
    }

    async fn size(&self, tx: &mut Tx, question: &Question<'_>) -> Result<i64, Error> {
        let all = Question { parts: question.parts.clone(), selection: &<_>::default(), ..*question };
        Ok(self.count(tx, &all).await?.value.into())
    }
}

/// The users who have the trigrams, as a table.
fn push_candidates(query: &mut QueryBuilder<Sqlite>, trigrams: &str, most: i64) {
    query.push("(SELECT rowid AS user FROM search_trigrams WHERE search_trigrams MATCH ");
    query.push_bind(trigrams.to_owned()).push(" LIMIT ").push_bind(most).push(")");
}

/// Where every match is looked for.
enum Source<'a> {
    /// Among all whom the reader sees.
    Scope,
    /// Among those who have the trigrams.
    Trigrams(&'a str),
    /// In all texts.
    Texts,
}

/// Every match is found, counted and sorted.
async fn everywhere(
    tx: &mut Tx,
    question: &Question<'_>,
    term: &Term,
    source: Source<'_>,
) -> Result<(Total, Vec<UserKey>), Error> {
    let mut query = QueryBuilder::new("SELECT d.user AS user, count(*) OVER () AS total, ");
    question.push_key(&mut query);
    query.push(" FROM ");
    push_everywhere(&mut query, question, term, &source);
    question.push_order(&mut query, false);
    query.push(" LIMIT ").push_bind(i64::from(question.window.limit));
    query.push(" OFFSET ").push_bind(i64::from(question.window.offset));
    let rows: Vec<(i64, i64)> = query.build_query_as().fetch_all(&mut **tx).await?;
    let total = rows.first().map(|&(_, total)| u32::try_from(total).unwrap_or(u32::MAX));
    let users = rows.into_iter().map(|(user, _)| UserKey(user)).collect();
    if let Some(value) = total {
        return Ok((Total { value, exact: true }, users));
    }
    if question.window.offset == 0 {
        return Ok((Total { value: 0, exact: true }, users));
    }
    // A window past the end has no row to carry the total.
    let mut query = QueryBuilder::new("SELECT count(*) FROM ");
    push_everywhere(&mut query, question, term, &source);
    let value: i64 = query.build_query_scalar().fetch_one(&mut **tx).await?;
    Ok((Total { value: u32::try_from(value).unwrap_or(u32::MAX), exact: true }, users))
}

fn push_everywhere(
    query: &mut QueryBuilder<Sqlite>,
    question: &Question<'_>,
    term: &Term,
    source: &Source<'_>,
) {
    match (source, &question.parts[..]) {
        (Source::Scope, [part]) => {
            query
                .push("directory d INDEXED BY directory_status CROSS JOIN search_texts t ON t.user = d.user");
            query.push(" WHERE d.part = ").push_bind(*part);
        }
        (source, [part]) => {
            if let Source::Trigrams(trigrams) = source {
                push_candidates(query, trigrams, -1);
                query.push(" c CROSS JOIN search_texts t ON t.user = c.user");
            } else {
                query.push("search_texts t");
            }
            query.push(" CROSS JOIN directory d ON d.user = t.user AND d.part = ").push_bind(*part);
            // Said once more of the texts alone, so that the directory is asked about matches only.
            query.push(" WHERE ");
            term.push_in_texts(query);
        }
        (source, _) => {
            match source {
                Source::Scope => question.push_grouped(query, &Grouped::Ordered),
                Source::Trigrams(trigrams) => {
                    let push_users = |query: &mut _| push_candidates(query, trigrams, -1);
                    question.push_grouped(query, &Grouped::Among(&push_users));
                }
                Source::Texts => {
                    let push_users = |query: &mut QueryBuilder<Sqlite>| {
                        query.push("(SELECT t.user FROM search_texts t WHERE ");
                        term.push_in_texts(query);
                        query.push(")");
                    };
                    question.push_grouped(query, &Grouped::Among(&push_users));
                }
            }
            query.push(" d CROSS JOIN search_texts t ON t.user = d.user WHERE 1 = 1");
        }
    }
    term.push_matches(query, "d.status");
    question.push_filters(query);
}

/// Walks along the order until the window is full, and somewhat further; nothing where it is not within a
/// reasonable number of rows.
async fn along_the_order(
    tx: &mut Tx,
    question: &Question<'_>,
    term: &Term,
) -> Result<Option<(Total, Vec<UserKey>)>, Error> {
    let window = question.window;
    let (offset, limit) = (i64::from(window.offset), i64::from(window.limit));
    let mut query = QueryBuilder::new("SELECT w.user FROM (");
    question.push_rows(&mut query, |_| {});
    question.push_order(&mut query, false);
    // CROSS JOIN keeps the walk outside, so that its order is that of the answer.
    query
        .push(" LIMIT ")
        .push_bind(WALK)
        .push(") w CROSS JOIN search_texts t ON t.user = w.user WHERE 1 = 1");
    term.push_matches(&mut query, "w.status");
    query.push(" LIMIT ").push_bind((offset + limit + 1).max(COUNT));
    let users: Vec<i64> = query.build_query_scalar().fetch_all(&mut **tx).await?;
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

    #[test]
    fn a_word_becomes_its_trigrams_and_a_quote_stays_text() {
        let term = Term::new(" A\"B\" ").unwrap();
        assert_eq!(term.text, "a\"b\"");
        assert_eq!(term.trigrams.as_deref(), Some("\"a\"\"b\" AND \"\"\"b\"\"\""));
    }

    #[test]
    fn short_words_have_no_trigrams_and_blanks_are_no_word() {
        assert!(Term::new("ab").unwrap().trigrams.is_none());
        assert!(Term::new("한국").unwrap().trigrams.is_none());
        assert!(Term::new("  ").is_none());
    }
}
