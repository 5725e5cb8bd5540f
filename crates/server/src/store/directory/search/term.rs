use std::cmp::Reverse;

use crate::sql::QueryBuilder;
use crate::text;

/// The maximum number of words that the text of a statement contains. The others are one bound list.
const MAX_INLINE_WORDS: usize = 4;

/// A search term: its words, folded like the texts. A match contains each of them, in any order.
pub(in crate::store) struct Term {
    /// No word contains another. The longest is first, because it excludes the most users.
    pub(super) words: Vec<String>,
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
        (!words.is_empty()).then_some(Self { words })
    }

    /// Returns the words. No word contains another, and the longest is first.
    pub(in crate::store) fn words(&self) -> &[String] {
        &self.words
    }

    /// Returns whether a word contains a NUL character. No text does, and PostgreSQL has no text with one
    /// (<https://www.postgresql.org/docs/15/datatype-character.html>).
    pub(super) fn has_nul(&self) -> bool {
        self.words.iter().any(|word| word.contains('\0'))
    }

    /// Pushes the condition that the name or the address contains each word.
    pub(super) fn push_in_texts(&self, sql: &mut QueryBuilder) {
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
        if self.has_nul() {
            sql.push("FALSE");
            return;
        }
        let position_of = sql.dialect().select("instr", "strpos");
        let (inline, others) = self.words.split_at(self.words.len().min(MAX_INLINE_WORDS));
        sql.push("(");
        for (position, word) in repeated(inline).enumerate() {
            sql.push(if position == 0 { "(" } else { " AND (" });
            sql.push(position_of).push("(t.email, ").push_bind(word).push(") > 0 OR ");
            sql.push(has_name)
                .push(" AND ")
                .push(position_of)
                .push("(t.name, ")
                .push_bind(word)
                .push(") > 0)");
        }
        if !others.is_empty() {
            sql.push(" AND NOT EXISTS (SELECT 1 FROM ")
                .push_texts_as("words", others)
                .push(" WHERE ")
                .push(position_of)
                .push("(t.email, words.value) = 0 AND NOT (")
                .push(has_name);
            sql.push(" AND ").push(position_of).push("(t.name, words.value) > 0))");
        }
        sql.push(")");
    }
}

/// Repeats items up to a power of two, so that statements have few texts.
pub(super) fn repeated<T>(items: &[T]) -> impl Iterator<Item = &T> {
    items.iter().cycle().take(items.len().next_power_of_two())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(input: &str) -> Vec<String> {
        Term::new(input).unwrap().words
    }

    #[test]
    fn folds_words() {
        assert_eq!(words(" A\"B\" "), ["a\"b\""]);
    }

    #[test]
    fn keeps_each_word_that_no_other_one_contains() {
        assert_eq!(words("de la  Cruz\u{a0}DE del"), ["cruz", "del", "la"]);
        assert_eq!(words("an an"), ["an"]);
    }

    #[test]
    fn blank_input_has_no_term() {
        assert!(Term::new("  ").is_none());
        assert!(Term::new("\u{200b}").is_none());
    }
}
