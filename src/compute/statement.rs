//! What the SELECT of an indicator may say, and which tables it reads.
//!
//! The same inputs must give the same figures on any day: whatever asks for the clock or for chance is refused
//! here, before it runs. The text is looked at as tokens, so a word in a comment or a string is not taken for a
//! call.

use datafusion::sql::parser::{DFParser, Statement};
use datafusion::sql::resolve::resolve_table_references;
use datafusion::sql::sqlparser::ast;
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::tokenizer::{Token, TokenWithSpan, Tokenizer};
use std::collections::BTreeSet;

/// The one parameter of an indicator.
pub const AS_OF: &str = "$as_of";

/// Functions whose answer depends on when, where or how often they are called; refused as `name(`.
const VOLATILE_CALLS: [&str; 11] = [
    "now",
    "today",
    "random",
    "rand",
    "uuid",
    "gen_random_uuid",
    "current_date",
    "current_time",
    "current_timestamp",
    "input_file_name",
    "file_row_index",
];

/// The same without brackets, as standard SQL writes them.
const VOLATILE_WORDS: [&str; 5] = [
    "current_date",
    "current_time",
    "current_timestamp",
    "localtime",
    "localtimestamp",
];

/// Something that an indicator's SQL must not say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Line of the file, from 1.
    pub line: usize,
    pub message: String,
    pub hint: String,
}

/// The tables that the SELECT of `text` reads, by name.
///
/// # Errors
/// Every fault found: text that is no SQL, not exactly one SELECT, a volatile function, a parameter other than
/// `$as_of`.
pub fn tables_read(text: &str) -> Result<BTreeSet<String>, Vec<Fault>> {
    let dialect = GenericDialect {};
    let tokens = match Tokenizer::new(&dialect, text).tokenize_with_location() {
        Ok(tokens) => tokens,
        Err(error) => return Err(vec![syntax(error.location.line as usize, error.message)]),
    };
    let tokens: Vec<TokenWithSpan> = tokens
        .into_iter()
        .filter(|token| !matches!(token.token, Token::Whitespace(_)))
        .collect();
    let faults: Vec<Fault> = volatile(&tokens).chain(foreign_parameters(&tokens)).collect();
    if !faults.is_empty() {
        return Err(faults);
    }
    let first_line = tokens.first().map_or(1, |token| token.span.start.line as usize);
    let mut statements = match DFParser::parse_sql(text) {
        Ok(statements) => statements,
        Err(error) => {
            let message = error.strip_backtrace();
            return Err(vec![syntax(line_of(&message).unwrap_or(first_line), message)]);
        }
    };
    let statement = match (statements.pop_front(), statements.len()) {
        (Some(statement), 0) if is_select(&statement) => statement,
        _ => return Err(vec![not_one_select(first_line)]),
    };
    let (tables, _) = resolve_table_references(&statement, true)
        .map_err(|error| vec![syntax(first_line, error.strip_backtrace())])?;
    Ok(tables.iter().map(|table| table.table().to_string()).collect())
}

fn is_select(statement: &Statement) -> bool {
    let Statement::Statement(statement) = statement else {
        return false;
    };
    let ast::Statement::Query(query) = statement.as_ref() else {
        return false;
    };
    is_select_body(&query.body)
}

/// A SELECT, or set operations over SELECTs; not VALUES, INSERT and the like, which also parse as queries.
fn is_select_body(body: &ast::SetExpr) -> bool {
    match body {
        ast::SetExpr::Select(_) => true,
        ast::SetExpr::Query(query) => is_select_body(&query.body),
        ast::SetExpr::SetOperation { left, right, .. } => is_select_body(left) && is_select_body(right),
        _ => false,
    }
}

fn not_one_select(line: usize) -> Fault {
    Fault {
        line,
        message: "is not exactly one SELECT".to_string(),
        hint: "an indicator is one SELECT (a WITH before it is fine) giving region_code, period, value, numerator, \
               denominator"
            .to_string(),
    }
}

