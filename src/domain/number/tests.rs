use super::*;
use proptest::prelude::*;

fn id(text: &str) -> Result<i128, NumberError> {
    parse_scaled(text, Style::Id, 2)
}

fn en(text: &str) -> Result<i128, NumberError> {
    parse_scaled(text, Style::En, 2)
}

#[test]
fn indonesian_notation() {
    for (text, hundredths) in [
        ("0", 0),
        ("12500", 1_250_000),
        ("12.500", 1_250_000),
        ("12 500", 1_250_000),
        ("1 898 100,5", 189_810_050),
        ("1.234.567,8", 123_456_780),
        ("1234,56", 123_456),
        ("0,5", 50),
        (",5", 50),
        ("007", 700),
        ("12,500000", 1250),
        (" 12.500 ", 1_250_000),
        ("Rp 12.500,-", 1_250_000),
        ("Rp12.500,--", 1_250_000),
        ("Rp. 12.500,00", 1_250_000),
        ("rp\u{a0}12.500", 1_250_000),
        ("IDR 12.500", 1_250_000),
        ("(1.234)", -123_400),
        ("(Rp 1.234,-)", -123_400),
        ("Rp (1.234)", -123_400),
        ("-Rp 5", -500),
        ("Rp -5", -500),
        ("-5", -500),
        ("−5", -500),
        ("+5", 500),
        ("- 5", -500),
        ("5 %", 500),
        ("5,25%", 525),
        ("1\u{a0}234\u{a0}567,5", 123_456_750),
        ("1\u{2009}234", 123_400),
        ("1\u{202f}234", 123_400),
    ] {
        assert_eq!(id(text), Ok(hundredths), "{text}");
    }
}

#[test]
fn english_notation() {
    for (text, hundredths) in [
        ("12.50", 1250),
        ("12,500", 1_250_000),
        ("1,234,567.8", 123_456_780),
        ("IDR 12,500.00", 1_250_000),
        ("Rp. 12,500,-", 1_250_000),
        ("0.125000", 0),
        (".5", 50),
        ("1\u{a0}234.5", 123_450),
    ] {
        let expected = if text == "0.125000" {
            Err(NumberError::TooPrecise)
        } else {
            Ok(hundredths)
        };
        assert_eq!(en(text), expected, "{text}");
    }
}

#[test]
fn the_other_style_is_refused_and_never_misread() {
    for text in [
        "12.50",
        "0.125",
        "1234.56",
        "1,234.56",
        "1.5",
        "1,234,567",
        "1234.567",
        "0.5",
    ] {
        assert_eq!(id(text), Err(NumberError::WrongStyle), "{text}");
    }
    for text in ["12,50", "0,125", "1234,56", "1.234,56", "1.234.567"] {
        assert_eq!(en(text), Err(NumberError::WrongStyle), "{text}");
    }
}

#[test]
fn what_is_no_number_is_refused() {
    for text in [
        "1.2.3",
        "12..5",
        "1.23.456",
        "12,",
        "12.",
        ".",
        ",",
        "nan",
        "NaN",
        "inf",
        "-inf",
        "1e5",
        "1E5",
        "１２",
        "٣",
        "1'234",
        "1 23",
        "12 50",
        "12  500",
        "1234 500",
        "1.234 567",
        "1.234\u{a0}567",
        "12a",
        "a12",
        "Rp",
        "Rp Rp 5",
        "--5",
        "-(5)",
        "(-5)",
        "(5",
        "5)",
        "()",
        "5-",
        "0x10",
        "1_000",
        "12,5,-",
        "%",
        "5 %%",
        "1,2,3",
        "12.500,5,5",
        "Rupiah 5",
        "$5",
        "1/2",
        "12:30",
        "🙂",
    ] {
        assert_eq!(id(text), Err(NumberError::NotANumber), "{text}");
        assert!(parse_count(text, Style::Id).is_err(), "{text}");
        assert!(parse_f64(text, Style::Id).is_err(), "{text}");
    }
    assert_eq!(en("1.2.3"), Err(NumberError::NotANumber));
    assert_eq!(en("1e5"), Err(NumberError::NotANumber));
    assert_eq!(id(""), Err(NumberError::Empty));
    assert_eq!(id(" \u{a0}"), Err(NumberError::Empty));
}

