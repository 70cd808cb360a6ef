//! From a request to its answer: whose it is, whether it may be, and what goes around every page.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::{RawPathParams, Request};
use axum::http::header::{
    ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, COOKIE,
    HOST, HeaderName, ORIGIN, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode};
use axum::routing::{MethodFilter, get, on};
use hospes_desk::Desk;
use hospes_desk::house::Door;
use http_body_util::{BodyExt as _, Limited};
use tower::ServiceExt as _;

use crate::alerts::Alerts;
use crate::busy::Busy;
use crate::form::{Form, NUMBER, TOKEN};
use crate::host::{self, Site, Way};
use crate::pages::{fault, frame};
use crate::reception::Reception;
use crate::route::{Needs, Route, routes};
use crate::session::{Again, Seen, Sessions, same};
use crate::text::Texts;
use crate::visit::{Answer, Fault, Here, SESSION, Visit, WELCOME};

/// How long a form may take to come.
const BODY: Duration = Duration::from_secs(15);

/// What an admin sets.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Addresses under which the pages are reached, besides those of this machine.
    pub sites: Vec<Site>,
}

/// All pages, over one node.
pub struct Pages {
    reception: Arc<Reception>,
    router: Router,
}

impl Pages {
    /// The pages of a node.
    pub fn new(desk: Arc<dyn Desk>, settings: Settings) -> Arc<Self> {
        Arc::new_cyclic(|own: &std::sync::Weak<Self>| {
            let mut router = Router::new();
            for route in routes() {
                let (path, filter) = (route.path, filter(&route.method));
                let (own, route) = (own.clone(), Arc::new(route));
                let act = move |parts: RawPathParams, request: Request| {
                    let (pages, route) = (own.upgrade(), route.clone());
                    async move {
                        match pages {
                            Some(pages) => pages.visit(&route, parts, request).await,
                            None => Response::default(),
                        }
                    }
                };
                router = router.route(path, on(filter, act));
            }
            // Also a page that says only that the node is sealed needs them.
            for (path, file) in frame::FILES {
                router = router.route(path, get(move || async move { file().response() }));
            }
            let missing = own.clone();
            router = router.fallback(move |request: Request| {
                let pages = missing.upgrade();
                async move {
                    match pages {
                        Some(pages) => pages.missing(request).await,
                        None => Response::default(),
                    }
                }
            });
            let sites = settings.sites;
            let reception =
                Reception { desk, sessions: Sessions::default(), sites, alerts: Alerts::default() };
            Self { reception: Arc::new(reception), router }
        })
    }

    /// Answers one request.
    pub(crate) async fn answer(self: &Arc<Self>, request: Request) -> Response<Body> {
        let mut response = match self.router.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        if response.status() == StatusCode::METHOD_NOT_ALLOWED {
            response = fault::plain(StatusCode::METHOD_NOT_ALLOWED);
        }
        guarded(response.headers_mut());
        response
    }

    async fn missing(self: &Arc<Self>, request: Request) -> Response<Body> {
        let (head, _) = request.into_parts();
        match self.begin(&head, Vec::new()).await {
            Ok(visit) => fault::page(&visit, Fault::NotFound).response(),
            Err(response) => *response,
        }
    }

