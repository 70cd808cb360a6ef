//! People who can open a node together when its passphrase is lost.
//!
//! A trustee has a key pair that comes from 24 words on paper, and keeps it off every node. The
//! public key goes to the admin as text, `hospes-trustee1...`; the share that a trustee reads out at
//! need is a text as well, `hospes-share1-...`, short enough to be read out on the phone. Both are
//! base32 (RFC 4648) with a checksum.
//!
//! A share is sealed by HPKE (RFC 9180, base mode) with X-Wing, which also holds against a later
//! quantum computer, HKDF-SHA256 and ChaCha20-Poly1305.

use std::fmt;

use hospes_domain::CenterId;
use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::XWing;
use hpke::{Deserializable as _, Kem, OpModeR, OpModeS, Serializable as _};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::base32::{self, NotBase32};
use crate::crypto::{self, CryptoFailure};
use crate::fingerprint;
use crate::signs::{Sign, origin, signs};

mod typed;

pub use typed::{GROUP, GROUPS, TypedShare};

/// Bytes of a public key.
const PUBLIC_KEY: usize = 1216;
/// Bytes that HPKE sends along with what it seals.
pub(crate) const ENCAPSULATED: usize = 1120;
/// Bytes of a share: its place, and one for each byte of the secret.
const SHARE: usize = 33;
/// Letters and digits of a share's text, with its checksum.
const LETTERS: usize = 66;
/// Bytes of a sealed share.
pub(crate) const SEALED_SHARE: usize = SHARE + 16;
/// Longest text that is read as a key or a share, in bytes.
pub const MAX_TEXT: usize = 4 * 1024;

const KEY_PREFIX: &str = "hospes-trustee1";
const SHARE_PREFIX: &str = "hospes-share1";
const INFO: &[u8] = b"hospes trustee share v1";
const CHECKSUM: usize = 4;

/// Why a text is not a trustee's key or a share.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTrusteeText {
    /// It begins otherwise.
    #[error("it does not begin with {0}")]
    Prefix(&'static str),
    /// Too long.
    #[error("it has {actual} bytes, at most {MAX_TEXT} are read")]
    TooLong {
        /// Bytes that it has.
        actual: usize,
    },
    /// A character that it cannot have.
    #[error(
        "it has the character {character:?} (U+{:04X}), which does not occur there{}",
        u32::from(*.character),
        stranger(*.character)
    )]
    Character {
        /// The character.
        character: char,
    },
    /// A part of it is missing, or there is more than there should be.
    #[error("it has {actual} letters and digits, there must be {expected}")]
    Length {
        /// Letters and digits that it has after its beginning.
        actual: usize,
        /// Those that it should have.
        expected: usize,
    },
    /// Mistyped.
    #[error("it is mistyped or was changed: its checksum is wrong")]
    Checksum,
    /// No point or polynomial.
    #[error("it is no public key")]
    Key,
}

/// Where a letter comes from that looks right and is not.
fn stranger(c: char) -> String {
    if c.is_ascii() { String::new() } else { format!(": it is {}", origin(c)) }
}

/// The public key of a trustee.
#[derive(Clone)]
pub struct TrusteeKey(<XWing as Kem>::PublicKey);

impl TrusteeKey {
    /// Reads the text of a key. What stands between its letters does not matter: mail programs break
    /// lines and put marks before them.
    pub fn parse(text: &str) -> Result<Self, InvalidTrusteeText> {
        bounded(text)?;
        let letters = signs_of(text);
        let prefix = signs_of(KEY_PREFIX);
        let letters = letters.strip_prefix(prefix.as_str());
        let letters = letters.ok_or(InvalidTrusteeText::Prefix(KEY_PREFIX))?;
        let bytes = read::<{ PUBLIC_KEY + CHECKSUM }>(letters)?;
        let key = checked(KEY_PREFIX, bytes.as_slice())?;
        <XWing as Kem>::PublicKey::from_bytes(key).map(Self).map_err(|_| InvalidTrusteeText::Key)
    }

    /// The key as a text without white space.
    pub fn to_text(&self) -> String {
        let mut text = KEY_PREFIX.to_owned();
        base32::write(&with_checksum(KEY_PREFIX, &self.0.to_bytes()), &mut text);
        text
    }

