//! From what a sender wrote to the Kemendagri code that was valid in the row's period.

use super::name::{Name, kind_of};
use super::registry::{Bearer, Registry};
use super::{CodeSystem, Level, Region, RegionError};
use crate::domain::text::{bracket, normal, trim};
use chrono::NaiveDate;

/// Whose codes a text may hold.
#[derive(Debug, Clone, Copy, Default)]
pub struct Naming<'a> {
    /// The system of codes with a dot, as the contract declares it; Kemendagri unless set.
    pub dotted: Option<&'a CodeSystem>,
    /// The system of codes without a dot, as the connector declares it; none: such codes are refused.
    pub bare: Option<&'a CodeSystem>,
}

/// What a text looks like.
enum Form {
    /// `32.73`
    Dotted(u16),
    /// `3273`, `32`: digits alone, and the four digits they mean if there are two or four.
    Bare(Option<u16>),
    /// `32.1`: the code was `32.10`, if anything.
    LostZero(u16),
    Name,
}

impl Registry {
    /// The Kemendagri code of a region written as code or name, in the borders of the day `on` (the end of the row's
    /// period; none means today).
    ///
    /// Codes with a dot are Kemendagri's. Codes without one are read in `system`, which only a connector declares;
    /// with a map every id goes through the map first. Names are compared without regard to case, punctuation and
    /// spaces, with the synonyms of the registry; a name that fits two regions needs its prefix (`Kota Bandung`) or
    /// its province (`Banjar, Jawa Barat`). A name stands for the region under the code of that day, a code only for
    /// itself.
    pub fn resolve(&self, text: &str, system: Option<&CodeSystem>, on: Option<NaiveDate>) -> Result<&str, RegionError> {
        self.resolve_in(
            text,
            Naming {
                dotted: None,
                bare: system,
            },
            on,
        )
    }

    /// As [`Registry::resolve`], where a contract declares another system for codes with a dot.
    pub fn resolve_in(&self, text: &str, naming: Naming, on: Option<NaiveDate>) -> Result<&str, RegionError> {
        let text = trim(text);
        let text = text.strip_prefix('\'').unwrap_or(text);
        for system in [naming.bare, naming.dotted].into_iter().flatten() {
            if let CodeSystem::Map(name) = system
                && let Some(region) = self.maps.get(name).and_then(|map| map.ids.get(text))
            {
                return self.place(region.ok_or(RegionError::Unmapped)?, on);
            }
        }
        let dotted = naming.dotted.unwrap_or(&CodeSystem::Kemendagri);
        match form(text) {
            Form::Dotted(digits) => self.code(digits, dotted, on),
            Form::Bare(digits) => self.bare(digits, naming.bare, on),
            Form::LostZero(digits) => Err(self.lost_zero(digits, dotted)),
            Form::Name => self.named(text, on),
        }
    }

    /// The regions that a text may mean that is no code: read in either system, as a name, and as the code that it was before.
    /// For asking back, never for reading.
    pub fn meant(&self, text: &str) -> Vec<&Region> {
        let dotted = text.replace(['-', '_', ' ', ','], ".");
        let is_code = dotted
            .chars()
            .all(|character| character.is_ascii_digit() || character == '.');
        let text = if is_code { dotted } else { text.replace('_', " ") };
        let mut meant: Vec<&Region> = Vec::new();
        for system in [None, Some(CodeSystem::Kemendagri), Some(CodeSystem::Bps)] {
            let codes = match self.resolve(&text, system.as_ref(), None) {
                Ok(code) => vec![code.to_string()],
                Err(RegionError::Ambiguous(codes)) => codes,
                Err(RegionError::LostZero(code))
                | Err(RegionError::Retired {
                    successor: Some(code), ..
                }) => vec![code],
                Err(_) => Vec::new(),
            };
            for region in codes.iter().filter_map(|code| self.get(code)) {
                if meant.iter().all(|known| known.code != region.code) {
                    meant.push(region);
                }
            }
        }
        meant
    }

    /// The region of a number cell. Whole numbers are codes without a dot. `32.73` held as a number is still the code
    /// 32.73, but `32.1` may have lost its zero and is refused.
    pub fn resolve_number(
        &self,
        number: f64,
        system: Option<&CodeSystem>,
        on: Option<NaiveDate>,
    ) -> Result<&str, RegionError> {
        let naming = Naming {
            dotted: None,
            bare: system,
        };
        self.resolve_number_in(number, naming, on)
    }

