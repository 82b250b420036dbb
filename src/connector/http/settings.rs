//! What a connector file says, with variables filled in, checked and in the types that the exchange needs.

use super::redact::{Redactor, is_secret_name};
use crate::config::{Auth, Connector, ErrorMark, Http, HttpFormat, Paging, expand};
use crate::connector::{filled, time};
use crate::finding::Finding;
use crate::format::FormatKind;
use chrono::NaiveDate;
use governor::Quota;
use reqwest::Url;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use std::num::NonZeroU32;
use std::time::Duration;

/// Time for one answer where the connector sets none.
const TIMEOUT: Duration = Duration::from_secs(60);
/// Attempts after the first where the connector sets none.
const RETRIES: usize = 4;
/// Days read again where the connector sets none.
const OVERLAP_DAYS: u32 = 7;

/// A connector's `[http]` table, ready for use. Holds secrets, so it has no `Debug`.
pub(super) struct Settings {
    /// The address, in which `{from}`, `{to}`, `{as_of}` and `{<each>}` are still to be filled.
    pub url: String,
    pub query: Vec<(String, String)>,
    /// Parameters that take the id of a region.
    pub each: Vec<String>,
    pub headers: HeaderMap,
    /// User and password that stood in the address.
    pub basic: Option<(String, String)>,
    /// Parameter and value of a token that is sent in the query.
    pub token_parameter: Option<(String, String)>,
    pub records: String,
    /// None: told from the first byte of each answer.
    pub format: Option<FormatKind>,
    pub paging: Option<Paging>,
    pub errors: Vec<ErrorMark>,
    pub cursor: Option<CursorSettings>,
    pub rate: Option<Quota>,
    pub timeout: Duration,
    pub retries: usize,
    /// Largest answer in bytes, where the connector sets one.
    pub max_bytes: Option<u64>,
    /// Name of the region map, where the connector names one.
    pub system: Option<String>,
    /// The one region this source speaks for.
    pub region: Option<String>,
    pub redactor: Redactor,
}

/// `[http.cursor]` in types.
pub(super) struct CursorSettings {
    pub start: NaiveDate,
    pub overlap_days: u32,
}

impl Settings {
    /// Reads the connector's `[http]` table. An error says what is unset or wrong, and names no secret.
    pub(super) fn of(connector: &Connector) -> Result<Settings, Finding> {
        let Some(http) = connector.http.as_ref() else {
            return Err(Finding::of("http-table-missing"));
        };
        let mut secrets = secret_variables(http);
        let (url, basic) = without_user(&filled(&http.url)?, &mut secrets)?;
        let mut headers = headers(http, &mut secrets)?;
        let token = http
            .auth
            .as_ref()
            .map(|auth| token(auth, &mut headers, &mut secrets))
            .transpose()?
            .flatten();
        let parameters: Vec<String> = token.iter().map(|(name, _)| name.clone()).collect();
        let settings = Settings {
            url,
            query: query(http)?,
            each: each(http, connector)?,
            headers,
            basic,
            token_parameter: token,
            records: filled(&http.records)?,
            format: http.format.map(|format| match format {
                HttpFormat::Json => FormatKind::Json,
                HttpFormat::Xml => FormatKind::Xml,
            }),
            paging: http.paging.clone(),
            errors: http.errors.clone(),
            cursor: cursor(http)?,
            rate: http.rate.as_deref().map(rate).transpose()?,
            timeout: http
                .timeout
                .as_deref()
                .map_or(Ok(TIMEOUT), |text| time("timeout", text))?,
            retries: http.retries.unwrap_or(RETRIES),
            max_bytes: http.max_bytes,
            system: connector.regions.as_ref().map(|naming| naming.system.clone()),
            region: connector.region.clone(),
            redactor: Redactor::new(&secrets, &parameters),
        };
        settings.check_placeholders()?;
        Ok(settings)
    }

    /// True for an address on this machine, which is never asked through a proxy.
    pub(super) fn is_loopback(&self) -> bool {
        Url::parse(&self.url)
            .ok()
            .and_then(|url| url.host_str().map(str::to_string))
            .is_some_and(|host| {
                let bare = host.trim_matches(['[', ']']);
                bare == "localhost"
                    || bare
                        .parse::<std::net::IpAddr>()
                        .is_ok_and(|address| address.is_loopback())
            })
    }

    /// `{from}` and `{to}` mean something only with a cursor.
    fn check_placeholders(&self) -> Result<(), Finding> {
        let values = self
            .query
            .iter()
            .map(|(_, value)| value.as_str())
            .chain([self.url.as_str()]);
        if self.cursor.is_none()
            && let Some(mark) = values
                .flat_map(|value| ["{from}", "{to}"].into_iter().filter(|mark| value.contains(mark)))
                .next()
        {
            return Err(Finding::of("window-without-cursor").value(mark));
        }
        Ok(())
    }
}