    /// Twelve words to compare by voice, so that nobody exchanges the key on its way.
    pub fn words(&self) -> [&'static str; fingerprint::WORDS] {
        fingerprint::words(&CenterId(self.digest()))
    }

    /// SHA-256 of the key under a label of its own.
    pub(crate) fn digest(&self) -> [u8; 32] {
        crypto::sha256(&[b"hospes trustee key v1/", &self.0.to_bytes()])
    }

    /// Seals a share. `bound` must be the same when it is opened.
    pub(crate) fn seal(
        &self,
        share: &Share,
        bound: &[u8],
    ) -> Result<(Vec<u8>, Vec<u8>), CryptoFailure> {
        let (encapsulated, sealed) = hpke::single_shot_seal::<ChaCha20Poly1305, HkdfSha256, XWing>(
            &OpModeS::Base,
            &self.0,
            INFO,
            share.as_bytes(),
            bound,
        )
        .map_err(|_| CryptoFailure("seal a share"))?;
        Ok((encapsulated.to_bytes().to_vec(), sealed))
    }
}

impl PartialEq for TrusteeKey {
    fn eq(&self, other: &Self) -> bool {
        self.digest() == other.digest()
    }
}

impl Eq for TrusteeKey {}

impl fmt::Debug for TrusteeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TrusteeKey({})", self.words().join(" "))
    }
}

/// The private half, as long as it is needed. See [`crate::RecoveryPhrase::trustee_key`].
pub struct TrusteeSecret {
    private: <XWing as Kem>::PrivateKey,
    public: TrusteeKey,
}

impl TrusteeSecret {
    /// The key pair of 32 secret bytes; always the same one.
    pub(crate) fn from_seed(seed: &[u8; 32]) -> Self {
        let (private, public) = XWing::derive_keypair(seed);
        Self { private, public: TrusteeKey(public) }
    }

    /// The public half.
    pub fn key(&self) -> &TrusteeKey {
        &self.public
    }

    /// The bytes of a share; `None` when it was sealed to somebody else or for another purpose.
    pub(crate) fn open(
        &self,
        encapsulated: &[u8; ENCAPSULATED],
        sealed: &[u8; SEALED_SHARE],
        bound: &[u8],
    ) -> Option<Zeroizing<[u8; SHARE]>> {
        let encapsulated = <XWing as Kem>::EncappedKey::from_bytes(encapsulated).ok()?;
        let opened = hpke::single_shot_open::<ChaCha20Poly1305, HkdfSha256, XWing>(
            &OpModeR::Base,
            &self.private,
            &encapsulated,
            INFO,
            sealed,
            bound,
        );
        let opened = Zeroizing::new(opened.ok()?);
        opened.as_slice().try_into().ok().map(Zeroizing::new)
    }
}

impl fmt::Debug for TrusteeSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TrusteeSecret")
    }
}

/// What one trustee contributes. Wiped on drop.
///
/// Alone it tells nothing about the key of the database. With as many as are needed, and with the
/// keyslots file, it opens the database: also years later, as long as somebody has that file.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Share {
    /// Which keyslots it is for.
    tag: [u8; 4],
    bytes: [u8; SHARE],
}

impl Share {
    pub(crate) fn new(tag: [u8; 4], bytes: [u8; SHARE]) -> Self {
        Self { tag, bytes }
    }

    /// Reads a share as a person types it: any case, with or without its beginning, its groups apart or
    /// not or broken over several lines. Lines after a whole share are remarks.
    pub fn parse(text: &str) -> Result<Self, InvalidTrusteeText> {
        Self::of(&Self::letters(text)?.0)
    }

    /// The letters and digits of a text after the beginning of a share, and the text up to the end of
    /// the line in which there are enough.
    fn letters(text: &str) -> Result<(Zeroizing<String>, &str), InvalidTrusteeText> {
        bounded(text)?;
        let (mut all, mut read) = (Zeroizing::new(String::with_capacity(text.len())), 0);
        for line in text.split_inclusive('\n') {
            all.push_str(&signs_of(line));
            read += line.len();
            if after_prefix(&all).is_ok_and(|letters| letters.chars().count() >= LETTERS) {
                break;
            }
        }
        let letters = Zeroizing::new(after_prefix(&all)?.to_owned());
        Ok((letters, text.get(..read).unwrap_or(text)))
    }

