//! Keyed hashes: [HMAC-SHA-256](https://www.rfc-editor.org/rfc/rfc2104).

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The secret key of the chain.
#[derive(Clone)]
pub(crate) struct Key(pub(super) [u8; 32]);

/// The keyed hash of an entry and the hash before it. It depends on all earlier entries.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Hash(pub(super) [u8; 32]);

impl Key {
    /// Generates a new key.
    pub(super) fn generate() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Computes a keyed hash. The purpose comes first, so that the hash of an entry can never pass for the
    /// seal of a head.
    fn mac(&self, purpose: &str, content: &[u8]) -> Hmac<Sha256> {
        // HMAC pads a key that is shorter than the block with zeros, so padding it here does not change the
        // result.
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
    /// The hash before the first entry.
    pub(super) const ZERO: Self = Self([0; 32]);

    /// Returns the keyed hash of a content.
    pub(super) fn of(key: &Key, purpose: &str, content: &[u8]) -> Self {
        Self(key.mac(purpose, content).finalize().into_bytes().into())
    }

    /// Whether this is the keyed hash of a content. Compares in constant time.
    pub(super) fn is_of(&self, key: &Key, purpose: &str, content: &[u8]) -> bool {
        key.mac(purpose, content).verify_slice(&self.0).is_ok()
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| Self::from_bytes(&bytes))
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
