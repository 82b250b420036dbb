//! Names that a column cannot have.

/// Whether a column of this name must be quoted in DuckDB, with which most analysts read a release.
pub fn is_reserved(name: &str) -> bool {
    RESERVED.split_whitespace().any(|word| word.eq_ignore_ascii_case(name))
}

/// Reserved words of DuckDB (`duckdb_keywords()`, category `reserved`).
const RESERVED: &str = "\
    all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create default \
    deferrable desc describe distinct do else end except false fetch for foreign from group having in initially \
    intersect into lambda lateral leading limit not null offset on only or order pivot pivot_longer pivot_wider placing \
    primary qualify references returning select show some summarize symmetric table then to trailing true union unique \
    unpivot using variadic when where window with";