    /// The share of these letters and digits.
    fn of(letters: &str) -> Result<Self, InvalidTrusteeText> {
        let bytes = read::<{ 4 + SHARE + CHECKSUM }>(letters)?;
        let read = checked(SHARE_PREFIX, bytes.as_slice())?;
        let (Some((tag, _)), Some((_, bytes))) =
            (read.split_first_chunk::<4>(), read.split_last_chunk::<SHARE>())
        else {
            return Err(InvalidTrusteeText::Checksum);
        };
        Ok(Self { tag: *tag, bytes: *bytes })
    }

    /// The share as a text in groups of six letters and digits. Secret.
    pub fn to_text(&self) -> Zeroizing<String> {
        let bytes = Zeroizing::new([self.tag.as_slice(), &self.bytes].concat());
        let whole = Zeroizing::new(with_checksum(SHARE_PREFIX, &bytes));
        let mut letters = Zeroizing::new(String::with_capacity(128));
        base32::write(&whole, &mut letters);
        let mut text = Zeroizing::new(String::with_capacity(128));
        text.push_str(SHARE_PREFIX);
        for (place, letter) in letters.chars().enumerate() {
            if place % 6 == 0 {
                text.push('-');
            }
            text.push(letter);
        }
        text
    }

    /// The same on lines that no terminal breaks. Secret.
    pub fn rows(&self) -> Zeroizing<String> {
        const ROW: usize = 4;
        let text = self.to_text();
        let mut rows = Zeroizing::new(String::with_capacity(128));
        rows.push_str(SHARE_PREFIX);
        let groups = text.strip_prefix(SHARE_PREFIX).unwrap_or_default().split('-').skip(1);
        for (place, group) in groups.enumerate() {
            rows.push_str(if place % ROW == 0 { "\n  " } else { "-" });
            rows.push_str(group);
        }
        rows
    }

    pub(crate) fn tag(&self) -> [u8; 4] {
        self.tag
    }

    /// Which share it is; no two of one slot have the same.
    pub fn place(&self) -> u8 {
        let [place, ..] = self.bytes;
        place
    }

    pub(crate) fn as_bytes(&self) -> &[u8; SHARE] {
        &self.bytes
    }
}

impl fmt::Debug for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Share(place {})", self.place())
    }
}

fn bounded(text: &str) -> Result<(), InvalidTrusteeText> {
    if text.len() > MAX_TEXT {
        return Err(InvalidTrusteeText::TooLong { actual: text.len() });
    }
    Ok(())
}

/// Letters and digits of a text, without what stands between them.
fn signs_of(text: &str) -> Zeroizing<String> {
    let mut letters = Zeroizing::new(String::with_capacity(text.len()));
    letters.extend(signs(text).filter_map(|sign| match sign {
        Sign::Letter(c) | Sign::Digit(c) => Some(c),
        Sign::Between => None,
    }));
    letters
}

/// What comes after the beginning of a share, or all if it has none: on the phone nobody reads it out.
fn after_prefix(letters: &str) -> Result<&str, InvalidTrusteeText> {
    let other = InvalidTrusteeText::Prefix(SHARE_PREFIX);
    if letters.starts_with("hospestrustee") {
        return Err(other);
    }
    match letters.strip_prefix("hospesshare") {
        None => Ok(letters),
        // Whoever types the digit one may type a letter that looks so.
        Some(rest) => rest.strip_prefix(['1', 'l', 'i']).ok_or(other),
    }
}

/// The bytes of letters and digits, with their checksum.
fn read<const N: usize>(letters: &str) -> Result<Zeroizing<[u8; N]>, InvalidTrusteeText> {
    let mut bytes = Zeroizing::new([0; N]);
    base32::read(letters, bytes.as_mut_slice()).map_err(|problem| match problem {
        NotBase32::Character(character) => InvalidTrusteeText::Character { character },
        NotBase32::Length { actual, expected } => InvalidTrusteeText::Length { actual, expected },
        NotBase32::Rest => InvalidTrusteeText::Checksum,
    })?;
    Ok(bytes)
}

