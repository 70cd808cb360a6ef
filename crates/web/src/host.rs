//! Under which names the pages may be asked for.
//!
//! A page of somebody else can make a browser ask our address under a name of theirs, and then read the
//! answer: so a name that nobody has set is refused, whatever it leads to.

use std::fmt;
use std::str::FromStr;

/// An address under which the pages are reached, such as `https://desk.example.org`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    secure: bool,
    /// Name and port as a browser says them.
    host: String,
}

/// A text that is no [`Site`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownSite(String);

impl fmt::Display for UnknownSite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown: String = self.0.chars().take(80).collect();
        write!(
            f,
            "{shown:?} is not an address such as https://desk.example.org or http://NAME.onion, without a path"
        )
    }
}

impl FromStr for Site {
    type Err = UnknownSite;

    fn from_str(text: &str) -> Result<Self, UnknownSite> {
        let unknown = || UnknownSite(text.to_owned());
        let (scheme, host) = text.trim().split_once("://").ok_or_else(unknown)?;
        let secure = match scheme {
            "https" => true,
            "http" => false,
            _ => return Err(unknown()),
        };
        let host = host.strip_suffix('/').unwrap_or(host).to_ascii_lowercase();
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
        if host.is_empty() || host.len() > 255 || !host.chars().all(fits) {
            return Err(unknown());
        }
        Ok(Self { secure, host })
    }
}

/// How a request came, by the name that it asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// Under a name that is set with https.
    Secure,
    /// Under another of our names.
    Plain,
}

/// The way of a request; `None` when the name is none of ours.
pub(crate) fn way(host: &str, sites: &[Site]) -> Option<Way> {
    let host = host.to_ascii_lowercase();
    if let Some(site) = sites.iter().find(|site| site.host == host) {
        return Some(if site.secure { Way::Secure } else { Way::Plain });
    }
    is_loopback(&host).then_some(Way::Plain)
}

/// Whether a name always leads to the machine of whoever asks, at any port: so a tunnel may end at any.
fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    matches!(name, "localhost" | "127.0.0.1" | "[::1]")
}

/// Whether a form that changes something came from a page of ours.
pub(crate) fn is_ours(host: &str, origin: Option<&str>, fetch_site: Option<&str>) -> bool {
    if fetch_site.is_some_and(|site| site != "same-origin" && site != "none") {
        return false;
    }
    match origin {
        None => true,
        Some(origin) => {
            origin.split_once("://").is_some_and(|(_, from)| from.eq_ignore_ascii_case(host))
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn only_names_that_are_set_or_lead_home_are_ours() {
        let sites =
            ["https://desk.example.org".parse().unwrap(), "http://abcd.onion".parse().unwrap()];
        for (host, expected) in [
            ("desk.example.org", Some(Way::Secure)),
            ("DESK.example.org", Some(Way::Secure)),
            ("abcd.onion", Some(Way::Plain)),
            ("localhost:7480", Some(Way::Plain)),
            ("127.0.0.1:8080", Some(Way::Plain)),
            ("[::1]:7480", Some(Way::Plain)),
            ("127.0.0.1", Some(Way::Plain)),
            ("evil.example", None),
            ("localhost.evil.example", None),
            ("127.0.0.1.evil.example:7480", None),
            ("desk.example.org:8443", None),
            ("evil@localhost", None),
            ("", None),
        ] {
            assert_eq!(way(host, &sites), expected, "{host}");
        }
    }

    #[test]
    fn a_form_of_another_page_is_not_ours() {
        let host = "localhost:7480";
        for (origin, fetch, expected) in [
            (Some("http://localhost:7480"), Some("same-origin"), true),
            (Some("http://localhost:7480"), None, true),
            (None, None, true),
            (Some("http://evil.example"), None, false),
            (Some("null"), None, false),
            (Some("http://localhost:7481"), None, false),
            (None, Some("cross-site"), false),
            (None, Some("same-site"), false),
        ] {
            assert_eq!(is_ours(host, origin, fetch), expected, "{origin:?} {fetch:?}");
        }
    }

    #[test]
    fn a_site_has_no_path_and_a_scheme() {
        for wrong in ["", "desk.example.org", "ftp://a", "https://", "https://a/b", "https://a b"] {
            assert!(wrong.parse::<Site>().is_err(), "{wrong}");
        }
        assert!("https://desk.example.org/".parse::<Site>().is_ok());
    }
}