    /// The request, with who makes it. What cannot be a page of ours is answered at once.
    async fn begin(
        self: &Arc<Self>,
        head: &Parts,
        parts: Vec<(String, String)>,
    ) -> Result<Visit, Box<Response<Body>>> {
        let headers = &head.headers;
        let way = header(headers, HOST).and_then(|host| host::way(host, &self.reception.sites));
        let Some(way) = way else {
            return Err(Box::new(fault::plain(StatusCode::MISDIRECTED_REQUEST)));
        };
        let query = Form::read(head.uri.query().unwrap_or_default().as_bytes());
        let query = query.unwrap_or_default();
        let accepted = header(headers, ACCEPT_LANGUAGE).unwrap_or_default();
        let mut t = Texts::of(query.text("in")).unwrap_or_else(|| Texts::accepted(accepted));
        let center = match self.reception.desk.door() {
            Door::Open { center } | Door::CatchingUp { center } => center,
            door @ (Door::Sealed | Door::Empty) => {
                return Err(Box::new(fault::closed(t, &door).response()));
            }
        };
        let here = self.here(headers, way).await;
        let session = cookie(headers, way, SESSION).filter(|_| here.is_none());
        let over = session.is_some_and(|cookie| self.reception.sessions.is_over(&cookie));
        if let Some(own) = here.as_ref().and_then(|here| Texts::of(&here.member.language)) {
            t = own;
        }
        Ok(Visit {
            reception: self.reception.clone(),
            t,
            center,
            page: head.uri.path().to_owned(),
            path: head.uri.path().to_owned(),
            parts,
            query,
            form: Form::default(),
            way,
            here,
            over,
            welcome: cookie(headers, way, WELCOME),
            alerts: Vec::new(),
        })
    }

    /// Who has a session, if they still may.
    async fn here(&self, headers: &HeaderMap, way: Way) -> Option<Here> {
        let seen = self.reception.sessions.seen(&cookie(headers, way, SESSION)?, Instant::now())?;
        match self.reception.desk.member(&seen.name).await {
            Ok(Some(member)) if member.edition == seen.edition => Some(Here { member, seen }),
            Ok(_) => {
                self.reception.sessions.end(seen.key);
                None
            }
            Err(_) => None,
        }
    }

    /// One request to one address.
    async fn visit(
        self: &Arc<Self>,
        route: &Route,
        parts: RawPathParams,
        request: Request,
    ) -> Response<Body> {
        let (mut head, body) = request.into_parts();
        let parts = parts.iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
        let busy = head.extensions.remove::<Busy>().unwrap_or_default();
        let visit = match self.begin(&head, parts).await {
            Ok(visit) => visit,
            Err(response) => return *response,
        };
        let answer = if route.method == Method::POST {
            self.posted(route, visit, head.headers, body, &busy).await
        } else {
            busy.set(true);
            self.asked(route, visit).await
        };
        answer.response()
    }

    async fn asked(&self, route: &Route, mut visit: Visit) -> Answer {
        if let Err(fault) = allowed(route, &visit) {
            return fault::page(&visit, fault);
        }
        // What was being typed when a session ended is there again.
        if let Some(here) = &visit.here
            && let Some(draft) = self.reception.sessions.draft(&here.member.name, Instant::now())
            && draft.path == visit.path
        {
            visit.form = draft.form;
        }
        self.act(route, visit).await
    }

    async fn act(&self, route: &Route, mut visit: Visit) -> Answer {
        if visit.here.is_some() {
            visit.alerts = self.reception.alerts.current(visit.desk()).await;
        }
        let visit = Arc::new(visit);
        let answered = (route.act)(visit.clone()).await;
        answered.unwrap_or_else(|fault| fault::page(&visit, fault))
    }

