//! The hash chain: the hashes of the entries and of the head.

use super::hash::{Hash, Key};
use super::text::Text;

/// An entry as stored in the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    pub(super) id: [u8; 16],
    pub(super) at: i64,
    pub(super) action: String,
    pub(super) actor: Option<[u8; 16]>,
    pub(super) target: Option<[u8; 16]>,
    pub(super) node: Option<i64>,
    pub(super) view: Option<[u8; 16]>,
    pub(super) details: String,
    pub(super) texts: Texts,
}

/// The personal texts of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Texts {
    /// The first format: the hash covers the names, and the details contain the other texts. None can be erased.
    Hashed { actor_name: Option<String>, target_name: Option<String> },
    /// The current format: the hash covers a digest of each text.
    Erasable { actor_name: Option<Text>, target_name: Option<Text>, details: Option<Text> },
}

/// The head of a chain: the number of entries, and the hash of the last one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    pub(super) entries: i64,
    pub(super) hash: Hash,
}

/// The entries that a change has appended: the head before and after.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Appended {
    pub(crate) before: Head,
    pub(crate) after: Head,
}

impl Head {
    /// The head of an empty log.
    pub(super) const EMPTY: Self = Self { entries: 0, hash: Hash::ZERO };

    /// Returns the keyed hash of the head, which prevents forged heads.
    pub(super) fn seal(&self, key: &Key) -> Hash {
        Hash::of(key, "audit head", &self.encode())
    }

    /// Whether this is the seal of the head. Compares in constant time.
    pub(super) fn has_valid_seal(&self, key: &Key, seal: &Hash) -> bool {
        seal.is_of(key, "audit head", &self.encode())
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        [&self.entries.to_be_bytes()[..], self.hash.as_bytes()].concat()
    }
}

impl Record {
    /// Returns the hash of the entry after an entry with the hash `previous`.
    pub(super) fn hash(&self, key: &Key, previous: &Hash) -> Hash {
        let purpose = match self.texts {
            Texts::Hashed { .. } => "audit entry",
            Texts::Erasable { .. } => "audit entry 2",
        };
        let mut content = previous.as_bytes().to_vec();
        self.encode(&mut content);
        Hash::of(key, purpose, &content)
    }

    /// Whether each text that is not erased matches its digest.
    pub(super) fn has_valid_texts(&self, key: &Key) -> bool {
        match &self.texts {
            Texts::Hashed { .. } => true,
            Texts::Erasable { actor_name, target_name, details } => {
                [actor_name, target_name, details].into_iter().flatten().all(|text| text.is_valid(key))
            }
        }
    }

    /// Returns the number of erased names, and the number of other erased texts.
    pub(super) fn erased(&self) -> [u64; 2] {
        let is_erased = |text: &Option<Text>| u64::from(text.as_ref().is_some_and(Text::is_erased));
        match &self.texts {
            Texts::Hashed { .. } => [0, 0],
            Texts::Erasable { actor_name, target_name, details } => {
                [is_erased(actor_name) + is_erased(target_name), is_erased(details)]
            }
        }
    }

