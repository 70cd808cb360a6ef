//! One request, as a page sees it, and what a page answers.

use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONNECTION, CONTENT_TYPE, LOCATION, SET_COOKIE};
use axum::http::{HeaderValue, Response, StatusCode};
use hospes_desk::people::{Member, Who};
use hospes_desk::shown::Shown;
use hospes_desk::{Desk, Refused};

use crate::form::Form;
use crate::host::Way;
use crate::reception::Reception;
use crate::session::{Key, Seen, Sessions};
use crate::text::Texts;

/// Name of the cookie of a session.
pub(crate) const SESSION: &str = "hospes";
/// Name of the cookie of a first login.
pub(crate) const WELCOME: &str = "hospes-welcome";

/// One request.
pub(crate) struct Visit {
    pub(crate) reception: Arc<Reception>,
    pub(crate) t: &'static Texts,
    /// What the center is called.
    pub(crate) center: String,
    /// The address without what follows a question mark.
    pub(crate) path: String,
    /// The page to look at: the address, or for a tap the page on which it was.
    pub(crate) page: String,
    /// What stands for the parts of the address in braces.
    pub(crate) parts: Vec<(String, String)>,
    pub(crate) query: Form,
    pub(crate) form: Form,
    pub(crate) way: Way,
    /// Who is here.
    pub(crate) here: Option<Here>,
    /// Whether they had a session whose time is over.
    pub(crate) over: bool,
    /// The cookie of a first login.
    pub(crate) welcome: Option<String>,
    /// Severe bulletins, for somebody who is here.
    pub(crate) alerts: Vec<Shown>,
}

/// Somebody with a session.
pub(crate) struct Here {
    pub(crate) member: Member,
    pub(crate) seen: Seen,
}

impl Visit {
    /// What is asked of the node.
    pub(crate) fn desk(&self) -> &dyn Desk {
        self.reception.desk.as_ref()
    }

    /// Who is here.
    pub(crate) fn sessions(&self) -> &Sessions {
        &self.reception.sessions
    }

    /// A part of the address.
    pub(crate) fn part(&self, name: &str) -> &str {
        let found = self.parts.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value)
    }

    /// Who does it. Pages that ask for it stand behind a login.
    pub(crate) fn who(&self) -> Result<Who, Fault> {
        self.member().map(Member::who)
    }

    /// The same with all that is known of them.
    pub(crate) fn member(&self) -> Result<&Member, Fault> {
        self.here.as_ref().map(|here| &here.member).ok_or(Fault::Login)
    }

    /// The session.
    pub(crate) fn key(&self) -> Result<Key, Fault> {
        self.here.as_ref().map(|here| here.seen.key).ok_or(Fault::Login)
    }

    /// Now, by the clock that nobody sets.
    pub(crate) fn now(&self) -> Instant {
        Instant::now()
    }

    /// A cookie that ends with the browser, which only we are shown and no script reads.
    pub(crate) fn cookie(&self, name: &str, value: &str) -> String {
        match self.way {
            Way::Secure => {
                format!("__Host-{name}={value}; Path=/; Secure; HttpOnly; SameSite=Strict")
            }
            Way::Plain => format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict"),
        }
    }

    /// What takes a cookie away.
    pub(crate) fn no_cookie(&self, name: &str) -> String {
        self.cookie(name, "") + "; Max-Age=0"
    }
}

/// A page of ours; the first one instead of whatever else somebody has put into a link or a form.
pub(crate) fn ours(path: &str) -> &str {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_');
    let is_path = path.starts_with('/') && !path.starts_with("//") && path.chars().all(fits);
    if is_path && path.len() <= 200 { path } else { "/tonight" }
}

/// What a page answers.
pub(crate) enum Answer {
    /// A page.
    Page(StatusCode, String),
    /// The way to another page of ours.
    SeeOther(String),
    /// The same with a cookie.
    WithCookies(Box<Answer>, Vec<String>),
    /// The same, after which the connection ends.
    Last(Box<Answer>),
    /// A file that never changes while the program is the same.
    File(&'static str, &'static [u8]),
}

impl Answer {
    /// A page as it should be.
    pub(crate) fn page(html: String) -> Result<Self, Fault> {
        Ok(Self::Page(StatusCode::OK, html))
    }

    /// The same with something to mend.
    pub(crate) fn to_mend(html: String) -> Result<Self, Fault> {
        Ok(Self::Page(StatusCode::UNPROCESSABLE_ENTITY, html))
    }

    /// To another page of ours.
    pub(crate) fn see(path: impl Into<String>) -> Result<Self, Fault> {
        Ok(Self::SeeOther(path.into()))
    }

    /// Where it leads, if it leads anywhere.
    pub(crate) fn location(&self) -> Option<&str> {
        match self {
            Self::SeeOther(location) => Some(location),
            Self::WithCookies(answer, _) | Self::Last(answer) => answer.location(),
            Self::Page(..) | Self::File(..) => None,
        }
    }

    /// As it goes to the browser, without the headers that all answers have.
    pub(crate) fn response(self) -> Response<Body> {
        match self {
            Self::Page(status, html) => {
                let mut response = Response::new(Body::from(html));
                *response.status_mut() = status;
                let html = HeaderValue::from_static("text/html; charset=utf-8");
                response.headers_mut().insert(CONTENT_TYPE, html);
                response
            }
            Self::SeeOther(location) => {
                let mut response = Response::new(Body::empty());
                *response.status_mut() = StatusCode::SEE_OTHER;
                let location = HeaderValue::try_from(location);
                let location = location.unwrap_or(HeaderValue::from_static("/"));
                response.headers_mut().insert(LOCATION, location);
                response
            }
            Self::WithCookies(answer, cookies) => {
                let mut response = answer.response();
                for cookie in cookies.into_iter().filter_map(|cookie| cookie.try_into().ok()) {
                    response.headers_mut().append(SET_COOKIE, cookie);
                }
                response
            }
            Self::Last(answer) => {
                let mut response = answer.response();
                response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
                response
            }
            Self::File(kind, bytes) => {
                let mut response = Response::new(Body::from(bytes));
                response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
                let kept = HeaderValue::from_static("max-age=31536000, immutable");
                response.headers_mut().insert(CACHE_CONTROL, kept);
                response
            }
        }
    }
}

/// Why there is no page.
#[derive(Debug)]
pub(crate) enum Fault {
    /// Nobody has logged in, or the session is over.
    Login,
    /// A coordinator's or admin's page, after too long a pause.
    Asleep,
    /// Their role does not allow it.
    Role,
    /// There is no such page.
    NotFound,
    /// The form came from another page than ours, or is too old.
    Foreign,
    /// The form cannot be read.
    Unreadable,
    /// It is larger than it may be.
    TooLarge,
    /// It did not come in time.
    TooSlow,
    /// The node does not give it.
    Refused(Refused),
}

impl From<Refused> for Fault {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<askama::Error> for Fault {
    fn from(error: askama::Error) -> Self {
        tracing::error!(%error, "a page was not made");
        Self::Refused(Refused::new(hospes_desk::Reason::Failed, "a page was not made"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leads_to_pages_of_ours_only() {
        for path in ["/offers", "/record/offer/3f2a-b1"] {
            assert_eq!(ours(path), path);
        }
        for path in [
            "",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/a?b",
            "/%2f%2fevil",
            "/a\r\nSet-Cookie: a=b",
            "javascript:1",
        ] {
            assert_eq!(ours(path), "/tonight", "{path}");
        }
    }
}
