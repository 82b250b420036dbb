//! Units, and how many of one are in another: exact factors that a reference table declares (`units.csv`), and what one
//! unit of a thing holds where the table of things says so.

use super::code::{CodeEntry, CodeTable};

/// A positive ratio of two whole numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ratio {
    times: i128,
    by: i128,
}

/// Most digits of a declared factor, on either side of its point.
const DIGITS: usize = 9;

impl Ratio {
    /// What changes nothing.
    pub const ONE: Ratio = Ratio { times: 1, by: 1 };

    /// Reads a factor as reference tables write it: `0.001`, `12`. None where it is no positive decimal.
    pub fn parse(text: &str) -> Option<Ratio> {
        let (whole, digits) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
        let is_number = |part: &str| part.len() <= DIGITS && part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !is_number(whole) || !is_number(digits) {
            return None;
        }
        let times: i128 = format!("{whole}{digits}").parse().ok()?;
        Ratio::reduced(times, 10_i128.pow(digits.len() as u32))
    }

    fn reduced(times: i128, by: i128) -> Option<Ratio> {
        let (mut common, mut rest) = (times, by);
        while rest != 0 {
            (common, rest) = (rest, common % rest);
        }
        (times > 0).then(|| Ratio {
            times: times / common,
            by: by / common,
        })
    }

    pub fn inverse(self) -> Ratio {
        Ratio {
            times: self.by,
            by: self.times,
        }
    }

    /// Both one after the other; none where the numbers grow too large.
    pub fn and(self, other: Ratio) -> Option<Ratio> {
        Ratio::reduced(self.times.checked_mul(other.times)?, self.by.checked_mul(other.by)?)
    }

    /// That many times a number, to the nearest whole one, halves away from zero; none where it grows too large.
    pub fn of(self, number: i128) -> Option<i128> {
        let product = number.checked_mul(self.times)?;
        let half = self.by / 2 * product.signum();
        Some(product.checked_add(half)? / self.by)
    }

    /// That many times a floating-point number.
    pub fn of_float(self, number: f64) -> f64 {
        match self {
            Ratio::ONE => number,
            _ => number * self.times as f64 / self.by as f64,
        }
    }

    /// As people read it: `10`, `0.01`, `1/3`.
    pub fn text(self) -> String {
        let digits = (0..=DIGITS as u32).find(|digits| 10_i128.pow(*digits) % self.by == 0);
        match digits {
            Some(0) => self.times.to_string(),
            Some(digits) => {
                let scaled = self.times * (10_i128.pow(digits) / self.by);
                let (whole, rest) = (scaled / 10_i128.pow(digits), scaled % 10_i128.pow(digits));
                format!("{whole}.{rest:0width$}", width = digits as usize)
            }
            None => format!("{}/{}", self.times, self.by),
        }
    }
}

/// The column of a table of units that says what a unit measures, and how many of the basic unit it is.
pub const MEASURE: &str = "measure";
pub const FACTOR: &str = "factor";
/// The column of a table of things that says what one unit of them holds: `bunch=0.25 kg`, parted by `|`.
pub const CONTAINS: &str = "contains";

/// A further column of an entry; empty where the table has none.
pub fn extra<'e>(entry: &'e CodeEntry, name: &str) -> &'e str {
    let found = entry.extra.iter().find(|(header, _)| header == name);
    found.map_or("", |(_, value)| value.trim())
}

/// How many of the unit `to` one of the unit `from` is; none where they measure different things, or nothing is declared.
fn between(from: &CodeEntry, to: &CodeEntry) -> Option<Ratio> {
    let measure = extra(from, MEASURE);
    if measure.is_empty() || measure != extra(to, MEASURE) {
        return None;
    }
    let (from, to) = (Ratio::parse(extra(from, FACTOR))?, Ratio::parse(extra(to, FACTOR))?);
    from.and(to.inverse())
}