#[test]
fn decimals_and_size_are_bounded() {
    assert_eq!(id("1,005"), Err(NumberError::TooPrecise));
    assert_eq!(parse_scaled("1,005", Style::Id, 3), Ok(1005));
    let largest = "9".repeat(36);
    assert_eq!(id(&largest), Ok(POWERS[38] - 100));
    assert_eq!(id(&format!("1{}", "0".repeat(36))), Err(NumberError::Overflow));
    assert_eq!(parse_scaled("1", Style::Id, 38), Err(NumberError::Overflow));
    assert_eq!(parse_scaled("1", Style::Id, 39), Err(NumberError::Overflow));
    assert_eq!(id(&"0".repeat(60)), Ok(0));
    assert_eq!(parse_f64(&"1".repeat(70), Style::Id), Err(NumberError::Overflow));
}

#[test]
fn counts_are_whole() {
    assert_eq!(parse_count("1.234", Style::Id), Ok(1234));
    assert_eq!(parse_count("1,234", Style::En), Ok(1234));
    assert_eq!(parse_count("12,00", Style::Id), Ok(12));
    assert_eq!(parse_count("12,5", Style::Id), Err(NumberError::NotWhole));
    assert_eq!(parse_count("12.5", Style::Id), Err(NumberError::WrongStyle));
    assert_eq!(parse_count("5 %", Style::Id), Err(NumberError::NotANumber));
    assert_eq!(parse_count("(3)", Style::Id), Ok(-3));
    assert_eq!(parse_count("9223372036854775807", Style::Id), Ok(i64::MAX));
    assert_eq!(
        parse_count("9223372036854775808", Style::Id),
        Err(NumberError::Overflow)
    );
}

#[test]
fn measures_are_the_nearest_float() {
    assert_eq!(parse_f64("56.835,019", Style::Id), Ok(56835.019));
    assert_eq!(parse_f64("0.1", Style::En), Ok(0.1));
    assert_eq!(parse_f64("-5,25 %", Style::Id), Ok(-5.25));
    assert_eq!(parse_f64(",5", Style::Id), Ok(0.5));
    assert!(is_percent(" 5 % ") && !is_percent("5"));
}

#[test]
fn a_header_scale_is_added_to_the_scale() {
    // "12,5" under "Rp ribu", kept to two decimals: Rp 12,500.00.
    assert_eq!(parse_scaled("12,5", Style::Id, 2 + 3), Ok(1_250_000));
}

#[test]
fn literals_of_programs() {
    for (text, hundredths) in [
        ("-12.50", -1250),
        ("1e5", 10_000_000),
        ("1.5E+3", 150_000),
        ("125e-1", 1250),
        ("0", 0),
        ("-0.00", 0),
        ("0e999999999999", 0),
        ("12.5000000000000000000000000000000000000000000", 1250),
        ("0.30000000000000004", 30),
        ("12500.000000000002", 1_250_000),
    ] {
        assert_eq!(parse_literal(text, 2), Ok(hundredths), "{text}");
    }
    for text in [
        "", "-", "+5", "05", ".5", "5.", "1e", "1e+", "nan", "Infinity", "1,5", " 5", "5 ", "0x1", "1.2.3",
    ] {
        assert_eq!(parse_literal(text, 2), Err(NumberError::NotANumber), "{text}");
    }
    assert_eq!(parse_literal("0.125", 2), Err(NumberError::TooPrecise));
    assert_eq!(parse_literal("1e-400", 2), Err(NumberError::TooPrecise));
    assert_eq!(parse_literal("1e400", 2), Err(NumberError::Overflow));
    assert_eq!(parse_literal("9007199254740993", 0), Ok(9_007_199_254_740_993));
    assert_eq!(count_literal("12.0"), Ok(12));
    assert_eq!(count_literal("1e3"), Ok(1000));
    assert_eq!(count_literal("12.5"), Err(NumberError::NotWhole));
}