    /// Encodes each field with its length, or a mark for an absent field, so that different entries have
    /// different encodings.
    fn encode(&self, into: &mut Vec<u8>) {
        let id = |id: Option<[u8; 16]>| id.map(|id| id.to_vec());
        let plain = |text: &Option<String>| text.as_ref().map(|text| text.as_bytes().to_vec());
        let digest = |text: &Option<Text>| text.as_ref().map(|text| text.digest().as_bytes().to_vec());
        let (actor_name, target_name, details) = match &self.texts {
            Texts::Hashed { actor_name, target_name } => (plain(actor_name), plain(target_name), None),
            Texts::Erasable { actor_name, target_name, details } => {
                (digest(actor_name), digest(target_name), Some(digest(details)))
            }
        };
        let fields: [Option<Vec<u8>>; 10] = [
            id(Some(self.id)),
            Some(self.at.to_be_bytes().to_vec()),
            Some(self.action.as_bytes().to_vec()),
            id(self.actor),
            actor_name,
            id(self.target),
            target_name,
            self.node.map(|node| node.to_be_bytes().to_vec()),
            id(self.view),
            Some(self.details.as_bytes().to_vec()),
        ];
        for field in fields.into_iter().chain(details) {
            match field {
                None => into.push(0),
                Some(bytes) => {
                    into.push(1);
                    into.extend((bytes.len() as u64).to_be_bytes());
                    into.extend(bytes);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn id() -> impl Strategy<Value = Option<[u8; 16]>> {
        proptest::option::of(any::<[u8; 16]>())
    }

    fn name() -> impl Strategy<Value = Option<Text>> {
        proptest::option::of(".{0,6}".prop_map(|text| Text::with_salt(&Key([7; 32]), text, [1; 16])))
    }

    prop_compose! {
        fn record()(
            id in any::<[u8; 16]>(), at in any::<i64>(), action in ".{0,6}", actor in id(), actor_name in name(),
            target in id(), target_name in name(), node in proptest::option::of(any::<i64>()), view in id(),
            details in ".{0,6}", texts in name(),
        ) -> Record {
            let texts = Texts::Erasable { actor_name, target_name, details: texts };
            Record { id, at, action, actor, target, node, view, details, texts }
        }
    }

    fn texts(record: &Record) -> [Option<Text>; 3] {
        match record.texts.clone() {
            Texts::Erasable { actor_name, target_name, details } => [actor_name, target_name, details],
            Texts::Hashed { .. } => panic!("an entry of the first format"),
        }
    }

    proptest! {
        #[test]
        fn changes_the_hash_with_every_field(
            one in record(), other in record(), key in any::<[u8; 32]>(), previous in any::<[u8; 32]>(),
        ) {
            let (key, previous) = (Key(key), Hash(previous));
            let hash = one.hash(&key, &previous);
            let ([actor_name, target_name, details], [actor_name_2, target_name_2, details_2]) =
                (texts(&one), texts(&other));
            let with = |actor_name: &Option<Text>, target_name: &Option<Text>, details: &Option<Text>| Record {
                texts: Texts::Erasable {
                    actor_name: actor_name.clone(),
                    target_name: target_name.clone(),
                    details: details.clone(),
                },
                ..one.clone()
            };
            let changed = [
                Record { id: other.id, ..one.clone() },
                Record { at: other.at, ..one.clone() },
                Record { action: other.action.clone(), ..one.clone() },
                Record { actor: other.actor, ..one.clone() },
                Record { target: other.target, ..one.clone() },
                Record { node: other.node, ..one.clone() },
                Record { view: other.view, ..one.clone() },
                Record { details: other.details, ..one.clone() },
                Record { actor: one.target, target: one.actor, ..one.clone() },
                with(&actor_name_2, &target_name, &details),
                with(&actor_name, &target_name_2, &details),
                with(&actor_name, &target_name, &details_2),
                with(&target_name, &actor_name, &details),
                with(&details, &target_name, &actor_name),
            ];
            for record in changed {
                prop_assert_eq!(record == one, record.hash(&key, &previous) == hash);
            }
            let mut other_previous = previous;
            other_previous.0[0] ^= 1;
            prop_assert_ne!(one.hash(&key, &other_previous), hash);
            let mut other_key = key.clone();
            other_key.0[31] ^= 1;
            prop_assert_ne!(one.hash(&other_key, &previous), hash);
        }

        #[test]
        fn keeps_the_hash_when_a_text_is_erased(one in record(), key in any::<[u8; 32]>()) {
            let key = Key(key);
            let erase = |text: Option<Text>| text.map(|text| text.erased());
            let [actor_name, target_name, details] = texts(&one).map(erase);
            let count = [&actor_name, &target_name, &details].into_iter().flatten().count() as u64;
            let texts = Texts::Erasable { actor_name, target_name, details };
            let erased = Record { texts, ..one.clone() };
            prop_assert_eq!(erased.hash(&key, &Hash::ZERO), one.hash(&key, &Hash::ZERO));
            prop_assert_eq!((one.erased(), erased.erased().iter().sum()), ([0, 0], count));
            prop_assert!(erased.has_valid_texts(&key));
        }

        #[test]
        fn accepts_only_seals_made_with_the_key(entries in any::<i64>(), hash in any::<[u8; 32]>(), key in any::<[u8; 32]>()) {
            let (head, key) = (Head { entries, hash: Hash(hash) }, Key(key));
            let seal = head.seal(&key);
            prop_assert!(head.has_valid_seal(&key, &seal));
            let truncated = Head { entries: entries.wrapping_sub(1), ..head };
            prop_assert!(!truncated.has_valid_seal(&key, &seal));
            prop_assert!(!head.has_valid_seal(&Key([0; 32]), &seal) || key.0 == [0; 32]);
        }
    }

    #[test]
    fn hashes_the_boundaries_between_fields() {
        let record = |actor_name: &str, details: &str| Record {
            id: [0; 16],
            at: 0,
            action: String::new(),
            actor: None,
            target: None,
            node: None,
            view: None,
            details: details.into(),
            texts: Texts::Hashed { actor_name: Some(actor_name.into()), target_name: None },
        };
        let hash = |record: Record| record.hash(&Key([7; 32]), &Hash::ZERO);
        assert_ne!(hash(record("ab", "c")), hash(record("a", "bc")));
    }
}