fn sum(prefix: &str, bytes: &[u8]) -> [u8; CHECKSUM] {
    let [a, b, c, d, ..] = crypto::sha256(&[prefix.as_bytes(), b"/", bytes]);
    [a, b, c, d]
}

fn with_checksum(prefix: &str, bytes: &[u8]) -> Vec<u8> {
    [bytes, &sum(prefix, bytes)].concat()
}

/// The bytes before a checksum that is right.
fn checked<'b>(prefix: &str, bytes: &'b [u8]) -> Result<&'b [u8], InvalidTrusteeText> {
    match bytes.split_last_chunk::<CHECKSUM>() {
        Some((bytes, last)) if *last == sum(prefix, bytes) => Ok(bytes),
        _ => Err(InvalidTrusteeText::Checksum),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use proptest::prelude::*;

    use super::*;

    fn key(seed: u8) -> TrusteeKey {
        TrusteeSecret::from_seed(&[seed; 32]).key().clone()
    }

    #[test]
    fn a_key_survives_a_mail_program_and_no_typing_error() {
        let key = key(7);
        let text = key.to_text();
        assert!(text.starts_with(KEY_PREFIX) && text.len() < 2_000, "{}", text.len());
        let (one, other) = text.split_at(900);
        assert_eq!(TrusteeKey::parse(&format!("  {one}\r\n {other}\n")), Ok(key.clone()));
        assert_eq!(TrusteeKey::parse(&text.to_uppercase()), Ok(key));
        let other = if text.ends_with('a') { "b" } else { "a" };
        let (middle, end) = (&text[..1_000], &text[1_001..]);
        let changed = if &text[1_000..1_001] == "c" { "d" } else { "c" };
        for wrong in
            [format!("{}{other}", &text[..text.len() - 1]), format!("{middle}{changed}{end}")]
        {
            assert_eq!(TrusteeKey::parse(&wrong), Err(InvalidTrusteeText::Checksum));
        }
        let length = TrusteeKey::parse(&text[..text.len() - 1]).unwrap_err();
        assert!(matches!(length, InvalidTrusteeText::Length { .. }), "{length}");
        let prefix = TrusteeKey::parse("hospes-share1-abc").unwrap_err();
        assert_eq!(prefix, InvalidTrusteeText::Prefix(KEY_PREFIX));
        let long = TrusteeKey::parse(&"a".repeat(MAX_TEXT + 1)).unwrap_err();
        assert_eq!(long, InvalidTrusteeText::TooLong { actual: MAX_TEXT + 1 });
    }

    #[test]
    fn words_tell_one_key_from_another() {
        assert_eq!(key(1).words(), key(1).words());
        assert_ne!(key(1).words(), key(2).words());
        assert_eq!(format!("{:?}", TrusteeSecret::from_seed(&[1; 32])), "TrusteeSecret");
    }

    proptest! {
        #[test]
        fn a_share_is_read_as_people_type_it(tag: [u8; 4], bytes: [u8; 32], place in 1u8.., spaces: bool) {
            let mut all = [0; SHARE];
            all[0] = place;
            all[1..].copy_from_slice(&bytes);
            let share = Share::new(tag, all);
            let mut text = share.to_text().to_string();
            if spaces {
                text = text.to_uppercase().replace('-', " ");
            }
            prop_assert_eq!(Share::parse(&text), Ok(share));
        }

        #[test]
        fn one_wrong_letter_in_a_share_is_noticed(bytes: [u8; 32], at in 0usize..66, letter in 0usize..32) {
            let mut all = [1; SHARE];
            all[1..].copy_from_slice(&bytes);
            let text = Share::new([1, 2, 3, 4], all).to_text().replace('-', "");
            let at = text.len() - 1 - at;
            let letter = base32::ALPHABET[letter] as char;
            prop_assume!(!text[at..].starts_with(letter));
            let wrong = format!("{}{letter}{}", &text[..at], &text[at + 1..]);
            prop_assert_eq!(Share::parse(&wrong), Err(InvalidTrusteeText::Checksum));
        }

        #[test]
        fn no_text_is_too_much(text in ".{0,200}") {
            let _ = (Share::parse(&text), TrusteeKey::parse(&text));
        }
    }
}
