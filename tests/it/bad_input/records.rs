//! JSON and XML as programs and attackers write them.

use super::*;

#[test]
fn json_that_readers_disagree_about_is_refused_or_read_exactly() {
    let installation = installation();
    let row =
        |male: &str| format!(r#"{{"region_code":"32.73","period":"2024-S2","male":{male},"female":500,"total":1100}}"#);
    let deep = |open: &str, close: &str| format!("{}1{}", open.repeat(100_000), close.repeat(100_000));
    let cases = [
        ("dalam.json", format!("[{}]", row(&deep("[", "]"))), "json-too-deep 1"),
        ("dalam-objek.json", deep("{\"a\":", "}"), "json-too-deep 1"),
        ("dalam-larik.json", deep("[", "]"), "record-not-object 1"),
        ("terpotong.json", format!("[{},", row("600")), "json-cut-off 1"),
        (
            "berulang.json",
            format!("[{}]", row("600,\"male\":601")),
            "record-field-repeated 1",
        ),
        ("nol.json", format!("[{}]", row("0600")), "json-number-invalid 1"),
        ("nan.json", format!("[{}]", row("NaN")), "json-invalid 1"),
        ("pecahan.json", format!("[{}]", row("600.5")), "number-not-whole 1"),
        ("raksasa.json", format!("[{}]", row("1e400")), "number-too-large 1"),
        ("teks.json", format!("[{}]", row("\"1e5\"")), "number-invalid 1"),
        ("benar.json", format!("[{}]", row("6.00e2")), ""),
    ];
    let mut said = String::new();
    for (name, text, expected) in cases {
        let receipt = check(&installation, name, text, DUKCAPIL);
        assert_eq!(told(&receipt).join(" "), expected, "{name}");
        assert_eq!(receipt.rows.accepted, u64::from(expected.is_empty()), "{name}");
        said.push_str(&sentences(name, &receipt));
    }
    insta::assert_snapshot!("json_that_is_refused", said);
}

/// 2^53 + 1 is no float; it is kept to its last digit, or refused, and never rounded.
#[test]
fn numbers_past_the_exact_floats_keep_every_digit() {
    let installation = installation();
    for limit in ["40_000_000", "80_000_000"] {
        installation.change_contract("population", limit, "1_000_000_000_000_000_000");
    }
    let text = r#"[{"region_code":"32.73","period":"2024-S2","male":9007199254740993,"female":9007199254740995,"total":18014398509481988}]"#;
    installation.drop("32", DUKCAPIL.0, "besar.json", text);
    let sheet = crate::support::workbook(&[(
        "Sheet1",
        vec![
            crate::support::cells!["Kode Wilayah", "Periode", "Laki-laki", "Perempuan", "Jumlah"],
            crate::support::cells!["32.04", "2024-S2", 9_007_199_254_740_994, 600, 9_007_199_254_741_594],
        ],
    )]);
    installation.drop("32", DUKCAPIL.0, "besar.xlsx", sheet);
    installation.merge_only(3);
    let figures = installation.model_lines("population", &["region_code", "male", "female", "total"]);
    assert_eq!(figures, ["32.73 9007199254740993 9007199254740995 18014398509481988"]);
    let refused = Receipt::from_json(&installation.receipt(2).to_string()).expect("a receipt");
    assert_eq!(told(&refused), ["number-too-large C2", "number-too-large E2"]);
}

#[test]
fn xml_attacks_are_refused_before_anything_is_expanded() {
    let installation = installation();
    let xml = |declared: &str, value: &str| {
        format!(
            "<?xml version=\"1.0\"?>\n{declared}<data><row><region_code>32.73</region_code><period>2024-S2</period>\
             <male>{value}</male><female>500</female><total>1100</total></row></data>"
        )
    };
    let laughs = "<!DOCTYPE d [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;\">]>\n";
    let secret = installation.home().join("rahasia.txt");
    std::fs::write(&secret, "isi-rahasia").expect("written");
    let external = format!("<!DOCTYPE d [<!ENTITY x SYSTEM \"file://{}\">]>\n", secret.display());
    let deep = format!("{}600{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
    let cases = [
        ("tawa.xml", xml(laughs, "&c;"), "xml-declares-entities 2"),
        ("luar.xml", xml(&external, "&x;"), "xml-declares-entities 2"),
        ("entitas.xml", xml("", "&euro;"), "xml-entity-unknown 2"),
        ("dalam.xml", xml("", &deep), "xml-too-deep 2"),
        (
            "terpotong.xml",
            xml("", "600").replace("</row></data>", ""),
            "xml-cut-off 2",
        ),
        (
            "silang.xml",
            xml("", "600").replace("</row></data>", "</data></row>"),
            "xml-invalid 2",
        ),
        (
            "sandi.xml",
            xml("", "600").replace("1.0\"", "1.0\" encoding=\"klingon\""),
            "xml-encoding-unknown",
        ),
        ("benar.xml", xml("", "6&#48;0"), ""),
    ];
    let mut said = String::new();
    for (name, text, expected) in cases {
        let receipt = check(&installation, name, text, DUKCAPIL);
        assert_eq!(told(&receipt).join(" "), expected, "{name}");
        assert_eq!(receipt.rows.accepted, u64::from(expected.is_empty()), "{name}");
        said.push_str(&sentences(name, &receipt));
    }
    assert!(!said.contains("isi-rahasia"), "{said}");
    insta::assert_snapshot!("xml_that_is_refused", said);
}
