//! Typing errors: whether a text is another one with a letter or two wrong. Texts come in their normal form.

/// How far a written text is from a known one, in slips of the hand: a letter left out, doubled, changed, or two
/// interchanged. None where it may as well be another word.
///
/// Words are held against each other one by one, since a letter changes a short word into another (`L`, `P`; `KK`, `RT`).
/// One slip is allowed in a text and a word of five to eight letters, two in one of nine and more; in a word of four a
/// letter may be missing or interchanged, but not changed. First letters and digits must agree, and another ending is no
/// slip (`penerima`, `penerimaan`; `siswa`, `siswi`). A blank left out or put in counts as one slip.
pub fn slips(written: &str, known: &str) -> Option<usize> {
    if written == known {
        return Some(0);
    }
    let letters = |text: &str| text.chars().filter(|letter| letter.is_alphabetic()).count();
    let allowed = match letters(written).min(letters(known)) {
        0..=4 => return None,
        5..=8 => 1,
        _ => 2,
    };
    let pairs = || written.split(' ').zip(known.split(' '));
    if written.split(' ').count() != known.split(' ').count() {
        return written
            .split(' ')
            .flat_map(str::chars)
            .eq(known.split(' ').flat_map(str::chars))
            .then_some(1);
    }
    let mut found = 0;
    for (left, right) in pairs() {
        found += slips_of_word(left, right)?;
        if found > allowed {
            return None;
        }
    }
    Some(found)
}

fn slips_of_word(left: &str, right: &str) -> Option<usize> {
    if left == right {
        return Some(0);
    }
    let (short, long) = match left.chars().count() <= right.chars().count() {
        true => (left, right),
        false => (right, left),
    };
    let (least, most) = (short.chars().count(), long.chars().count());
    let has_digit = left.chars().chain(right.chars()).any(char::is_numeric);
    if least < 4 || most - least > 2 || has_digit || left.chars().next() != right.chars().next() {
        return None;
    }
    let is_ending = |left: &str, right: &str| {
        let body = |word: &str| word.char_indices().next_back().map_or(0, |(end, _)| end);
        least == most && left[..body(left)] == right[..body(right)]
    };
    if is_ending(left, right) {
        return None;
    }
    let distance = strsim::osa_distance(left, right);
    let sorted = |word: &str| {
        let mut letters: Vec<char> = word.chars().collect();
        letters.sort_unstable();
        letters
    };
    let is_slip = match (least, distance) {
        (4, 1) => least != most || sorted(left) == sorted(right),
        (5.., 1) => true,
        (9.., 2) => !long.starts_with(short),
        _ => false,
    };
    is_slip.then_some(distance)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_the_hand() {
        for (written, known, found) in [
            ("tangal", "tanggal", 1),
            ("taggnal", "tanggal", 0),
            ("komoditsa", "komoditas", 1),
            ("kabupeten kota", "kabupaten kota", 1),
            ("jumlh pendudk", "jumlah penduduk", 2),
            ("pengangurran", "pengangguran", 2),
            ("laki lakii", "laki laki", 1),
            ("lakilaki", "laki laki", 1),
            ("jumlahpenduduk", "jumlah penduduk", 1),
            ("semester 2 tahn", "semester 2 tahun", 1),
        ] {
            let expected = (found > 0).then_some(found);
            assert_eq!(slips(written, known), expected, "{written} {known}");
            assert_eq!(slips(known, written), expected, "{known} {written}");
        }
        assert_eq!(slips("kk", "kk"), Some(0));
    }

    #[test]
    fn other_words_are_no_slips() {
        for (written, known) in [
            ("jumlah l", "jumlah p"),
            ("kode", "kota"),
            ("nama", "lama"),
            ("umur", "umum"),
            ("harga dasar", "harga pasar"),
            ("bekerja", "pekerja"),
            ("penerima", "penerimaan"),
            ("siswa putra", "siswa putri"),
            ("jumlah siswa", "jumlah siswi"),
            ("pendaftar", "pendaftaran"),
            ("males", "females"),
            ("stok awal", "stok akhir"),
            ("harga kemarin", "harga kemasan"),
            ("tahun 2024", "tahun 2023"),
            ("semester 1", "semester 2"),
            ("dosis1", "dosis2"),
            ("penduduk miskin", "penduduk"),
            ("", "tanggal"),
        ] {
            assert_eq!(slips(written, known), None, "{written} {known}");
            assert_eq!(slips(known, written), None, "{known} {written}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_two_texts_are_compared(left in ".{0,30}", right in ".{0,30}") {
            let (left, right) = (crate::domain::text::normal(&left), crate::domain::text::normal(&right));
            proptest::prop_assert_eq!(slips(&left, &right), slips(&right, &left));
            proptest::prop_assert!(slips(&left, &right).is_none_or(|found| found <= 2));
        }
    }
}