    /// As [`Registry::resolve_number`], where a contract declares another system for codes with a dot.
    pub fn resolve_number_in(&self, number: f64, naming: Naming, on: Option<NaiveDate>) -> Result<&str, RegionError> {
        if !(0.0..1e9).contains(&number) {
            return Err(RegionError::Unknown);
        }
        if number.fract() == 0.0 {
            return self.resolve_in(&format!("{number}"), naming, on);
        }
        let dotted = naming.dotted.unwrap_or(&CodeSystem::Kemendagri);
        let hundredths = (number * 100.0).round();
        if hundredths / 100.0 != number || hundredths >= 10_000.0 {
            return Err(RegionError::Unknown);
        }
        let digits = hundredths as u16;
        if digits.is_multiple_of(10) {
            return Err(self.lost_zero(digits, dotted));
        }
        self.code(digits, dotted, on)
    }

    fn lost_zero(&self, digits: u16, system: &CodeSystem) -> RegionError {
        let codes = match system {
            CodeSystem::Kemendagri => &self.kemendagri,
            CodeSystem::Bps => &self.bps,
            CodeSystem::Map(_) => return RegionError::Unmapped,
        };
        let likely = codes.get(digits).map(|region| self.regions[region].code.clone());
        likely.map_or(RegionError::Unknown, RegionError::LostZero)
    }

    fn bare(
        &self,
        digits: Option<u16>,
        system: Option<&CodeSystem>,
        on: Option<NaiveDate>,
    ) -> Result<&str, RegionError> {
        match (system, digits) {
            (Some(CodeSystem::Map(_)), _) => Err(RegionError::Unmapped),
            (Some(system), Some(digits)) => self.code(digits, system, on),
            (Some(_), None) => Err(RegionError::Unknown),
            // The number of a province outside Papua is the same in both systems, so it leaves no doubt.
            (None, Some(digits)) if self.is_province_of_both(digits) => self.code(digits, &CodeSystem::Kemendagri, on),
            (None, _) => Err(RegionError::BareCode),
        }
    }

    fn is_province_of_both(&self, digits: u16) -> bool {
        digits.is_multiple_of(100)
            && self
                .kemendagri
                .get(digits)
                .is_some_and(|region| self.bps.get(digits) == Some(region))
    }

    /// The region under a code of a system. A Kemendagri code stands for itself and must be valid on the day.
    fn code(&self, digits: u16, system: &CodeSystem, on: Option<NaiveDate>) -> Result<&str, RegionError> {
        match system {
            CodeSystem::Kemendagri => {
                let region = self.kemendagri.get(digits).ok_or(RegionError::Unknown)?;
                self.valid(region, on)
            }
            CodeSystem::Bps => self.place(self.bps_region(digits, on)?, on),
            CodeSystem::Map(_) => Err(RegionError::Unmapped),
        }
    }

    /// The region of a BPS code: before a region had its present code by the numbers of 2020, after by today's.
    fn bps_region(&self, digits: u16, on: Option<NaiveDate>) -> Result<usize, RegionError> {
        let in_2020 = self.bps_2020.get(digits);
        let is_before = |region: &usize| {
            on.zip(self.regions[*region].valid_from)
                .is_some_and(|(on, from)| on < from)
        };
        if let Some(region) = in_2020.filter(is_before) {
            return Ok(region);
        }
        if let Some(region) = self.bps.get(digits) {
            return Ok(region);
        }
        // Regions without a BPS code have one that is not known here. It begins, as all codes do, with the digit of
        // their island group, so an unknown code of that group may be theirs.
        let group = |code: &str| code.bytes().next().map(|byte| u16::from(byte - b'0'));
        let unmatched =
            |region: &super::Region| region.bps_code.is_none() && group(&region.code) == Some(digits / 1000);
        let may_be_unmatched = in_2020.is_some() || self.all().iter().any(unmatched);
        Err(if may_be_unmatched {
            RegionError::Unmapped
        } else {
            RegionError::Unknown
        })
    }

    /// A code that the sender wrote, if it is valid on the day.
    fn valid(&self, region: usize, on: Option<NaiveDate>) -> Result<&str, RegionError> {
        let found = &self.regions[region];
        let code = || found.code.clone();
        if found.valid_to.is_some_and(|end| on.is_none_or(|on| end <= on)) {
            let today = self.today(region);
            let successor = (today != region).then(|| self.regions[today].code.clone());
            return Err(RegionError::Retired {
                code: code(),
                successor,
            });
        }
        if found.valid_from.zip(on).is_some_and(|(from, on)| on < from) {
            let succession = &self.succession[region];
            let before = succession.direct.first().copied().or(succession.parent);
            let predecessor = before.map(|before| self.regions[before].code.clone());
            return Err(RegionError::NotYet {
                code: code(),
                predecessor,
            });
        }
        Ok(&found.code)
    }

    /// The code that a region had on the day.
    fn place(&self, mut region: usize, on: Option<NaiveDate>) -> Result<&str, RegionError> {
        while let (Some(from), Some(on)) = (self.regions[region].valid_from, on) {
            match self.succession[region].direct.as_slice() {
                [before] if on < from => region = *before,
                _ => break,
            }
        }
        self.valid(region, on)
    }

