//! Digests: what an approval binds to.
//!
//! A digest is BLAKE3 over a *record stream*: a domain name with a version, then values in a
//! fixed order, each in a form that cannot be mistaken for another (numbers as eight
//! little-endian bytes, texts as their length in bytes and then their bytes). The streams are
//! listed in `docs/architecture.md`. JSON or RON are never hashed: their bytes may change
//! without a change of meaning.

use serde::{Deserialize, Serialize, de};
use std::fmt;

/// 32 bytes that stand for a value. Shown and stored as 64 hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The first eight hex digits, for people.
    pub fn short(&self) -> String {
        self.to_string().chars().take(8).collect()
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&blake3::Hash::from_bytes(self.0).to_hex())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Digest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        blake3::Hash::from_hex(&text)
            .map(|hash| Self(*hash.as_bytes()))
            .map_err(|_| de::Error::custom("a digest is 64 hex digits"))
    }
}

/// Writes a record stream and ends in its [`Digest`].
pub struct DigestStream {
    hasher: blake3::Hasher,
    buffer: Vec<u8>,
}

impl DigestStream {
    const BUFFER_BYTES: usize = 64 * 1024;

    /// A stream of the given domain and version, e.g. `heddle/fabric/2`.
    pub fn new(domain: &str) -> Self {
        let mut stream =
            Self { hasher: blake3::Hasher::new(), buffer: Vec::with_capacity(Self::BUFFER_BYTES) };
        stream.text(domain);
        stream
    }

    /// Appends a number.
    pub fn number(&mut self, value: u64) -> &mut Self {
        self.bytes(&value.to_le_bytes())
    }

    /// Appends a text.
    pub fn text(&mut self, value: &str) -> &mut Self {
        self.number(value.len() as u64);
        self.bytes(value.as_bytes())
    }

    /// Appends another digest.
    pub fn digest(&mut self, value: &Digest) -> &mut Self {
        self.bytes(&value.0)
    }

    /// Ends the stream.
    pub fn finish(mut self) -> Digest {
        self.hasher.update(&self.buffer);
        Digest(*self.hasher.finalize().as_bytes())
    }

    fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        // BLAKE3 is fast in large pieces; records are small.
        if self.buffer.len() + bytes.len() > Self::BUFFER_BYTES {
            self.hasher.update(&self.buffer);
            self.buffer.clear();
        }
        if bytes.len() > Self::BUFFER_BYTES {
            self.hasher.update(bytes);
        } else {
            self.buffer.extend_from_slice(bytes);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(texts: &[&str]) -> Digest {
        let mut stream = DigestStream::new("test/1");
        for text in texts {
            stream.text(text);
        }
        stream.finish()
    }

    #[test]
    fn texts_cannot_run_into_each_other() {
        assert_ne!(of(&["ab", "c"]), of(&["a", "bc"]));
        assert_eq!(of(&["ab", "c"]), of(&["ab", "c"]));
    }

    #[test]
    fn large_values_and_many_small_ones_are_one_stream() {
        let long = "x".repeat(200_000);
        assert_eq!(of(&["a", &long, "b"]), of(&["a", &long, "b"]));
        assert_ne!(of(&["a", &long, "b"]), of(&["a", &long, "c"]));
    }

    #[test]
    fn a_digest_survives_its_text() {
        let digest = of(&["x"]);
        let json = serde_json::to_string(&digest).unwrap();
        assert_eq!(serde_json::from_str::<Digest>(&json).unwrap(), digest);
        assert!(serde_json::from_str::<Digest>("\"12\"").is_err());
    }
}