#[test]
fn floats_of_spreadsheets() {
    assert_eq!(scaled_from_f64(0.1 + 0.2, 2), Ok(30));
    assert_eq!(scaled_from_f64(1.234, 3), Ok(1234));
    assert_eq!(scaled_from_f64(1.005, 2), Err(NumberError::TooPrecise));
    assert_eq!(scaled_from_f64(-12.5, 2), Ok(-1250));
    assert_eq!(scaled_from_f64(1.1 * 1.1, 2), Ok(121));
    assert_eq!(scaled_from_f64(f64::NAN, 2), Err(NumberError::NotANumber));
    assert_eq!(scaled_from_f64(f64::INFINITY, 2), Err(NumberError::NotANumber));
    assert_eq!(scaled_from_f64(1e16, 2), Err(NumberError::Overflow));
    assert_eq!(count_from_f64(2.9999999999999996), Ok(3));
    assert_eq!(count_from_f64(2.5), Err(NumberError::NotWhole));
    assert_eq!(count_from_f64(9_007_199_254_740_992.0), Ok(9_007_199_254_740_992));
}

fn evidence(texts: &[&str]) -> Evidence {
    let mut evidence = Evidence::default();
    texts.iter().for_each(|text| evidence.observe(text));
    evidence
}

#[test]
fn a_column_proves_its_style() {
    for text in [
        "1.234,56",
        "12,5",
        "12,50",
        "1,2345",
        "1.234.567",
        "0,125",
        "Rp 1.500,00",
        "1234,567",
    ] {
        assert_eq!(
            evidence(&[text]).decide(Style::En),
            (Style::Id, Certainty::Proven),
            "{text}"
        );
    }
    for text in ["1,234.56", "12.5", "12.50", "1.2345", "1,234,567", "0.125", "1234.567"] {
        assert_eq!(
            evidence(&[text]).decide(Style::Id),
            (Style::En, Certainty::Proven),
            "{text}"
        );
    }
    assert_eq!(
        evidence(&["1.234", "12.500"]).decide(Style::Id),
        (Style::Id, Certainty::Ambiguous)
    );
    assert_eq!(
        evidence(&["1,234"]).decide(Style::Id),
        (Style::Id, Certainty::Ambiguous)
    );
    assert_eq!(
        evidence(&["Rp. 5", "12", "-", "1.2.3", "nan"]).decide(Style::En),
        (Style::En, Certainty::Proven)
    );
}

#[test]
fn a_contradiction_goes_with_the_majority() {
    assert_eq!(
        evidence(&["1.500,00", "2,5", "12.50"]).decide(Style::En),
        (Style::Id, Certainty::Contradictory)
    );
    assert_eq!(
        evidence(&["1,5", "1.5"]).decide(Style::En),
        (Style::En, Certainty::Contradictory)
    );
    let mut whole = evidence(&["1,5"]);
    whole.merge(&evidence(&["1.5", "2.5", "1.234"]));
    assert_eq!(
        whole,
        Evidence {
            indonesian: 1,
            english: 2,
            ambiguous: 1,
            ..Evidence::default()
        }
    );
}

