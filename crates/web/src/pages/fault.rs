//! Pages that say what went wrong, and what to do.

use askama::Template;
use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, Response, StatusCode};
use hospes_desk::Reason;
use hospes_desk::house::Door;

use super::frame::{Frame, sheet_mark};
use crate::text::Texts;
use crate::visit::{Answer, Fault, Visit};

#[derive(Template)]
#[template(path = "fault.html")]
struct Page {
    f: Frame,
    text: String,
    detail: String,
}

#[derive(Template)]
#[template(path = "closed.html")]
struct Closed {
    t: &'static Texts,
    title: String,
    text: String,
    sealed: bool,
    style: &'static str,
    languages: &'static [Texts],
}

/// The page of a fault; for whoever has to come in first it is the way there.
pub(crate) fn page(visit: &Visit, fault: Fault) -> Answer {
    let t = visit.t;
    let to = || {
        let path = form_urlencoded::byte_serialize(visit.page.as_bytes()).collect::<String>();
        format!("/login?in={}&to={path}", t.tag)
    };
    let (status, title, text, detail) = match fault {
        Fault::Login if visit.over => return Answer::SeeOther(to() + "&why=over"),
        Fault::Login => return Answer::SeeOther(to() + "&why=login"),
        Fault::Asleep => return Answer::SeeOther(to() + "&why=pause"),
        Fault::Role => {
            let role = visit.here.as_ref().map(|here| here.member.role.name()).unwrap_or_default();
            let text = t.fault_role(t.word("role", role));
            (StatusCode::FORBIDDEN, t.fault_title_role(), text, String::new())
        }
        Fault::NotFound => {
            (StatusCode::NOT_FOUND, t.fault_title_missing(), t.fault_missing(), String::new())
        }
        Fault::Foreign => {
            (StatusCode::CONFLICT, t.fault_title_foreign(), t.fault_foreign(), String::new())
        }
        Fault::Unreadable => {
            (StatusCode::BAD_REQUEST, t.fault_title_foreign(), t.fault_foreign(), String::new())
        }
        Fault::TooLarge => {
            (StatusCode::PAYLOAD_TOO_LARGE, t.fault_title_large(), t.fault_large(), String::new())
        }
        Fault::TooSlow => {
            (StatusCode::REQUEST_TIMEOUT, t.fault_title_slow(), t.fault_slow(), String::new())
        }
        Fault::Refused(refused) => match refused.reason {
            Reason::Sealed | Reason::Uninitialized => return closed(t, &Door::Sealed),
            Reason::Restored => (
                StatusCode::SERVICE_UNAVAILABLE,
                t.fault_title_restored(),
                t.fault_restored(),
                String::new(),
            ),
            Reason::NotFound => {
                (StatusCode::NOT_FOUND, t.fault_title_missing(), t.record_none(), String::new())
            }
            Reason::Failed | Reason::Disk | Reason::Unavailable => (
                StatusCode::SERVICE_UNAVAILABLE,
                t.fault_title_failed(),
                t.fault_failed(),
                refused.message,
            ),
            _ => (
                StatusCode::UNPROCESSABLE_ENTITY,
                t.fault_title_refused(),
                String::new(),
                refused.message,
            ),
        },
    };
    let made = Page { f: Frame::of(visit, title), text, detail }.render();
    match made {
        Ok(html) => Answer::Page(status, html),
        Err(error) => {
            tracing::error!(%error, "a page was not made");
            Answer::Page(StatusCode::INTERNAL_SERVER_ERROR, String::new())
        }
    }
}

/// What there is to see of a node that is not open.
pub(crate) fn closed(t: &'static Texts, door: &Door) -> Answer {
    let sealed = *door == Door::Sealed;
    let (title, text) = if sealed {
        (t.sealed_title(), t.sealed_text())
    } else {
        (t.empty_title(), t.empty_text())
    };
    let (style, languages) = (sheet_mark(), Texts::all());
    let html = Closed { t, title, text, sealed, style, languages }.render();
    Answer::Page(StatusCode::SERVICE_UNAVAILABLE, html.unwrap_or_default())
}

/// For requests that no browser of ours makes.
pub(crate) fn plain(status: StatusCode) -> Response<Body> {
    let text = status.canonical_reason().unwrap_or_default();
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}
