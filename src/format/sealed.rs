//! Files whose bytes are encrypted: written once from the first to the last, read from anywhere.
//!
//! Such a file's name ends in [`ENDING`]: what it holds never decides that, for a sender may write anything. It begins
//! with a mark of the form and a salt. The bytes follow in pieces of 64 KiB, each sealed with AES-256-GCM under a key of
//! this file alone (HMAC-SHA-256 of the salt under the installation's key). The nonce of a piece is its number and
//! whether it is the last, so that pieces can be neither exchanged nor left out (the STREAM construction).

use hmac::{Hmac, Mac};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};
use sha2::Sha256;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::RwLock;

/// How the name of an encrypted file ends.
pub const ENDING: &str = ".sealed";

/// Form of the file, then the salt.
const MARK: &[u8; 8] = b"LMBSEAL1";
const SALT_BYTES: usize = 32;
const HEAD_BYTES: u64 = (MARK.len() + SALT_BYTES) as u64;
/// Bytes of a piece, and of what sealing adds to it.
const PIECE: usize = 64 << 10;
const TAG: usize = 16;

/// The key of an installation's landed bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct RawKey([u8; 32]);

/// The keys of an installation's landed bytes.
#[derive(Clone, Default)]
pub struct RawKeys {
    /// Encrypts what is written. Without one it is written as it is.
    pub current: Option<RawKey>,
    /// Open what was encrypted before a change of keys.
    pub previous: Vec<RawKey>,
}

/// A process works for one installation; every opening of a file asks for its keys here.
static KEYS: RwLock<RawKeys> = RwLock::new(RawKeys {
    current: None,
    previous: Vec::new(),
});

/// Sets the keys with which this process writes and opens encrypted files.
pub fn use_keys(keys: RawKeys) {
    // Keys are replaced whole: what a panic left is whole too.
    *KEYS.write().unwrap_or_else(std::sync::PoisonError::into_inner) = keys;
}

fn keys() -> RawKeys {
    KEYS.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
}

/// The key with which this process encrypts what it writes.
pub fn key() -> Option<RawKey> {
    keys().current
}

/// Every key that may open a file, the likeliest first.
pub fn opening() -> Vec<RawKey> {
    let keys = keys();
    keys.current.into_iter().chain(keys.previous).collect()
}

/// Whether a file is encrypted.
pub fn is_sealed(path: &Path) -> bool {
    path.as_os_str().as_encoded_bytes().ends_with(ENDING.as_bytes())
}

fn hmac(key: &[u8], text: &[u8]) -> [u8; 32] {
    // HMAC takes keys of any length.
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(text);
    mac.finalize().into_bytes().into()
}

impl RawKey {
    /// The key that an installation's secret stands for.
    pub fn new(secret: &[u8]) -> RawKey {
        RawKey(hmac(secret, b"lumbung raw"))
    }

    /// For the process that parses workbooks: [`RawKey::from_hex`] reads it.
    pub fn to_hex(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// None where the text is no key.
    pub fn from_hex(text: &str) -> Option<RawKey> {
        let mut key = [0; 32];
        if text.len() != 64 || !text.is_ascii() {
            return None;
        }
        for (index, byte) in key.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[index * 2..index * 2 + 2], 16).ok()?;
        }
        Some(RawKey(key))
    }

    fn of_file(&self, salt: &[u8]) -> io::Result<LessSafeKey> {
        let key = UnboundKey::new(&AES_256_GCM, &hmac(&self.0, salt));
        key.map(LessSafeKey::new)
            .map_err(|_| io::Error::other("no key can be made"))
    }
}

fn nonce(piece: u64, is_last: bool) -> Nonce {
    let mut bytes = [0; NONCE_LEN];
    bytes[..8].copy_from_slice(&piece.to_be_bytes());
    bytes[8] = u8::from(is_last);
    Nonce::assume_unique_for_key(bytes)
}

/// Encrypts what is written into it.
pub struct Sealer {
    key: LessSafeKey,
    /// Bytes that are not sealed yet: whether they are the last shows later.
    waiting: Vec<u8>,
    piece: u64,
}