#[test]
fn three_digits_of_an_amount_are_thousands() {
    let decide = |texts: &[&str]| {
        let mut evidence = Evidence::default();
        texts.iter().for_each(|text| evidence.observe_amount(text));
        evidence.decide(Style::Id)
    };
    assert_eq!(decide(&["140,000", "Rp. 125,500"]), (Style::En, Certainty::Ambiguous));
    assert_eq!(decide(&["15.500", "Rp. 32.000"]), (Style::Id, Certainty::Ambiguous));
    assert_eq!(
        decide(&["15.500", "32.000", "140,000"]),
        (Style::Id, Certainty::Contradictory)
    );
    assert_eq!(decide(&["15.500,50", "140,000"]), (Style::Id, Certainty::Contradictory));
    assert_eq!(decide(&["15500", "32000"]), (Style::Id, Certainty::Proven));
    assert_eq!(parse_amount("140,000", Style::Id, 2), Err(NumberError::WrongStyle));
    assert_eq!(parse_amount("Rp 140.000", Style::En, 2), Err(NumberError::WrongStyle));
    assert_eq!(parse_amount("140,000", Style::En, 2), Ok(14_000_000));
    assert_eq!(parse_amount("140,50", Style::Id, 2), Ok(14_050));
    assert_eq!(parse_amount("0,000", Style::Id, 2), Ok(0));
    assert_eq!(parse_amount("1.140,000", Style::Id, 2), Ok(114_000));
}

/// Writes `value / 10^scale` in a style, with thousands set apart.
fn written(value: i128, scale: u32, style: Style) -> String {
    let digits = format!("{:0>width$}", value.unsigned_abs(), width = scale as usize + 1);
    let (integer, fraction) = digits.split_at(digits.len() - scale as usize);
    let mut text = String::new();
    for (index, digit) in integer.chars().enumerate() {
        if index > 0 && (integer.len() - index).is_multiple_of(3) {
            text.push(char::from(style.group()));
        }
        text.push(digit);
    }
    if scale > 0 {
        text.push(char::from(style.decimal()));
        text.push_str(fraction);
    }
    if value < 0 { format!("-{text}") } else { text }
}

proptest! {
    #[test]
    fn numbers_read_back(value in -POWERS[30]..POWERS[30], scale in 0_u32..7, english in any::<bool>()) {
        let style = if english { Style::En } else { Style::Id };
        let text = written(value, scale, style);
        prop_assert_eq!(parse_scaled(&text, style, scale), Ok(value), "{}", text);
        if scale > 0 && scale != 3 {
            // Its decimals prove the style, and the other one refuses it.
            prop_assert_eq!(evidence(&[&text]).decide(style.other()), (style, Certainty::Proven));
            prop_assert!(parse_scaled(&text, style.other(), scale).is_err());
        }
    }

    #[test]
    fn floats_read_back(value in -9_000_000_000_000_i64..9_000_000_000_000) {
        prop_assert_eq!(scaled_from_f64(value as f64 / 100.0, 2), Ok(i128::from(value)));
        let text = written(i128::from(value), 2, Style::En).replace(',', "");
        prop_assert_eq!(parse_literal(&text, 2), Ok(i128::from(value)));
        prop_assert_eq!(parse_f64(&text, Style::En), Ok(value as f64 / 100.0));
    }

    #[test]
    fn any_text_is_read_or_refused(text in ".{0,24}", numeric in "[-+()RpIDR0-9.,% \u{a0}eE]{0,24}") {
        for text in [text, numeric] {
            for style in [Style::Id, Style::En] {
                let scaled = parse_scaled(&text, style, 2);
                let float = parse_f64(&text, style);
                let _ = parse_count(&text, style);
                if let (Ok(scaled), Ok(float)) = (scaled, float) {
                    prop_assert!((scaled as f64 / 100.0 - float).abs() <= float.abs() * 1e-12, "{}", text);
                }
            }
            evidence(&[&text]);
            let _ = parse_literal(&text, 2);
        }
    }

    #[test]
    fn both_styles_agree_only_without_separators(text in "[0-9.,]{1,12}") {
        let (indonesian, english) = (parse_scaled(&text, Style::Id, 4), parse_scaled(&text, Style::En, 4));
        if let (Ok(indonesian), Ok(english)) = (indonesian, english) && text.contains(['.', ',']) {
            prop_assert_ne!(indonesian, english, "{}", text);
        }
    }
}