    async fn posted(
        &self,
        route: &Route,
        mut visit: Visit,
        headers: HeaderMap,
        body: Body,
        busy: &Busy,
    ) -> Answer {
        let host = header(&headers, HOST).unwrap_or_default();
        let origin = header(&headers, ORIGIN);
        let site = header(&headers, HeaderName::from_static("sec-fetch-site"));
        if !host::is_ours(host, origin, site) {
            return fault::page(&visit, Fault::Foreign);
        }
        visit.form = match read(&headers, body, route.body).await {
            Ok(form) => form,
            // What is still on its way is not read.
            Err(fault) => return Answer::Last(Box::new(fault::page(&visit, fault))),
        };
        busy.set(true);
        let token = visit.form.raw(TOKEN).to_owned();
        if let Some(page) = route.beside {
            visit.page = page.to_owned();
        }
        if let Err(fault) = allowed(route, &visit) {
            let cookie = cookie(&headers, visit.way, SESSION);
            // What has no page of its own is a tap, or holds a passphrase: nobody gets that back.
            if let (Fault::Login | Fault::Asleep, Some(cookie), true) =
                (&fault, cookie, route.beside.is_none())
            {
                let (sessions, now) = (&self.reception.sessions, Instant::now());
                sessions.keep(&cookie, &token, &visit.path, &visit.form, now);
            }
            return fault::page(&visit, fault);
        }
        if route.needs == Needs::Nobody {
            return self.act(route, visit).await;
        }
        let Some(here) = &visit.here else { return fault::page(&visit, Fault::Login) };
        let Seen { key, token: own, turn, .. } = here.seen.clone();
        let (name, path) = (here.member.name.clone(), visit.path.clone());
        if !same(&own, &token) {
            return fault::page(&visit, Fault::Foreign);
        }
        let number = visit.form.raw(NUMBER).to_owned();
        let _turn = turn.lock().await;
        let digest = visit.form.digest();
        match self.reception.sessions.again(key, &number, digest) {
            Again::Same(location) => return Answer::SeeOther(location),
            Again::Other => return fault::page(&visit, Fault::Foreign),
            Again::No => {}
        }
        let answer = self.act(route, visit).await;
        if let Some(location) = answer.location() {
            self.reception.sessions.spend(key, &number, digest, location);
            self.reception.sessions.drop_draft(&name, &path);
        }
        answer
    }
}

/// Whether whoever is here may do it.
fn allowed(route: &Route, visit: &Visit) -> Result<(), Fault> {
    let Needs::A(role) = route.needs else { return Ok(()) };
    let here = visit.here.as_ref().ok_or(Fault::Login)?;
    if here.member.role < role {
        return Err(Fault::Role);
    }
    if role > hospes_desk::Role::Counselor && !here.seen.awake {
        return Err(Fault::Asleep);
    }
    Ok(())
}

/// Reads a form, as long as it is within its bounds.
async fn read(headers: &HeaderMap, body: Body, most: usize) -> Result<Form, Fault> {
    let length = header(headers, CONTENT_LENGTH).and_then(|length| length.parse::<u64>().ok());
    if length.is_some_and(|length| length > most as u64) {
        return Err(Fault::TooLarge);
    }
    let kind = header(headers, CONTENT_TYPE).unwrap_or("application/x-www-form-urlencoded");
    if !kind.starts_with("application/x-www-form-urlencoded") {
        return Err(Fault::Unreadable);
    }
    let body = Limited::new(body, most).collect();
    match tokio::time::timeout(BODY, body).await {
        Err(_) => Err(Fault::TooSlow),
        Ok(Err(_)) => Err(Fault::TooLarge),
        Ok(Ok(body)) => Form::read(&body.to_bytes()).ok_or(Fault::Unreadable),
    }
}

fn header(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

/// The cookie of a name, as long as it is one that we have given.
fn cookie(headers: &HeaderMap, way: Way, name: &str) -> Option<String> {
    let name = match way {
        Way::Secure => format!("__Host-{name}"),
        Way::Plain => name.to_owned(),
    };
    let all = headers.get_all(COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut pairs =
        all.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let (_, value) = pairs.find(|(key, value)| *key == name && value.len() == 64)?;
    Some(value.to_owned())
}

fn filter(method: &Method) -> MethodFilter {
    if *method == Method::POST { MethodFilter::POST } else { MethodFilter::GET }
}

/// What goes with every answer.
fn guarded(headers: &mut HeaderMap) {
    let policy = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
                  frame-ancestors 'none'; base-uri 'none'";
    let set = [
        (CONTENT_SECURITY_POLICY, policy),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        (REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), geolocation=(), microphone=(), interest-cohort=()",
        ),
    ];
    for (name, value) in set {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}
