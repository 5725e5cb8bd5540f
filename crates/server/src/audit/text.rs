//! Personal texts of entries: names, addresses, reasons. The chain covers only their digests, so that they can be erased.

use std::fmt;

use super::hash::{Hash, Key};

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

    /// Returns a text as stored. `Ok(None)` is an entry without this text.
    ///
    /// # Errors
    /// The columns do not belong together.
    pub(super) fn stored(
        text: Option<String>,
        salt: Option<&[u8]>,
        digest: Option<&[u8]>,
    ) -> Result<Option<Self>, InvalidText> {
        let Some(digest) = digest else {
            return if text.is_none() && salt.is_none() { Ok(None) } else { Err(InvalidText) };
        };
        let content = match (text, salt) {
            (None, None) => None,
            (Some(text), Some(salt)) => Some((text, salt.try_into().map_err(|_| InvalidText)?)),
            _ => return Err(InvalidText),
        };
        Ok(Some(Self { content, digest: Hash::from_bytes(digest).ok_or(InvalidText)? }))
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

/// A text, salt or digest is missing or has the wrong length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct InvalidText;

/// Hides the text from logs.
impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Text").field(&self.digest).finish()
    }
}

fn digest(key: &Key, text: &str, salt: &Salt) -> Hash {
    Hash::of(key, "audit text", &[&salt[..], text.as_bytes()].concat())
}