    fn named(&self, text: &str, on: Option<NaiveDate>) -> Result<&str, RegionError> {
        let mut found = self.bearers(text);
        if found.is_empty() {
            found = self.qualified(text);
        }
        if found.is_empty() {
            found = self.numbered(text);
        }
        if let Some((name, code, "")) = bracket(text).filter(|_| found.is_empty()) {
            found = self.numbered(&format!("{code} {name}"));
        }
        match found.as_slice() {
            [] => Err(RegionError::Unknown),
            [region] => self.place(*region, on),
            several => {
                let code = |region: &usize| {
                    self.place(*region, on)
                        .unwrap_or(&self.regions[*region].code)
                        .to_string()
                };
                let mut codes: Vec<String> = several.iter().map(code).collect();
                codes.sort();
                Err(RegionError::Ambiguous(codes))
            }
        }
    }

    /// Everyone who bears a name.
    fn bearers(&self, text: &str) -> Vec<usize> {
        let name = Name::of(text);
        let of_kind = |bearer: &&Bearer| name.kind.is_none_or(|kind| kind == bearer.kind);
        let mut found = self.borne(&name.stem, of_kind);
        if found.is_empty() && name.kind.is_some() {
            found = self.borne(&name.whole, |_| true);
        }
        found
    }

    fn borne(&self, stem: &str, fits: impl Fn(&&Bearer) -> bool) -> Vec<usize> {
        let mut found = Vec::new();
        for bearer in self.names.get(stem).into_iter().flatten().filter(fits) {
            if !found.contains(&bearer.region) {
                found.push(bearer.region);
            }
        }
        found
    }

    /// A name with its province or its kind beside it: `Kota Bandung, Jawa Barat`, `Kab. Bandung (Jabar)`,
    /// `Jawa Barat - Kota Bandung`, `Bandung (Kota)`.
    fn qualified(&self, text: &str) -> Vec<usize> {
        let parts = match bracket(text) {
            Some((name, beside, rest)) if trim(rest).is_empty() => Some((name, beside)),
            _ => [",", " - ", " – ", "/"]
                .into_iter()
                .find_map(|mark| text.split_once(mark)),
        };
        let Some((first, second)) = parts else {
            return Vec::new();
        };
        let kind = normal(second);
        if kind_of(&kind).is_some() {
            return self.bearers(&format!("{kind} {first}"));
        }
        let within = |local: &str, province: &str| {
            let provinces = self.bearers(province);
            let mut found = self.bearers(local);
            found.retain(|region| {
                let region = &self.regions[*region];
                let is_here = |province: &usize| self.regions[*province].code == region.province_code;
                region.level != Level::Province && provinces.iter().any(is_here)
            });
            found
        };
        let found = within(first, second);
        if found.is_empty() { within(second, first) } else { found }
    }

    /// A name with its code before it: `32.73 Kota Bandung`, `3273 - KOTA BANDUNG`; behind it in brackets: `Kab. Kudus
    /// (33.19)`. The name decides; the digits must
    /// be its code in one of the systems.
    fn numbered(&self, text: &str) -> Vec<usize> {
        let end = text
            .find(|character: char| !character.is_ascii_digit() && character != '.')
            .unwrap_or(text.len());
        let digits = text[..end].trim_end_matches('.').replace('.', "");
        let name = text[end..].trim_start_matches(|character: char| !character.is_alphanumeric());
        if digits.is_empty() || name.is_empty() {
            return Vec::new();
        }
        let mut found = self.bearers(name);
        found.retain(|region| {
            let region = &self.regions[*region];
            let mut codes = std::iter::once(&region.code).chain(self.predecessors(&region.code));
            codes.any(|code| code.replace('.', "") == digits) || region.bps_code.as_deref() == Some(&digits)
        });
        found
    }
}

fn form(text: &str) -> Form {
    let digit = |byte: u8| u16::from(byte.wrapping_sub(b'0'));
    let bytes = text.as_bytes();
    let is_number = !bytes.is_empty() && bytes.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.');
    match *bytes {
        _ if !is_number => Form::Name,
        [b'.', ..] | [_, b'.', ..] => Form::Name,
        [a, b, b'.', c, d] if c != b'.' && d != b'.' => {
            Form::Dotted(digit(a) * 1000 + digit(b) * 100 + digit(c) * 10 + digit(d))
        }
        [a, b, b'.', c] if c != b'.' => Form::LostZero(digit(a) * 1000 + digit(b) * 100 + digit(c) * 10),
        _ if bytes.contains(&b'.') => Form::Name,
        [a, b] => Form::Bare(Some(digit(a) * 1000 + digit(b) * 100)),
        [a, b, c, d] => Form::Bare(Some(digit(a) * 1000 + digit(b) * 100 + digit(c) * 10 + digit(d))),
        _ => Form::Bare(None),
    }
}
