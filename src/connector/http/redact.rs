//! Secrets, kept out of everything that is shown or stored.
//!
//! Every address, parameter and message that leaves the connector passes through one [`Redactor`]. It knows the
//! secrets themselves (a token in a path is found by its value), the parameters that carry them, and the names
//! under which interfaces usually carry them.

use reqwest::Url;
use std::collections::BTreeMap;

/// What stands in the place of a secret.
const MASK: &str = "***";

/// Words that, as a part of a parameter's or variable's name, mark its value as secret.
const SECRET_WORDS: [&str; 16] = [
    "token",
    "key",
    "apikey",
    "secret",
    "password",
    "passwd",
    "pass",
    "pwd",
    "auth",
    "authorization",
    "signature",
    "sig",
    "credential",
    "credentials",
    "accesskey",
    "accesstoken",
];

/// Takes secrets out of text.
#[derive(Clone, Default)]
pub(super) struct Redactor {
    /// Secrets as they stand and as they look inside an address; longest first, so that one which contains
    /// another is masked whole.
    secrets: Vec<String>,
    parameters: Vec<String>,
}

impl Redactor {
    /// `secrets` are values that must never be seen, `parameters` the query parameters that carry one.
    pub(super) fn new(secrets: &[String], parameters: &[String]) -> Redactor {
        let mut known: Vec<String> = Vec::new();
        for secret in secrets
            .iter()
            .map(|secret| secret.trim())
            .filter(|secret| !secret.is_empty())
        {
            known.push(secret.to_string());
            known.extend(encoded_forms(secret));
        }
        known.sort_by(|left, right| right.len().cmp(&left.len()).then_with(|| left.cmp(right)));
        known.dedup();
        Redactor {
            secrets: known,
            parameters: parameters.to_vec(),
        }
    }

    /// A text without the secrets it may hold.
    pub(super) fn text(&self, text: &str) -> String {
        self.secrets
            .iter()
            .fold(text.to_string(), |shown, secret| shown.replace(secret, MASK))
    }

    /// An address as it may be shown: no user, no password, secret parameters masked, secrets anywhere masked.
    pub(super) fn url(&self, url: &Url) -> String {
        let mut shown = url.clone();
        if !shown.username().is_empty() {
            // Fails only for addresses that cannot have a user, and those have none.
            let _ = shown.set_username(MASK);
        }
        if shown.password().is_some() {
            let _ = shown.set_password(Some(MASK));
        }
        let pairs: Vec<(String, String)> = url
            .query_pairs()
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        if pairs.iter().any(|(name, _)| self.is_secret_parameter(name)) {
            shown.query_pairs_mut().clear().extend_pairs(
                pairs
                    .iter()
                    .map(|(name, value)| (name, if self.is_secret_parameter(name) { MASK } else { value })),
            );
        }
        shown.set_fragment(None);
        self.text(shown.as_str())
    }

    /// The query parameters of an address that are no secret.
    pub(super) fn parameters(&self, url: &Url) -> BTreeMap<String, String> {
        url.query_pairs()
            .filter(|(name, value)| !self.is_secret_parameter(name) && self.text(value) == **value)
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect()
    }

    fn is_secret_parameter(&self, name: &str) -> bool {
        self.parameters.iter().any(|parameter| parameter == name) || is_secret_name(name)
    }
}

/// True for names such as `api_key`, `access-token`, `X-Auth`, `userPassword`.
pub(super) fn is_secret_name(name: &str) -> bool {
    let mut words: Vec<String> = vec![String::new()];
    let mut after_lower = false;
    for character in name.chars() {
        if !character.is_alphanumeric() || (character.is_uppercase() && after_lower) {
            words.push(String::new());
        }
        if character.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(character.to_lowercase());
        }
        after_lower = character.is_lowercase();
    }
    words.iter().any(|word| SECRET_WORDS.contains(&word.as_str()))
}

/// How a secret looks as a query value and as a segment of a path.
fn encoded_forms(secret: &str) -> Vec<String> {
    let Ok(mut url) = Url::parse("http://host/") else {
        return Vec::new();
    };
    url.query_pairs_mut().append_pair("", secret);
    let query = url.query().unwrap_or_default().trim_start_matches('=').to_string();
    url.set_query(None);
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.clear().push(secret);
    }
    let path = url.path().trim_start_matches('/').to_string();
    [query.clone(), query.replace('+', "%20"), path]
        .into_iter()
        .filter(|form| !form.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn redactor() -> Redactor {
        Redactor::new(&["s3cr3t/+ x".to_string(), "pw".to_string()], &["t".to_string()])
    }

    fn shown(address: &str) -> String {
        redactor().url(&Url::parse(address).unwrap())
    }

    #[test]
    fn masks_user_parameters_and_values_anywhere() {
        assert_eq!(
            shown("https://budi:pw@a.id/x?t=1&page=2"),
            "https://***:***@a.id/x?t=***&page=2"
        );
        assert_eq!(
            shown("https://a.id/x?api_key=abc&q=1#frag"),
            "https://a.id/x?api_key=***&q=1"
        );
        assert_eq!(
            shown("https://a.id/key/s3cr3t%2F+%20x/list"),
            "https://a.id/key/***/list"
        );
        assert_eq!(shown("https://a.id/x?other=s3cr3t%2F%2B+x"), "https://a.id/x?other=***");
        assert_eq!(shown("https://a.id/x?keyword=beras"), "https://a.id/x?keyword=beras");
    }

    #[test]
    fn keeps_only_harmless_parameters() {
        let url = Url::parse("https://a.id/?t=1&token=2&q=pw&page=3").unwrap();
        assert_eq!(
            redactor().parameters(&url),
            BTreeMap::from([("page".to_string(), "3".to_string())])
        );
    }

    #[test]
    fn knows_names_that_carry_secrets() {
        for name in [
            "apiKey",
            "api_key",
            "X-Api-Key",
            "BPS_KEY",
            "token",
            "accessToken",
            "userPassword",
        ] {
            assert!(is_secret_name(name), "{name}");
        }
        for name in ["keyword", "page", "kode_wilayah", "monkey", "from"] {
            assert!(!is_secret_name(name), "{name}");
        }
    }

    proptest! {
        #[test]
        fn no_secret_survives_in_an_address(secret in "[ -~]{6,20}", segment in "[a-z]{0,3}") {
            prop_assume!(!secret.trim().is_empty() && secret.trim().len() >= 6 && !"http://host/".contains(secret.trim()));
            let redactor = Redactor::new(std::slice::from_ref(&secret), &[]);
            let mut url = Url::parse("http://host/").unwrap();
            url.query_pairs_mut().append_pair("q", secret.trim()).append_pair("x", &segment);
            url.path_segments_mut().unwrap().push(secret.trim());
            let shown = Url::parse(&redactor.url(&url)).unwrap();
            let values: Vec<String> = shown.query_pairs().map(|(_, value)| value.into_owned()).collect();
            prop_assert!(values.iter().all(|value| !value.contains(secret.trim())), "{}", shown);
            prop_assert!(!shown.path().contains(secret.trim()));
        }
    }
}
