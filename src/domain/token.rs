//! The pieces of a written date or period: numbers, words, and what stands between them.

/// One piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// ASCII digits, at most eight, and how many there are.
    Number(u32, usize),
    /// ASCII letters.
    Word(&'a str),
}

/// Most pieces that a date or period has, with weekday and filling words.
const MOST: usize = 8;

/// The pieces of one text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tokens<'a> {
    list: [Token<'a>; MOST],
    /// Punctuation before each piece: `b' '` for white space alone, 0 where two pieces touch.
    before: [u8; MOST],
    length: usize,
}

impl<'a> Tokens<'a> {
    /// Splits a text. None where it holds anything else, or more pieces than a date has. Allocates nothing.
    pub fn of(text: &'a str) -> Option<Tokens<'a>> {
        let mut tokens = Tokens {
            list: [Token::Number(0, 0); MOST],
            before: [0; MOST],
            length: 0,
        };
        let mut rest = super::text::trim(text);
        while !rest.is_empty() {
            let (separator, after) = separator(rest)?;
            let (token, after) = piece(after)?;
            if tokens.length == MOST || (tokens.length == 0 && separator != 0) {
                return None;
            }
            tokens.list[tokens.length] = token;
            tokens.before[tokens.length] = separator;
            tokens.length += 1;
            rest = after;
        }
        Some(tokens)
    }

    /// The pieces in order.
    pub fn list(&self) -> &[Token<'a>] {
        &self.list[..self.length]
    }

    /// What stands before the piece at `index`.
    pub fn before(&self, index: usize) -> u8 {
        self.before[index]
    }

    /// The same without the words that say nothing, such as weekdays.
    pub fn without(mut self, is_filling: impl Fn(&str) -> bool) -> Tokens<'a> {
        let mut kept = 0;
        for index in 0..self.length {
            if matches!(self.list[index], Token::Word(word) if is_filling(word)) {
                continue;
            }
            self.list[kept] = self.list[index];
            self.before[kept] = self.before[index];
            kept += 1;
        }
        self.length = kept;
        self
    }
}

/// White space with at most one mark of punctuation in it.
fn separator(text: &str) -> Option<(u8, &str)> {
    let rest = text.trim_start();
    let blank = if rest.len() < text.len() { b' ' } else { 0 };
    let mark = match rest.chars().next()? {
        mark @ ('-' | '/' | '.' | ',' | '\'') => mark,
        '–' => '-',
        '’' => '\'',
        _ => return Some((blank, rest)),
    };
    let width = if rest.is_char_boundary(1) { 1 } else { '–'.len_utf8() };
    // Every mark above is ASCII by now.
    Some((mark as u8, rest[width..].trim_start()))
}

fn piece(text: &str) -> Option<(Token<'_>, &str)> {
    let bytes = text.as_bytes();
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if digits > 8 {
        return None;
    }
    if digits > 0 {
        let value = bytes[..digits]
            .iter()
            .fold(0, |value, byte| value * 10 + u32::from(byte - b'0'));
        return Some((Token::Number(value, digits), &text[digits..]));
    }
    let letters = bytes.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    (letters > 0).then(|| (Token::Word(&text[..letters]), &text[letters..]))
}

/// Whether `word` is one of `words`, whatever its case.
pub(super) fn is_one_of(word: &str, words: &[&str]) -> bool {
    words.iter().any(|candidate| candidate.eq_ignore_ascii_case(word))
}

/// The month that a word names in Indonesian or English, with the abbreviations and misspellings that officers
/// use: 1 to 12.
pub(super) fn month(word: &str) -> Option<u32> {
    let mut lower = [0_u8; 10];
    let lower = lower.get_mut(..word.len())?;
    lower.copy_from_slice(word.as_bytes());
    lower.make_ascii_lowercase();
    let month = match &*lower {
        b"januari" | b"january" | b"januri" | b"janauri" | b"jan" => 1,
        b"februari" | b"pebruari" | b"february" | b"febuari" | b"pebuari" | b"februri" | b"feb" | b"peb" => 2,
        b"maret" | b"march" | b"mart" | b"mar" | b"mrt" => 3,
        b"april" | b"apr" => 4,
        b"mei" | b"may" => 5,
        b"juni" | b"june" | b"jun" => 6,
        b"juli" | b"july" | b"jul" => 7,
        b"agustus" | b"august" | b"augustus" | b"agutus" | b"agustu" | b"agust" | b"agst" | b"agt" | b"agu"
        | b"ags" | b"aug" => 8,
        b"september" | b"septmber" | b"sept" | b"sep" => 9,
        b"oktober" | b"october" | b"okotber" | b"okt" | b"oct" => 10,
        b"november" | b"nopember" | b"nov" | b"nop" => 11,
        b"desember" | b"december" | b"desembr" | b"des" | b"dec" => 12,
        _ => return None,
    };
    Some(month)
}

/// A year from two digits (00 to 69 are 2000 to 2069) or four.
pub(super) fn year(value: u32, digits: usize) -> Option<i32> {
    let century = match (digits, value) {
        (2, 0..=69) => 2000,
        (2, _) => 1900,
        (4, _) => 0,
        _ => return None,
    };
    i32::try_from(century + value).ok()
}
