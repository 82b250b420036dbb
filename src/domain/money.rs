//! Money and scale in a header: whether a figure is rupiah, and by which power of ten it is scaled.

use super::text::{bracket, normal};

/// What a header says about its figures: `Harga (Rp ribu)` counts thousands of rupiah.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scale {
    /// The figure is multiplied by `10^power`: 0, 3, 6, 9 or 12. Parse with the column's scale plus this power
    /// ([`super::number::parse_scaled`]) and nothing is rounded.
    pub power: u32,
    /// Whether the header says rupiah.
    pub rupiah: bool,
}

impl Scale {
    /// `10^power`, for figures that are multiplied after parsing.
    pub fn factor(self) -> i64 {
        // At most 10^12.
        10_i64.pow(self.power)
    }
}

/// Reads the scale words of a header: `Rp`, `ribu`, `juta`, `miliar` (`milyar`), `triliun`, their English and
/// everyday forms, and `Rp 000`.
///
/// None when it says nothing of the kind, or two different things. A rate (`per ribu penduduk`) is no scale.
pub fn header_scale(text: &str) -> Option<Scale> {
    let words = normal(text);
    if let Some(power) = zeros(text) {
        let rupiah = words.split(' ').any(|word| matches!(word, "rp" | "rupiah" | "idr"));
        return Some(Scale { power, rupiah });
    }
    let mut rupiah = false;
    let mut power = None;
    let mut previous = "";
    let mut words = words.split(' ').peekable();
    while let Some(word) = words.next() {
        // `Rp000` is written without a space as often as with one.
        let (currency, rest) = match word.strip_prefix("rp") {
            Some(rest) => (true, rest),
            None => (matches!(word, "rupiah" | "idr"), word),
        };
        // `(000 jiwa)`, `(000 Rp)`, but not `1.000 jiwa`.
        let units = ["jiwa", "orang", "people", "persons", "rp", "rupiah", "idr"];
        let of_unit = words.peek().is_some_and(|next| units.contains(next))
            && !previous.ends_with(|letter: char| letter.is_ascii_digit());
        let is_thousand = currency || of_unit || matches!(previous, "rp" | "rupiah" | "idr" | "dalam" | "dlm");
        // `x Rp1.000`, `dalam Rp 1.000.000,-`, but not `Rp 1.000 per hari`.
        let leads = currency || matches!(previous, "rp" | "rupiah" | "idr" | "dalam" | "dlm" | "x");
        if rest == "1" && leads {
            let mut behind = words.clone();
            let zeros = std::iter::from_fn(|| behind.next_if(|word| *word == "000")).count() as u32;
            if zeros > 0 && zeros <= 4 && behind.peek().is_none() {
                let is_rupiah = rupiah || currency || matches!(previous, "rp" | "rupiah" | "idr");
                return power.is_none().then_some(Scale {
                    power: 3 * zeros,
                    rupiah: is_rupiah,
                });
            }
        }
        rupiah |= currency && (rest.is_empty() || word == rest || rest == "000");
        let found = scale_word(rest, is_thousand).filter(|_| !is_rate(previous));
        // `Rp.000.000` are millions.
        let more =
            std::iter::from_fn(|| words.next_if(|next| found.is_some() && rest == "000" && *next == "000")).count();
        if let Some(found) = found.map(|found| found + 3 * more.min(3) as u32) {
            if power.is_some_and(|power| power != found) {
                return None;
            }
            power = Some(found);
        }
        previous = word;
    }
    (rupiah || power.is_some()).then(|| Scale {
        power: power.unwrap_or(0),
        rupiah,
    })
}

/// The power of `(000)` and `(000.000)`, which say nothing of what is counted.
fn zeros(text: &str) -> Option<u32> {
    let inside = bracket(text).map_or(text, |(_, inside, _)| inside);
    let words = || inside.split(['.', ',', ' ']).filter(|word| !word.is_empty());
    let count = words().count() as u32;
    ((1..=4).contains(&count) && words().all(|word| word == "000")).then_some(3 * count)
}

fn is_rate(previous: &str) -> bool {
    matches!(previous, "per" | "setiap" | "tiap")
}

fn scale_word(word: &str, is_thousand: bool) -> Option<u32> {
    match word {
        "ribu" | "ribuan" | "rb" | "thousand" | "thousands" => Some(3),
        "000" if is_thousand => Some(3),
        "juta" | "jutaan" | "jt" | "million" | "millions" => Some(6),
        "miliar" | "milyar" | "miliaran" | "milyaran" | "billion" | "billions" => Some(9),
        "triliun" | "trilyun" | "triliunan" | "trilyunan" | "trillion" | "trillions" => Some(12),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scale_words_of_headers() {
        for (text, power, rupiah) in [
            ("Harga (Rp)", 0, true),
            ("Harga (Rp/Kg)", 0, true),
            ("Harga (Rp ribu)", 3, true),
            ("Harga (ribu Rp)", 3, true),
            ("Harga (Rp000)", 3, true),
            ("Harga (Rp. 000)", 3, true),
            ("Anggaran (dalam jutaan rupiah)", 6, true),
            ("PDRB (Miliar Rp)", 9, true),
            ("PDRB [milyar rupiah]", 9, true),
            ("PDB (Triliun IDR)", 12, true),
            ("Penduduk (ribu jiwa)", 3, false),
            ("Penduduk (ribu orang)", 3, false),
            ("Penduduk Miskin (000 jiwa)", 3, false),
            ("Omzet (000 Rp)", 3, true),
            ("PUK (000)", 3, false),
            ("000", 3, false),
            ("DALAM RUPIAH (000)", 3, true),
            ("Penduduk (000.000)", 6, false),
            ("REALISASI PAJAK (Rp.000.000)", 6, true),
            ("Population (thousand people)", 3, false),
        ] {
            let scale = Scale { power, rupiah };
            assert_eq!(header_scale(text), Some(scale), "{text}");
            assert_eq!(scale.factor().to_string().len(), power as usize + 1);
        }
    }

    #[test]
    fn headers_without_a_scale() {
        for text in [
            "Jumlah Penduduk",
            "Kepulauan Seribu",
            "Kasus per ribu penduduk",
            "Per 1.000 penduduk",
            "Kasus per 1.000 jiwa",
            "Jiwa",
            "Ribu atau juta",
            "RPJMD",
            "Harga",
            "",
        ] {
            assert_eq!(header_scale(text), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_judged(text in ".{0,30}") {
            if let Some(scale) = header_scale(&text) {
                proptest::prop_assert!(scale.power <= 12);
            }
        }
    }
}