/// Values of the variables that their names mark as secret (`${BPS_KEY}`), wherever they are used.
fn secret_variables(http: &Http) -> Vec<String> {
    let texts = std::iter::once(&http.url)
        .chain(http.query.values())
        .chain(http.headers.values());
    let mut secrets = Vec::new();
    for text in texts {
        for piece in text.split("${").skip(1) {
            let Some((inside, _)) = piece.split_once('}') else {
                continue;
            };
            let name = inside.split(":-").next().unwrap_or(inside);
            if is_secret_name(name) {
                secrets.extend(expand(&format!("${{{name}}}")).ok());
            }
        }
    }
    secrets
}

/// Takes user and password out of an address, so that no address holds them from here on.
fn without_user(text: &str, secrets: &mut Vec<String>) -> Result<(String, Option<(String, String)>), Finding> {
    // The text may hold a password, so the finding repeats only what is known to be harmless: nothing.
    let invalid = || Finding::of("address-invalid");
    let mut url = Url::parse(text).map_err(|_| invalid())?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(invalid());
    }
    if url.username().is_empty() && url.password().is_none() {
        return Ok((text.to_string(), None));
    }
    let user = url.username().to_string();
    let password = url.password().unwrap_or_default().to_string();
    let basic = (percent_decoded(&user), percent_decoded(&password));
    secrets.extend([password, basic.1.clone()]);
    url.set_username("")
        .and_then(|()| url.set_password(None))
        .map_err(|()| invalid())?;
    // An address encodes the braces of `{from}`; they are still to be filled.
    Ok((url.as_str().replace("%7B", "{").replace("%7D", "}"), Some(basic)))
}

