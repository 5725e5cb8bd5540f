use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// The key of the chain.
#[derive(Clone)]
pub(crate) struct Key([u8; 32]);

/// What ties an entry to all those before it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Hash([u8; 32]);

/// An entry as it stands in the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    pub(super) id: [u8; 16],
    pub(super) at: i64,
    pub(super) action: String,
    pub(super) actor: Option<[u8; 16]>,
    pub(super) actor_name: Option<String>,
    pub(super) target: Option<[u8; 16]>,
    pub(super) target_name: Option<String>,
    pub(super) node: Option<i64>,
    pub(super) view: Option<[u8; 16]>,
    pub(super) details: String,
}

/// How far a chain has come: how many entries it has, and the hash of the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    pub(super) entries: i64,
    pub(super) hash: Hash,
}

impl Key {
    /// Draws a new key.
    pub(super) fn draw() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// A keyed hash. What it is for comes first, so that the hash of one thing is never that of another.
    fn mac(&self, purpose: &str, content: &[u8]) -> Hmac<Sha256> {
        // A key shorter than the hash's block is filled up with zeros, whoever does it.
        let mut block = [0; 64];
        block[..32].copy_from_slice(&self.0);
        let mut mac = Hmac::<Sha256>::new((&block).into());
        mac.update(purpose.as_bytes());
        mac.update(content);
        mac
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key")
    }
}

impl Hash {
    /// What the first entry is tied to.
    const ORIGIN: Self = Self([0; 32]);

    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| Self::of(&bytes))
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Head {
    /// That of an empty log.
    pub(super) const ORIGIN: Self = Self { entries: 0, hash: Hash::ORIGIN };

    /// The keyed hash of the head itself, so that nobody without the key writes another.
    pub(super) fn seal(&self, key: &Key) -> Hash {
        Hash(key.mac("audit head", &self.encoded()).finalize().into_bytes().into())
    }

    /// Whether this is the head's seal. How much of a wrong one is right takes no time to tell.
    pub(super) fn is_sealed(&self, key: &Key, seal: &Hash) -> bool {
        key.mac("audit head", &self.encoded()).verify_slice(&seal.0).is_ok()
    }

    fn encoded(&self) -> Vec<u8> {
        [&self.entries.to_be_bytes()[..], &self.hash.0].concat()
    }
}

impl Record {
    /// The hash that the entry has after another.
    pub(super) fn hash(&self, key: &Key, before: &Hash) -> Hash {
        let mut content = before.0.to_vec();
        self.encode(&mut content);
        Hash(key.mac("audit entry", &content).finalize().into_bytes().into())
    }

    /// Writes every field with its length, or that it is absent: no two entries are written alike.
    fn encode(&self, into: &mut Vec<u8>) {
        let text = |text: &Option<String>| text.as_ref().map(|text| text.as_bytes().to_vec());
        let id = |id: Option<[u8; 16]>| id.map(|id| id.to_vec());
        let fields: [Option<Vec<u8>>; 10] = [
            id(Some(self.id)),
            Some(self.at.to_be_bytes().to_vec()),
            Some(self.action.as_bytes().to_vec()),
            id(self.actor),
            text(&self.actor_name),
            id(self.target),
            text(&self.target_name),
            self.node.map(|node| node.to_be_bytes().to_vec()),
            id(self.view),
            Some(self.details.as_bytes().to_vec()),
        ];
        for field in fields {
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

    fn name() -> impl Strategy<Value = Option<String>> {
        proptest::option::of(".{0,6}")
    }

    prop_compose! {
        fn record()(
            id in any::<[u8; 16]>(), at in any::<i64>(), action in ".{0,6}", actor in id(), actor_name in name(),
            target in id(), target_name in name(), node in proptest::option::of(any::<i64>()), view in id(),
            details in ".{0,6}",
        ) -> Record {
            Record { id, at, action, actor, actor_name, target, target_name, node, view, details }
        }
    }

    proptest! {
        #[test]
        fn whatever_field_is_changed_changes_the_hash(
            one in record(), other in record(), key in any::<[u8; 32]>(), before in any::<[u8; 32]>(),
        ) {
            let (key, before) = (Key(key), Hash(before));
            let hash = one.hash(&key, &before);
            let changed = [
                Record { id: other.id, ..one.clone() },
                Record { at: other.at, ..one.clone() },
                Record { action: other.action.clone(), ..one.clone() },
                Record { actor: other.actor, ..one.clone() },
                Record { actor_name: other.actor_name.clone(), ..one.clone() },
                Record { target: other.target, ..one.clone() },
                Record { target_name: other.target_name.clone(), ..one.clone() },
                Record { node: other.node, ..one.clone() },
                Record { view: other.view, ..one.clone() },
                Record { details: other.details, ..one.clone() },
                Record { actor: one.target, target: one.actor, ..one.clone() },
                Record { actor_name: one.target_name.clone(), target_name: one.actor_name.clone(), ..one.clone() },
            ];
            for record in changed {
                prop_assert_eq!(record == one, record.hash(&key, &before) == hash);
            }
            let mut tied = before;
            tied.0[0] ^= 1;
            prop_assert_ne!(one.hash(&key, &tied), hash);
            let mut other_key = key.clone();
            other_key.0[31] ^= 1;
            prop_assert_ne!(one.hash(&other_key, &before), hash);
        }

        #[test]
        fn only_the_key_seals_a_head(entries in any::<i64>(), hash in any::<[u8; 32]>(), key in any::<[u8; 32]>()) {
            let (head, key) = (Head { entries, hash: Hash(hash) }, Key(key));
            let seal = head.seal(&key);
            prop_assert!(head.is_sealed(&key, &seal));
            let cut = Head { entries: entries.wrapping_sub(1), ..head };
            prop_assert!(!cut.is_sealed(&key, &seal));
            prop_assert!(!head.is_sealed(&Key([0; 32]), &seal) || key.0 == [0; 32]);
        }
    }

    #[test]
    fn what_stands_in_one_field_is_not_what_stands_in_two() {
        let record = |actor_name: &str, details: &str| Record {
            id: [0; 16],
            at: 0,
            action: String::new(),
            actor: None,
            actor_name: Some(actor_name.into()),
            target: None,
            target_name: None,
            node: None,
            view: None,
            details: details.into(),
        };
        let hash = |record: Record| record.hash(&Key([7; 32]), &Hash::ORIGIN);
        assert_ne!(hash(record("ab", "c")), hash(record("a", "bc")));
    }
}