fn syntax(line: usize, message: String) -> Fault {
    Fault {
        line,
        message,
        hint: "mend the SQL; `lumbung query` tries it out".to_string(),
    }
}

/// The line in a parser's message: `… at Line: 3, Column: 5`.
fn line_of(message: &str) -> Option<usize> {
    let after = message.split_once("Line: ")?.1;
    after
        .split(|character: char| !character.is_ascii_digit())
        .next()?
        .parse()
        .ok()
}

fn volatile(tokens: &[TokenWithSpan]) -> impl Iterator<Item = Fault> + '_ {
    tokens.iter().enumerate().filter_map(|(index, token)| {
        let Token::Word(word) = &token.token else { return None };
        let name = word.value.to_lowercase();
        let called = tokens.get(index + 1).is_some_and(|next| next.token == Token::LParen);
        let refused = (called && VOLATILE_CALLS.contains(&name.as_str()))
            || (!called && word.quote_style.is_none() && VOLATILE_WORDS.contains(&name.as_str()));
        refused.then(|| Fault {
            line: token.span.start.line as usize,
            message: format!("{name} gives another answer every time, so the same inputs would give other figures"),
            hint: format!("use the parameter {AS_OF}, the date that the run speaks about"),
        })
    })
}

fn foreign_parameters(tokens: &[TokenWithSpan]) -> impl Iterator<Item = Fault> + '_ {
    tokens.iter().filter_map(|token| match &token.token {
        Token::Placeholder(name) if name != AS_OF => Some(Fault {
            line: token.span.start.line as usize,
            message: format!("the parameter {name} is not known"),
            hint: format!("the only parameter is {AS_OF}"),
        }),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn faults(text: &str) -> Vec<(usize, String)> {
        tables_read(text)
            .unwrap_err()
            .into_iter()
            .map(|fault| (fault.line, fault.message))
            .collect()
    }

    #[test]
    fn names_tables_but_not_common_table_expressions() {
        let text = "WITH live AS (SELECT region_code FROM service_activity WHERE date <= $as_of)\n\
                    SELECT c.region_code FROM commitment c LEFT JOIN live l ON l.region_code = c.region_code";
        let tables: Vec<String> = tables_read(text).unwrap().into_iter().collect();
        assert_eq!(tables, ["commitment", "service_activity"]);
    }

    #[test]
    fn refuses_the_clock_and_chance_with_their_line() {
        for call in [
            "now()",
            "NOW ()",
            "current_date",
            "current_timestamp",
            "random()",
            "uuid()",
            "\"now\"()",
        ] {
            let text = format!("SELECT region_code\n     , {call} AS value FROM labour");
            let found = faults(&text);
            assert_eq!(found.len(), 1, "{call}");
            assert_eq!(found[0].0, 2, "{call}");
        }
    }

    #[test]
    fn words_in_comments_strings_and_columns_are_no_calls() {
        let text = "-- now() and random()\nSELECT 'now()' AS a, uuid, l.random /* current_date */ FROM labour l";
        assert!(tables_read(text).is_ok());
    }

    #[test]
    fn refuses_everything_but_one_select() {
        for text in [
            "SELECT 1; SELECT 2",
            "DELETE FROM labour",
            "INSERT INTO labour SELECT 1",
            "VALUES (1)",
            "COPY labour TO 'x.csv'",
            "-- only a comment",
            "",
        ] {
            assert_eq!(faults(text)[0].1, "is not exactly one SELECT", "{text}");
        }
        assert!(tables_read("SELECT 1 UNION ALL SELECT 2;").is_ok());
    }

    #[test]
    fn a_syntax_error_and_a_foreign_parameter_have_their_line() {
        assert_eq!(faults("SELECT region_code\nFROM labour\nWHERE period = )")[0].0, 3);
        assert_eq!(faults("SELECT region_code\nFROM labour WHERE date < $today")[0].0, 2);
        assert_eq!(faults("SELECT 'open")[0].0, 1);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,200}") {
            let _ = tables_read(&text);
        }
    }
}
