//! Names of regions in the form in which they are compared: the kind apart from the stem, the stem without spaces.

use super::Level;
use crate::domain::text::normal;

/// A written name, taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Name {
    /// The kind that a prefix says (`Kab.`, `Kota`, `Prov.`); none without a prefix.
    pub kind: Option<Level>,
    /// What follows the prefix, without spaces: `fakfak` for `FAK FAK`, `papua` for `P A P U A`.
    pub stem: String,
    /// Prefix and stem together, for names in which the prefix is no prefix: `Kota Baru` is Kotabaru.
    pub whole: String,
}

impl Name {
    /// Takes a name apart. Never fails; a text that is no name has a stem that nobody bears.
    pub fn of(text: &str) -> Name {
        let words = normal(text);
        let mut words: &[&str] = &words.split(' ').collect::<Vec<_>>();
        words = without_government(words);
        let whole = joined(words);
        let mut kind = None;
        if let [first, rest @ ..] = words
            && let Some(found) = kind_of(first)
        {
            (kind, words) = (Some(found), rest);
        }
        // `Kab. Adm. Kep. Seribu`, `Kota Administrasi Jakarta Utara`: administrative or not, the name is the same.
        if let ["adm" | "administrasi" | "administratif", rest @ ..] = words {
            words = rest;
        }
        Name {
            kind,
            stem: joined(words),
            whole,
        }
    }
}

/// The kind that a word means where it stands before a name (or alone behind it: `Bandung (Kota)`).
pub(super) fn kind_of(word: &str) -> Option<Level> {
    match word {
        "provinsi" | "propinsi" | "prov" | "prop" | "pemprov" | "province" => Some(Level::Province),
        "kabupaten" | "kab" | "kabupten" | "pemkab" | "regency" => Some(Level::Regency),
        "kota" | "kotamadya" | "kotamadia" | "kodya" | "pemkot" | "city" => Some(Level::City),
        _ => None,
    }
}

/// `Pemerintah Kota Bandung`, `Pemerintah Daerah Kabupaten Bandung`: the government stands for its region.
fn without_government<'a>(words: &'a [&'a str]) -> &'a [&'a str] {
    match words {
        ["pemerintah" | "pemda", "daerah", next, ..] if *next == "daerah" || kind_of(next).is_some() => &words[2..],
        ["pemerintah" | "pemda", _, ..] => &words[1..],
        _ => words,
    }
}

fn joined(words: &[&str]) -> String {
    words
        .iter()
        .map(|word| if *word == "kep" { "kepulauan" } else { word })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_and_stems() {
        for (text, kind, stem) in [
            ("KAB. BANDUNG", Some(Level::Regency), "bandung"),
            ("Kab Bandung", Some(Level::Regency), "bandung"),
            ("Kabupaten  Bandung ", Some(Level::Regency), "bandung"),
            ("KOTA BANDUNG", Some(Level::City), "bandung"),
            ("Kotamadya Bandung", Some(Level::City), "bandung"),
            ("Pemerintah Kota Bandung", Some(Level::City), "bandung"),
            ("Pemerintah Daerah Kabupaten Bandung", Some(Level::Regency), "bandung"),
            ("Pemkab Bandung", Some(Level::Regency), "bandung"),
            ("Prov. Jawa Barat", Some(Level::Province), "jawabarat"),
            ("Kota Administrasi Jakarta Utara ", Some(Level::City), "jakartautara"),
            ("KAB. ADM. KEP. SERIBU", Some(Level::Regency), "kepulauanseribu"),
            ("Adm. Kep. Seribu", None, "kepulauanseribu"),
            ("P A P U A", None, "papua"),
            ("KAB. FAK FAK", Some(Level::Regency), "fakfak"),
            ("Kabupaten Toli-Toli", Some(Level::Regency), "tolitoli"),
            ("Daerah Istimewa Yogyakarta", None, "daerahistimewayogyakarta"),
            (
                "Pemerintah Daerah Daerah Istimewa Yogyakarta",
                None,
                "daerahistimewayogyakarta",
            ),
            ("Kab. Lima Puluh Kota", Some(Level::Regency), "limapuluhkota"),
        ] {
            let name = Name::of(text);
            assert_eq!((name.kind, name.stem.as_str()), (kind, stem), "{text}");
        }
        assert_eq!(Name::of("Kota Baru").whole, "kotabaru");
    }
}
