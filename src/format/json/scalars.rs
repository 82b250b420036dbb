//! Words, numbers and strings.

use super::{JsonEvent, JsonReader};
use crate::finding::Finding;
use crate::format::FormatResult;
use memchr::memchr2;
use std::io::Read;

impl<R: Read> JsonReader<R> {
    pub(super) fn literal(&mut self, word: &[u8], event: JsonEvent<'static>) -> FormatResult<JsonEvent<'static>> {
        for &expected in word {
            match self.byte()? {
                Some(byte) if byte == expected => self.position += 1,
                Some(byte) => return Err(self.unexpected(byte)),
                None => return Err(self.cut_off()),
            }
        }
        self.value_ended();
        Ok(event)
    }

    /// Reads a number into `text`.
    pub(super) fn number(&mut self) -> FormatResult<()> {
        self.text.clear();
        while let Some(byte @ (b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E')) = self.byte()? {
            self.text.push(byte);
            self.position += 1;
            self.check_length()?;
        }
        if is_number(&self.text) {
            return Ok(());
        }
        let written = String::from_utf8_lossy(&self.text).into_owned();
        Err(self.here(Finding::of("json-number-invalid").value(written)))
    }

    /// Reads a string into `text`; the next byte is its opening quote.
    pub(super) fn string(&mut self) -> FormatResult<()> {
        self.position += 1;
        self.text.clear();
        loop {
            if self.byte()?.is_none() {
                return Err(self.cut_off());
            }
            let rest = &self.buffer[self.position..];
            let run = memchr2(b'"', b'\\', rest).unwrap_or(rest.len());
            if let Some(control) = rest[..run].iter().position(|&byte| byte < 0x20) {
                self.position += control;
                return Err(self.bad_string());
            }
            self.text.extend_from_slice(&rest[..run]);
            let end = rest.get(run).copied();
            self.position += run;
            self.check_length()?;
            match end {
                Some(b'"') => {
                    self.position += 1;
                    return Ok(());
                }
                Some(_) => self.escape()?,
                None => {}
            }
        }
    }

    /// Reads an escape; the next byte is its backslash.
    fn escape(&mut self) -> FormatResult<()> {
        self.position += 1;
        let Some(byte) = self.byte()? else {
            return Err(self.cut_off());
        };
        self.position += 1;
        let character = match byte {
            b'"' | b'\\' | b'/' => byte as char,
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => self.unicode_escape()?,
            _ => return Err(self.bad_string()),
        };
        self.text
            .extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        Ok(())
    }

    /// The character of `\uXXXX`, or of a pair of them. Half a pair stands for no character and is refused.
    fn unicode_escape(&mut self) -> FormatResult<char> {
        let first = self.four_digits()?;
        if !(0xD800..0xE000).contains(&first) {
            return char::from_u32(first).ok_or_else(|| self.bad_string());
        }
        for expected in *b"\\u" {
            match self.byte()? {
                Some(byte) if byte == expected => self.position += 1,
                Some(_) => return Err(self.bad_string()),
                None => return Err(self.cut_off()),
            }
        }
        let second = self.four_digits()?;
        if first >= 0xDC00 || !(0xDC00..0xE000).contains(&second) {
            return Err(self.bad_string());
        }
        let code = 0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00);
        char::from_u32(code).ok_or_else(|| self.bad_string())
    }

    fn four_digits(&mut self) -> FormatResult<u32> {
        let mut code = 0;
        for _ in 0..4 {
            let Some(byte) = self.byte()? else {
                return Err(self.cut_off());
            };
            let Some(digit) = (byte as char).to_digit(16) else {
                return Err(self.bad_string());
            };
            code = code * 16 + digit;
            self.position += 1;
        }
        Ok(code)
    }

    fn bad_string(&self) -> Box<Finding> {
        self.here(Finding::of("json-text-invalid"))
    }

    pub(super) fn text(&self) -> FormatResult<&str> {
        std::str::from_utf8(&self.text).map_err(|_| self.bad_string())
    }

    fn check_length(&self) -> FormatResult<()> {
        if self.text.len() <= self.text_limit {
            return Ok(());
        }
        Err(self.here(Finding::of("json-value-too-long").with("limit", crate::finding::size(self.text_limit as u64))))
    }
}

/// Whether bytes are a number of RFC 8259: no leading zero, no bare point, no `+` in front.
fn is_number(text: &[u8]) -> bool {
    fn digits(text: &[u8]) -> usize {
        text.iter().take_while(|byte| byte.is_ascii_digit()).count()
    }
    let mut rest = text.strip_prefix(b"-").unwrap_or(text);
    let whole = digits(rest);
    if whole == 0 || (whole > 1 && rest[0] == b'0') {
        return false;
    }
    rest = &rest[whole..];
    if let Some(fraction) = rest.strip_prefix(b".") {
        let length = digits(fraction);
        if length == 0 {
            return false;
        }
        rest = &fraction[length..];
    }
    if let Some((b'e' | b'E', exponent)) = rest.split_first() {
        let unsigned = match exponent.split_first() {
            Some((b'+' | b'-', unsigned)) => unsigned,
            _ => exponent,
        };
        let length = digits(unsigned);
        return length > 0 && length == unsigned.len();
    }
    rest.is_empty()
}