impl Sealer {
    /// Begins a file.
    pub fn begin(key: &RawKey, output: &mut impl Write) -> io::Result<Sealer> {
        let mut salt = [0; SALT_BYTES];
        let filled = SystemRandom::new().fill(&mut salt);
        filled.map_err(|_| io::Error::other("the system gives no random bytes"))?;
        output.write_all(MARK)?;
        output.write_all(&salt)?;
        Ok(Sealer {
            key: key.of_file(&salt)?,
            waiting: Vec::new(),
            piece: 0,
        })
    }

    pub fn write(&mut self, bytes: &[u8], output: &mut impl Write) -> io::Result<()> {
        self.waiting.extend_from_slice(bytes);
        while self.waiting.len() > PIECE {
            let rest = self.waiting.split_off(PIECE);
            self.seal(false, output)?;
            self.waiting = rest;
        }
        Ok(())
    }

    /// Ends the file.
    pub fn end(mut self, output: &mut impl Write) -> io::Result<()> {
        self.seal(true, output)
    }

    fn seal(&mut self, is_last: bool, output: &mut impl Write) -> io::Result<()> {
        let nonce = nonce(self.piece, is_last);
        let sealed = self
            .key
            .seal_in_place_append_tag(nonce, Aad::empty(), &mut self.waiting);
        sealed.map_err(|_| io::Error::other("bytes cannot be encrypted"))?;
        self.piece += 1;
        output.write_all(&self.waiting)
    }
}

/// A file opened for reading, encrypted or not.
pub enum Opened {
    Plain(File),
    Sealed(Box<SealedFile>),
}

/// An encrypted file, seen as its plain bytes.
pub struct SealedFile {
    file: File,
    key: LessSafeKey,
    /// Plain bytes in all, and pieces.
    length: u64,
    pieces: u64,
    position: u64,
    /// The piece at hand, opened.
    at: Option<u64>,
    piece: Vec<u8>,
}

/// Opens a file; an encrypted one with that of this process's keys that fits.
pub fn open(path: &Path) -> io::Result<Opened> {
    let file = File::open(path)?;
    if !is_sealed(path) {
        return Ok(Opened::Plain(file));
    }
    let mut failure = io::Error::other("is encrypted, and keys.raw gives no key");
    for key in opening() {
        match SealedFile::open(file.try_clone()?, &key) {
            Ok(sealed) => return Ok(Opened::Sealed(Box::new(sealed))),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

/// Whether an encrypted file is open to the key that this process encrypts with. A plain file is to any.
pub fn is_by_current(path: &Path) -> io::Result<bool> {
    let file = File::open(path)?;
    let current = key().map(|key| SealedFile::open(file, &key));
    Ok(!is_sealed(path) || current.is_some_and(|opened| opened.is_ok()))
}

impl SealedFile {
    fn open(mut file: File, key: &RawKey) -> io::Result<SealedFile> {
        let body = file.metadata()?.len().saturating_sub(HEAD_BYTES);
        let mut mark = [0; MARK.len()];
        let mut salt = [0; SALT_BYTES];
        file.rewind()?;
        file.read_exact(&mut mark)?;
        file.read_exact(&mut salt)?;
        let pieces = body.div_ceil((PIECE + TAG) as u64);
        if mark != *MARK || pieces == 0 || body < pieces * TAG as u64 {
            return Err(cut_off());
        }
        let mut sealed = SealedFile {
            file,
            key: key.of_file(&salt)?,
            length: body - pieces * TAG as u64,
            pieces,
            position: 0,
            at: None,
            piece: Vec::new(),
        };
        // Another key, and an end that is missing, show at once.
        sealed.load(pieces - 1)?;
        Ok(sealed)
    }

    fn load(&mut self, piece: u64) -> io::Result<()> {
        if self.at == Some(piece) {
            return Ok(());
        }
        self.at = None;
        let start = HEAD_BYTES + piece * (PIECE + TAG) as u64;
        self.file.seek(SeekFrom::Start(start))?;
        self.piece.clear();
        (&mut self.file)
            .take((PIECE + TAG) as u64)
            .read_to_end(&mut self.piece)?;
        let nonce = nonce(piece, piece + 1 == self.pieces);
        let opened = self.key.open_in_place(nonce, Aad::empty(), &mut self.piece);
        let length = opened.map_err(|_| cut_off())?.len();
        self.piece.truncate(length);
        self.at = Some(piece);
        Ok(())
    }
}

fn cut_off() -> io::Error {
    io::Error::other(
        "cannot be decrypted: keys.raw and keys.raw_previous give other keys than it was encrypted with, or it was \
         changed or cut off",
    )
}

impl Read for SealedFile {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.position >= self.length || out.is_empty() {
            return Ok(0);
        }
        self.load(self.position / PIECE as u64)?;
        let rest = &self.piece[(self.position % PIECE as u64) as usize..];
        let count = rest.len().min(out.len());
        out[..count].copy_from_slice(&rest[..count]);
        self.position += count as u64;
        Ok(count)
    }
}

impl Seek for SealedFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(by) => self.length.checked_add_signed(by),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
        };
        self.position = position.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.position)
    }
}

