use super::term::{Term, repeated};
use crate::sql::{Dialect, QueryBuilder};

/// The maximum number of trigrams in a query of FTS5. More do not narrow the result further.
const MAX_TRIGRAMS: usize = 24;
/// The maximum number of patterns in a query of PostgreSQL.
const MAX_PATTERNS: usize = 4;
/// The number of characters in a trigram.
const TRIGRAM: usize = 3;

/// A query of the trigram index. It finds the candidates: the users whose texts can contain the words of a term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TrigramQuery {
    /// An FTS5 query (<https://www.sqlite.org/fts5.html#the_trigram_tokenizer>).
    Fts5(String),
    /// Patterns for `LIKE` (<https://www.postgresql.org/docs/15/pgtrgm.html>).
    Like(Vec<String>),
}

impl TrigramQuery {
    /// Returns the query for a term. Returns `None` if each word is shorter than a trigram.
    pub(super) fn new(term: &Term, dialect: Dialect) -> Option<Self> {
        // No text contains a NUL character, and an FTS5 query ends at one.
        if term.has_nul() {
            return None;
        }
        match dialect {
            Dialect::Sqlite => fts5_query(&term.words).map(Self::Fts5),
            Dialect::Postgres => like_patterns(&term.words).map(Self::Like),
        }
    }

    /// Pushes a query that returns the `user_pk` of each candidate, or of as many as the limit.
    pub(super) fn push_users(&self, sql: &mut QueryBuilder, limit: Option<i64>) {
        match self {
            Self::Fts5(query) => {
                sql.push("SELECT rowid AS user_pk FROM search_trigrams WHERE search_trigrams MATCH ");
                sql.push_bind(query).push(" LIMIT ").push_bind(limit.unwrap_or(-1));
            }
            Self::Like(patterns) => {
                sql.push("SELECT t.user_pk FROM search_texts t WHERE ");
                push_like(sql, patterns);
                if let Some(limit) = limit {
                    sql.push(" LIMIT ").push_bind(limit);
                }
            }
        }
    }

    /// Pushes the table `t` of texts. SQLite joins it with the candidates.
    pub(super) fn push_texts(&self, sql: &mut QueryBuilder) {
        if let Self::Fts5(_) = self {
            sql.push("(");
            self.push_users(sql, None);
            sql.push(") c CROSS JOIN search_texts t ON t.user_pk = c.user_pk");
        } else {
            sql.push("search_texts t");
        }
    }

    /// Pushes the condition on the texts `t` alone. The query for matches adds another one, which also decides whether the
    /// name counts.
    pub(super) fn push_condition(&self, sql: &mut QueryBuilder, term: &Term) {
        match self {
            Self::Fts5(_) => term.push_in_texts(sql),
            Self::Like(patterns) => push_like(sql, patterns),
        }
    }
}

/// Pushes the condition that the texts `t` are like each pattern. The expression is that of the index `search_texts_trigrams`.
fn push_like(sql: &mut QueryBuilder, patterns: &[String]) {
    for (position, pattern) in repeated(patterns).enumerate() {
        sql.push(if position == 0 { "" } else { " AND " });
        sql.push("(t.name || chr(10) || t.email) LIKE ").push_bind(pattern);
    }
}

fn fts5_query(words: &[String]) -> Option<String> {
    let mut quoted_trigrams: Vec<String> = Vec::new();
    for word in words {
        let chars: Vec<char> = word.chars().collect();
        for trigram in chars.windows(TRIGRAM) {
            let quoted = format!("\"{}\"", trigram.iter().collect::<String>().replace('"', "\"\""));
            if quoted_trigrams.len() < MAX_TRIGRAMS && !quoted_trigrams.contains(&quoted) {
                quoted_trigrams.push(quoted);
            }
        }
    }
    (!quoted_trigrams.is_empty()).then(|| quoted_trigrams.join(" AND "))
}

/// Returns a pattern for each of the first words that have a trigram.
fn like_patterns(words: &[String]) -> Option<Vec<String>> {
    let long_words = words.iter().filter(|word| word.chars().count() >= TRIGRAM).take(MAX_PATTERNS);
    let patterns: Vec<String> = long_words.map(|word| format!("%{}%", escape_like(word))).collect();
    (!patterns.is_empty()).then_some(patterns)
}

/// Escapes the special characters of `LIKE` (<https://www.postgresql.org/docs/15/functions-matching.html>).
fn escape_like(word: &str) -> String {
    word.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::tests::{World, explain_prefix, plan};

    fn query(input: &str, dialect: Dialect) -> Option<TrigramQuery> {
        TrigramQuery::new(&Term::new(input).unwrap(), dialect)
    }

    #[test]
    fn splits_a_term_into_trigrams_and_escapes_quotes() {
        let fts5 = |input, expected: &str| {
            assert_eq!(query(input, Dialect::Sqlite), Some(TrigramQuery::Fts5(expected.into())));
        };
        fts5(" A\"B\" ", "\"a\"\"b\" AND \"\"\"b\"\"\"");
        // No trigram contains a blank.
        fts5("Jo  Smit", "\"smi\" AND \"mit\"");
    }

    #[test]
    fn escapes_patterns_and_leaves_out_short_words() {
        let like = |input, expected: &[&str]| {
            let expected = expected.iter().map(|&pattern| pattern.to_owned()).collect();
            assert_eq!(query(input, Dialect::Postgres), Some(TrigramQuery::Like(expected)));
        };
        like(r"Jo 100%_\ smit", &[r"%100\%\_\\%", "%smit%"]);
        like("aaa bbb ccc ddd eee", &["%aaa%", "%bbb%", "%ccc%", "%ddd%"]);
    }

    #[test]
    fn short_words_and_words_with_a_nul_have_no_trigrams() {
        for input in ["ab", "한국", "a b", "abc\0def"] {
            for dialect in [Dialect::Sqlite, Dialect::Postgres] {
                assert_eq!(query(input, dialect), None, "{input:?}");
            }
        }
    }

    #[tokio::test]
    async fn the_index_finds_the_candidates() {
        let world = World::new(12, 30).await;
        let mut tx = world.store.read().await.unwrap();
        let trigrams = query("berg", tx.dialect()).unwrap();
        let mut sql = QueryBuilder::new(tx.dialect(), explain_prefix(&mut tx).await);
        trigrams.push_users(&mut sql, Some(5));
        let plan = plan(&sql.build().fetch_all(&mut tx).await.unwrap());
        let scan = tx.dialect().select("search_trigrams VIRTUAL TABLE INDEX", "search_texts_trigrams");
        assert!(plan.contains(scan), "{plan}");
    }
}
