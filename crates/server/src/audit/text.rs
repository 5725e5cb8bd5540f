//! Personal texts of entries: names, addresses, reasons. The chain covers only their digests, so that they can be erased.

use std::fmt;

use super::chain::{Hash, Key};

/// The salt of a digest. It is erased together with the text, so that nobody can guess the text from the digest.
pub(super) type Salt = [u8; 16];

/// A text with its keyed and salted digest.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Text {
    /// `None` once the text is erased.
    content: Option<(String, Salt)>,
    digest: Hash,
}

impl Text {
    /// Creates a text with a random salt.
    pub(super) fn new(key: &Key, text: String) -> Result<Self, getrandom::Error> {
        let mut salt = Salt::default();
        getrandom::fill(&mut salt)?;
        Ok(Self::with_salt(key, text, salt))
    }

    pub(super) fn with_salt(key: &Key, text: String, salt: Salt) -> Self {
        let digest = digest(key, &text, &salt);
        Self { content: Some((text, salt)), digest }
    }

    /// Returns a text as stored. Returns `None` if the columns do not belong together.
    pub(super) fn stored(
        text: Option<String>,
        salt: Option<&[u8]>,
        digest: Option<&[u8]>,
    ) -> Option<Option<Self>> {
        let digest = digest.map(Hash::from_bytes);
        match (text, salt, digest) {
            (None, None, None) => Some(None),
            (None, None, Some(Some(digest))) => Some(Some(Self { content: None, digest })),
            (Some(text), Some(salt), Some(Some(digest))) => {
                Some(Some(Self { content: Some((text, salt.try_into().ok()?)), digest }))
            }
            _ => None,
        }
    }

    pub(super) fn text(&self) -> Option<&str> {
        self.content.as_ref().map(|(text, _)| text.as_str())
    }

    pub(super) fn salt(&self) -> Option<Salt> {
        self.content.as_ref().map(|&(_, salt)| salt)
    }

    pub(super) fn digest(&self) -> &Hash {
        &self.digest
    }

    pub(super) fn is_erased(&self) -> bool {
        self.content.is_none()
    }

    /// Whether the text matches its digest, or is erased.
    pub(super) fn is_valid(&self, key: &Key) -> bool {
        self.content.as_ref().is_none_or(|(text, salt)| digest(key, text, salt) == self.digest)
    }

    #[cfg(test)]
    pub(super) fn erased(&self) -> Self {
        Self { content: None, digest: self.digest }
    }
}

/// Hides the text from logs.
impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Text").field(&self.digest).finish()
    }
}

fn digest(key: &Key, text: &str, salt: &Salt) -> Hash {
    Hash::of(key, "audit text", &[&salt[..], text.as_bytes()].concat())
}
