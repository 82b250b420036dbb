//! Small notations inside configuration values: `${NAME}`, `30s`, cron lines.

use std::time::Duration;

/// Fills `${NAME}` and `${NAME:-default}` from the environment. The error is the name of the unset variable.
pub fn expand(text: &str) -> Result<String, String> {
    expand_with(text, |name, default| {
        let value = std::env::var(name).ok().filter(|value| !value.is_empty());
        value.or_else(|| default.map(str::to_string))
    })
}

/// [`expand`] with an answer of the caller's for each variable, who is told its name and default. No answer ends it
/// with the variable's name.
pub fn expand_with(text: &str, answer: impl Fn(&str, Option<&str>) -> Option<String>) -> Result<String, String> {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        let Some(length) = rest[start..].find('}') else { break };
        let inside = &rest[start + 2..start + length];
        let (name, default) = match inside.split_once(":-") {
            Some((name, default)) => (name, Some(default)),
            None => (inside, None),
        };
        filled.push_str(&rest[..start]);
        filled.push_str(&answer(name, default).ok_or_else(|| name.to_string())?);
        rest = &rest[start + length + 1..];
    }
    filled.push_str(rest);
    Ok(filled)
}

/// Names of the variables in a text that are unset and have no default.
pub fn unset_variables(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        let Some(length) = rest[start..].find('}') else { break };
        if let Err(name) = expand(&rest[start..=start + length]) {
            names.push(name);
        }
        rest = &rest[start + length + 1..];
    }
    names
}

/// `500ms`, `30s`, `5m`, `2h`, `1d`.
pub fn duration(text: &str) -> Result<Duration, String> {
    let split = text
        .find(|character: char| !character.is_ascii_digit())
        .unwrap_or(text.len());
    let (digits, unit) = text.split_at(split);
    let wrong = || format!("\"{text}\" is not a duration such as 30s or 5m");
    let amount: u64 = digits.parse().map_err(|_| wrong())?;
    let millis = match unit.trim() {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return Err(wrong()),
    };
    amount.checked_mul(millis).map(Duration::from_millis).ok_or_else(wrong)
}

/// A cron line of five fields (minute hour day month weekday).
pub fn cron(line: &str) -> Result<croner::Cron, String> {
    croner::parser::CronParser::builder()
        .seconds(croner::parser::Seconds::Disallowed)
        .build()
        .parse(line)
        .map_err(|error| format!("\"{line}\" is not a cron line (minute hour day month weekday): {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lookup(name: &str, default: Option<&str>) -> Option<String> {
        if name == "HOST" {
            Some("example.go.id".to_string())
        } else {
            default.map(str::to_string)
        }
    }

    #[test]
    fn fills_variables_and_defaults() {
        assert_eq!(
            expand_with("https://${HOST}/a", lookup).unwrap(),
            "https://example.go.id/a"
        );
        assert_eq!(
            expand_with("${PORT:-80} ${HOST:-x}", lookup).unwrap(),
            "80 example.go.id"
        );
        assert_eq!(expand_with("${TOKEN}", lookup), Err("TOKEN".to_string()));
        assert_eq!(
            expand_with("no variables, $5, ${open", lookup).unwrap(),
            "no variables, $5, ${open"
        );
    }

    #[test]
    fn names_every_unset_variable() {
        assert_eq!(
            unset_variables("${LUMBUNG_NO_A}/${LUMBUNG_NO_B:-x}/${LUMBUNG_NO_C}"),
            ["LUMBUNG_NO_A", "LUMBUNG_NO_C"]
        );
    }

    #[test]
    fn reads_durations() {
        assert_eq!(duration("500ms").unwrap(), Duration::from_millis(500));
        assert_eq!(duration("5m").unwrap(), Duration::from_secs(300));
        assert!(duration("5").is_err());
        assert!(duration("soon").is_err());
        assert!(duration("99999999999999999999d").is_err());
    }

    #[test]
    fn reads_cron_lines_of_five_fields() {
        assert!(cron("15 1 * * *").is_ok());
        assert!(cron("0 15 1 * * *").is_err());
        assert!(cron("99 1 * * *").is_err());
    }
}