/// Undoes `%41`.
fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let pair = tail.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        match pair
            .and_then(|pair| u8::from_str_radix(pair, 16).ok())
            .filter(|_| first == b'%')
        {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn query(http: &Http) -> Result<Vec<(String, String)>, Finding> {
    http.query
        .iter()
        .map(|(name, value)| Ok((name.clone(), filled(value)?)))
        .collect()
}

fn headers(http: &Http, secrets: &mut Vec<String>) -> Result<HeaderMap, Finding> {
    let mut headers = HeaderMap::new();
    for (name, value) in &http.headers {
        let value = filled(value)?;
        if is_secret_name(name) || name.eq_ignore_ascii_case("cookie") {
            secrets.push(value.clone());
        }
        insert(&mut headers, name, &value)?;
    }
    Ok(headers)
}

fn insert(headers: &mut HeaderMap, name: &str, value: &str) -> Result<(), Finding> {
    let invalid = || Finding::of("header-invalid").with("name", name);
    let key = HeaderName::try_from(name).map_err(|_| invalid())?;
    let mut content = HeaderValue::try_from(value).map_err(|_| invalid())?;
    content.set_sensitive(true);
    headers.insert(key, content);
    Ok(())
}

/// Reads the token and puts it where it belongs: into the headers, or, as the answer, into the query.
fn token(auth: &Auth, headers: &mut HeaderMap, secrets: &mut Vec<String>) -> Result<Option<(String, String)>, Finding> {
    let token = match (&auth.token_env, &auth.token_file) {
        (Some(name), None) => std::env::var(name)
            .map_err(|_| Finding::of("token-unset").with("name", name))?
            .trim()
            .to_string(),
        (None, Some(path)) => {
            let path = filled(path)?;
            let unreadable = |reason: String| {
                Finding::of("token-file-unreadable")
                    .with("path", &path)
                    .with("reason", reason)
            };
            std::fs::read_to_string(&path)
                .map_err(|error| unreadable(error.to_string()))?
                .trim()
                .to_string()
        }
        _ => return Err(Finding::of("auth-incomplete")),
    };
    if token.is_empty() {
        let source = auth
            .token_env
            .as_deref()
            .or(auth.token_file.as_deref())
            .unwrap_or_default();
        return Err(Finding::of("token-unset").with("name", source));
    }
    secrets.push(token.clone());
    let value = format!("{}{token}", auth.prefix.as_deref().unwrap_or_default());
    match (&auth.header, &auth.query) {
        (Some(header), None) => insert(headers, header, &value).map(|()| None),
        (None, Some(parameter)) => Ok(Some((parameter.clone(), value))),
        _ => Err(Finding::of("auth-incomplete")),
    }
}

fn each(http: &Http, connector: &Connector) -> Result<Vec<String>, Finding> {
    if let Some((_, value)) = http.each.iter().find(|(_, value)| value.as_str() != "regions") {
        return Err(Finding::of("each-unknown").value(value));
    }
    if !http.each.is_empty() && connector.regions.is_none() {
        return Err(Finding::of("each-without-map"));
    }
    Ok(http.each.keys().cloned().collect())
}

fn cursor(http: &Http) -> Result<Option<CursorSettings>, Finding> {
    let Some(cursor) = http.cursor.as_ref() else {
        return Ok(None);
    };
    let start = filled(&cursor.start)?;
    let start =
        NaiveDate::parse_from_str(&start, "%Y-%m-%d").map_err(|_| Finding::of("cursor-start-invalid").value(&start))?;
    Ok(Some(CursorSettings {
        start,
        overlap_days: cursor.overlap_days.unwrap_or(OVERLAP_DAYS),
    }))
}

/// `5/s`, `100/m`, `1000/h`: evenly spaced, without bursts, since a source counts in windows of its own.
fn rate(text: &str) -> Result<Quota, Finding> {
    let text = filled(text)?;
    let invalid = || Finding::of("rate-invalid").value(&text);
    let (count, unit) = text.split_once('/').ok_or_else(invalid)?;
    let count: NonZeroU32 = count.trim().parse().map_err(|_| invalid())?;
    let unit = match unit.trim() {
        "s" => Duration::from_secs(1),
        "m" => Duration::from_secs(60),
        "h" => Duration::from_secs(3_600),
        _ => return Err(invalid()),
    };
    Quota::with_period(unit / count.get()).ok_or_else(invalid)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connector(http: &str) -> Connector {
        let text = format!("title = {{ id = \"a\", en = \"a\" }}\nkind = \"http\"\nscope = \"all\"\n[http]\n{http}");
        toml::from_str(&text).unwrap()
    }

    fn code(http: &str) -> String {
        Settings::of(&connector(http))
            .err()
            .map(|finding| finding.code)
            .unwrap_or_default()
    }

    #[test]
    fn says_what_is_wrong() {
        let base = "url = \"http://a.id/\"\nrecords = \"\"\n";
        assert_eq!(code(base), "");
        assert_eq!(code("url = \"${LUMBUNG_UNSET_X}\"\nrecords = \"\""), "variable-unset");
        assert_eq!(code("url = \"ftp://a.id/\"\nrecords = \"\""), "address-invalid");
        assert_eq!(
            code("url = \"http://a.id/?f={from}\"\nrecords = \"\""),
            "window-without-cursor"
        );
        for (line, expected) in [
            ("timeout = \"soon\"", "duration-invalid"),
            ("rate = \"0/s\"", "rate-invalid"),
            ("rate = \"5\"", "rate-invalid"),
            ("each = { x = \"cities\" }", "each-unknown"),
            ("each = { x = \"regions\" }", "each-without-map"),
            ("cursor = { start = \"2024\" }", "cursor-start-invalid"),
            ("headers = { \"a b\" = \"x\" }", "header-invalid"),
            ("auth = { header = \"X\" }", "auth-incomplete"),
            (
                "auth = { header = \"X\", query = \"x\", token_file = \"/dev/null\" }",
                "token-unset",
            ),
            (
                "auth = { header = \"X\", token_env = \"LUMBUNG_UNSET_TOKEN\" }",
                "token-unset",
            ),
            (
                "auth = { header = \"X\", token_file = \"/nowhere/token\" }",
                "token-file-unreadable",
            ),
        ] {
            assert_eq!(code(&format!("{base}{line}")), expected, "{line}");
        }
    }

    #[test]
    fn takes_user_and_password_out_of_the_address() {
        let settings = Settings::of(&connector("url = \"http://b%40a:p%2Fw@a.id/{as_of}\"\nrecords = \"\""))
            .ok()
            .unwrap();
        assert_eq!(settings.url, "http://a.id/{as_of}");
        assert_eq!(settings.basic, Some(("b@a".to_string(), "p/w".to_string())));
        assert_eq!(settings.redactor.text("p/w and p%2Fw"), "*** and ***");
    }

    #[test]
    fn reads_a_token_from_a_file_and_trims_it() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "  abc123\n").unwrap();
        let auth = format!(
            "auth = {{ header = \"Authorization\", prefix = \"Bearer \", token_file = \"{}\" }}",
            file.path().display()
        );
        let settings = Settings::of(&connector(&format!("url = \"http://a.id\"\nrecords = \"\"\n{auth}")))
            .ok()
            .unwrap();
        assert_eq!(settings.headers["authorization"], "Bearer abc123");
        assert!(!format!("{:?}", settings.headers).contains("abc123"));
        assert_eq!(settings.redactor.text("abc123"), "***");
    }

    #[test]
    fn knows_this_machine() {
        for (url, expected) in [
            ("http://localhost:1/", true),
            ("http://127.0.0.2/", true),
            ("http://[::1]/", true),
            ("http://a.id/", false),
        ] {
            let settings = Settings::of(&connector(&format!("url = \"{url}\"\nrecords = \"\"")))
                .ok()
                .unwrap();
            assert_eq!(settings.is_loopback(), expected, "{url}");
        }
    }
}
