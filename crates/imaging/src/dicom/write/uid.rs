//! Unique identifiers that follow from what they identify.

use sha1::{Digest, Sha1};

/// The namespace of this program's identifiers, itself a random UUID.
const NAMESPACE: u128 = 0x5f0b_7c3e_91d4_4a26_8e57_c1a9_3d62_0b84;

/// Names that one identifier is made from; equal names give equal identifiers.
pub(super) struct Name(Sha1);

impl Name {
    /// Begins a name with what kind of thing it is.
    pub(super) fn new(kind: &str) -> Self {
        Self(Sha1::new().chain_update(NAMESPACE.to_be_bytes())).with(kind.as_bytes())
    }

    /// Adds a part. Its length goes in too, so that "ab", "c" and "a", "bc" are different names.
    pub(super) fn with(self, part: &[u8]) -> Self {
        Self(
            self.0
                .chain_update((part.len() as u64).to_be_bytes())
                .chain_update(part),
        )
    }

    /// The UID below the root 2.25 (PS3.5 section B.2) of the name's UUID of version 5 (RFC 9562 section 5.5).
    pub(super) fn uid(self) -> String {
        let digest = self.0.finalize();
        let leading = digest
            .iter()
            .take(16)
            .fold(0_u128, |value, &byte| value << 8 | u128::from(byte));
        let version = 0xf << 76;
        let variant = 0x3 << 62;
        format!(
            "2.25.{}",
            leading & !version & !variant | 0x5 << 76 | 0x2 << 62
        )
    }
}

#[cfg(test)]
mod tests {
    use super::Name;

    #[test]
    fn an_identifier_is_a_uuid_of_version_5_below_the_root_for_uuids() {
        let uid = Name::new("series").with(b"content").uid();
        let number: u128 = uid
            .strip_prefix("2.25.")
            .and_then(|decimal| decimal.parse().ok())
            .unwrap_or(0);
        assert_eq!(number >> 76 & 0xf, 5, "{uid}");
        assert_eq!(number >> 62 & 0x3, 2, "{uid}");
        assert!(uid.len() <= 64, "{uid}");
    }

    #[test]
    fn equal_names_give_equal_identifiers_and_others_do_not() {
        let name = |parts: [&[u8]; 2]| {
            parts
                .into_iter()
                .fold(Name::new("instance"), Name::with)
                .uid()
        };
        assert_eq!(name([b"ab", b"c"]), name([b"ab", b"c"]));
        assert_ne!(name([b"ab", b"c"]), name([b"a", b"bc"]));
        assert_ne!(name([b"ab", b"c"]), Name::new("series").uid());
    }
}