impl Read for Opened {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self {
            Opened::Plain(file) => file.read(out),
            Opened::Sealed(file) => file.read(out),
        }
    }
}

impl Seek for Opened {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match self {
            Opened::Plain(file) => file.seek(to),
            Opened::Sealed(file) => file.seek(to),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed(key: &RawKey, bytes: &[u8], step: usize) -> Vec<u8> {
        let mut output = Vec::new();
        let mut sealer = Sealer::begin(key, &mut output).unwrap();
        for bytes in bytes.chunks(step) {
            sealer.write(bytes, &mut output).unwrap();
        }
        sealer.end(&mut output).unwrap();
        output
    }

    fn opened(key: &RawKey, sealed: &[u8]) -> io::Result<SealedFile> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(sealed).unwrap();
        file.rewind().unwrap();
        SealedFile::open(file, key)
    }

    fn whole(key: &RawKey, sealed: &[u8]) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        opened(key, sealed)?.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    #[test]
    fn what_is_sealed_is_read_back_from_anywhere_and_shows_nothing() {
        let key = RawKey::new(b"rahasia");
        for length in [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 3 * PIECE + 17] {
            let bytes: Vec<u8> = (0..length).map(|index| (index % 251) as u8).collect();
            for step in [PIECE, 1_000] {
                let sealed = sealed(&key, &bytes, step);
                assert_eq!(whole(&key, &sealed).unwrap(), bytes, "{length} {step}");
                assert!(length < 64 || memchr::memmem::find(&sealed, &bytes[..64]).is_none());
            }
            let mut file = opened(&key, &sealed(&key, &bytes, 777)).unwrap();
            for at in [0, length / 2, length] {
                let mut rest = Vec::new();
                assert_eq!(file.seek(SeekFrom::Start(at as u64)).unwrap(), at as u64);
                file.read_to_end(&mut rest).unwrap();
                assert_eq!(rest, bytes[at..]);
            }
            assert_eq!(file.seek(SeekFrom::End(0)).unwrap(), length as u64);
        }
    }

    #[test]
    fn another_key_and_any_change_are_noticed() {
        let key = RawKey::new(b"rahasia");
        let bytes = vec![7; 2 * PIECE + 5];
        let good = sealed(&key, &bytes, PIECE);
        assert!(whole(&RawKey::new(b"lain"), &good).is_err());
        // Cut off, also between two pieces; a changed byte; two pieces exchanged.
        let first = HEAD_BYTES as usize;
        let pieces = [first, first + PIECE + TAG, first + 2 * (PIECE + TAG)];
        for end in [0, 7, first, pieces[1], pieces[2], good.len() - 1] {
            assert!(whole(&key, &good[..end]).is_err(), "{end}");
        }
        for at in [0, 20, first, pieces[1], good.len() - 1] {
            let mut bad = good.clone();
            bad[at] ^= 1;
            assert!(whole(&key, &bad).is_err(), "{at}");
        }
        let exchanged = [
            &good[..first],
            &good[pieces[1]..pieces[2]],
            &good[first..pieces[1]],
            &good[pieces[2]..],
        ]
        .concat();
        assert!(whole(&key, &exchanged).is_err());
        let again = sealed(&key, &bytes, PIECE);
        assert_ne!(again, good, "every file has a salt of its own");
        assert!(RawKey::from_hex(&key.to_hex()) == Some(key) && RawKey::from_hex("é").is_none());
    }
}