/// What a thing declares that its units hold: unit, how many of another one, and which.
pub fn contents(thing: &CodeEntry) -> Result<Vec<(&str, Ratio, &str)>, String> {
    let parts = extra(thing, CONTAINS).split('|').map(str::trim);
    let read = |part: &'_ str| -> Option<(usize, Ratio, usize)> {
        let (unit, holds) = part.split_once('=')?;
        let (number, _) = holds.trim().split_once(' ')?;
        Some((unit.trim_end().len(), Ratio::parse(number)?, part.rfind(' ')? + 1))
    };
    parts
        .filter(|part| !part.is_empty())
        .map(|part| {
            let (end, ratio, start) = read(part).ok_or_else(|| format!("\"{part}\" is not like bunch=0.25 kg"))?;
            Ok((&part[..end], ratio, &part[start..]))
        })
        .collect()
}

/// The first unit of `to` in which a unit can be said, and how many of it one is: by what both measure, else by what one
/// unit of the thing holds.
pub fn converted<'t>(
    unit: &str,
    to: &'t [String],
    units: &CodeTable,
    thing: Option<&CodeEntry>,
) -> Option<(&'t str, Ratio)> {
    let into = |from: &str| {
        let from = units.get(from)?;
        to.iter()
            .find_map(|to| Some((to.as_str(), between(from, units.get(to)?)?)))
    };
    into(unit).or_else(|| {
        let contents = contents(thing?).ok()?;
        let (_, holds, of) = contents.into_iter().find(|(held, _, _)| *held == unit)?;
        let (to, ratio) = into(of)?;
        Some((to, holds.and(ratio)?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn ratios_are_exact() {
        let tenth = Ratio::parse("0.1").unwrap();
        assert_eq!(tenth.inverse().of(1_250), Some(12_500));
        assert_eq!(tenth.of(1_255), Some(126));
        assert_eq!(tenth.of(-1_255), Some(-126));
        assert_eq!(tenth.inverse().of(i128::MAX), None);
        assert_eq!(Ratio::parse("144").unwrap().of(2), Some(288));
        assert_eq!(Ratio::parse("1.50"), Ratio::reduced(3, 2));
        assert_eq!((tenth.text().as_str(), tenth.inverse().text().as_str()), ("0.1", "10"));
        assert_eq!(Ratio::parse("12").unwrap().inverse().text(), "1/12");
        for text in ["", "0", "-1", "1e3", "1,5", ".5", "a", "12345678901"] {
            assert_eq!(Ratio::parse(text), None, "{text}");
        }
    }

    #[test]
    fn units_of_the_same_measure_and_what_a_thing_holds() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines/reference");
        let units = CodeTable::load(&folder.join("units.csv")).unwrap();
        let to = ["kg".to_string(), "liter".to_string()];
        let convert =
            |unit: &str| converted(unit, &to, &units, None).map(|(to, ratio)| format!("{} {to}", ratio.text()));
        assert_eq!(convert("ons").as_deref(), Some("0.1 kg"));
        assert_eq!(convert("quintal").as_deref(), Some("100 kg"));
        assert_eq!(convert("tonne").as_deref(), Some("1000 kg"));
        assert_eq!(convert("millilitre").as_deref(), Some("0.001 liter"));
        assert_eq!(convert("bunch"), None);
        assert_eq!(convert("dozen"), None);
        let pieces = ["piece".to_string()];
        let dozens = converted("ream", &pieces, &units, None).unwrap();
        assert_eq!(dozens.1.text(), "500");
        let mut spinach = units.get("kg").unwrap().clone();
        spinach.extra = vec![(CONTAINS.to_string(), "bunch = 250 gram | sack=20 kg".to_string())];
        let (to, ratio) = converted("bunch", &to, &units, Some(&spinach)).unwrap();
        assert_eq!((to, ratio.text().as_str()), ("kg", "0.25"));
        spinach.extra[0].1 = "bunch 250".to_string();
        assert!(contents(&spinach).unwrap_err().contains("bunch 250"));
    }
}
