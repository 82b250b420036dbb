//! Text in another encoding, read as UTF-8.

use encoding_rs::{CoderResult, Decoder, Encoding};
use std::io::{self, Read};

/// Bytes decoded at a time.
const RAW_BYTES: usize = 64 << 10;

/// Reads bytes of any encoding as UTF-8. UTF-8 itself passes through unchecked: who reads it validates it.
pub struct Utf8Reader<R> {
    input: R,
    decoder: Option<Decoder>,
    raw: Vec<u8>,
    raw_start: usize,
    input_ended: bool,
    decoded: Vec<u8>,
    decoded_start: usize,
}

impl<R: Read> Utf8Reader<R> {
    /// `encoding` is that of `input`, whose byte order mark is already read; none is UTF-8.
    pub fn new(input: R, encoding: Option<&'static Encoding>) -> Utf8Reader<R> {
        Utf8Reader {
            input,
            decoder: encoding.map(Encoding::new_decoder_without_bom_handling),
            raw: Vec::new(),
            raw_start: 0,
            input_ended: false,
            decoded: Vec::new(),
            decoded_start: 0,
        }
    }

    /// Decodes the next piece into `decoded`; leaves it empty at the end.
    fn decode_more(&mut self) -> io::Result<()> {
        self.decoded.clear();
        self.decoded_start = 0;
        while self.decoded.is_empty() {
            let Some(decoder) = self.decoder.as_mut() else {
                return Ok(());
            };
            if self.raw_start == self.raw.len() && !self.input_ended {
                self.raw.resize(RAW_BYTES, 0);
                let count = self.input.read(&mut self.raw)?;
                self.raw.truncate(count);
                self.raw_start = 0;
                self.input_ended = count == 0;
            }
            // Three bytes of UTF-8 for each byte of input are always enough; some room is needed at the end.
            self.decoded.resize((self.raw.len() - self.raw_start) * 3 + 16, 0);
            let (result, read, written, malformed) =
                decoder.decode_to_utf8(&self.raw[self.raw_start..], &mut self.decoded, self.input_ended);
            self.raw_start += read;
            self.decoded.truncate(written);
            if malformed {
                return Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    "bytes do not fit the encoding",
                ));
            }
            if self.input_ended && result == CoderResult::InputEmpty {
                // A decoder that has seen the last byte must not be called again.
                self.decoder = None;
                self.raw_start = self.raw.len();
            }
        }
        Ok(())
    }
}

impl<R: Read> Read for Utf8Reader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.decoded_start == self.decoded.len() {
            if self.decoder.is_none() {
                return if self.input_ended { Ok(0) } else { self.input.read(out) };
            }
            self.decode_more()?;
        }
        let count = out.len().min(self.decoded.len() - self.decoded_start);
        out[..count].copy_from_slice(&self.decoded[self.decoded_start..][..count]);
        self.decoded_start += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(bytes: &[u8], encoding: Option<&'static Encoding>) -> io::Result<String> {
        let mut text = String::new();
        Utf8Reader::new(bytes, encoding).read_to_string(&mut text).map(|_| text)
    }

    #[test]
    fn decodes_what_officers_send() {
        assert_eq!(decode("Ä;é".as_bytes(), None).unwrap(), "Ä;é");
        assert_eq!(
            decode(b"\xC4;\xE9\x96", Some(encoding_rs::WINDOWS_1252)).unwrap(),
            "Ä;é–"
        );
        let wide: Vec<u8> = "a\n😀".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decode(&wide, Some(encoding_rs::UTF_16LE)).unwrap(), "a\n😀");
        assert_eq!(decode(b"", Some(encoding_rs::UTF_16BE)).unwrap(), "");
    }

    #[test]
    fn half_a_character_is_an_error() {
        assert_eq!(
            decode(b"a\0b", Some(encoding_rs::UTF_16LE)).unwrap_err().kind(),
            io::ErrorKind::InvalidData
        );
    }
}
