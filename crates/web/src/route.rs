//! Every address that there is, who may use it, and what it does.

use std::future::Future;
use std::pin::Pin;

use axum::http::Method;
use hospes_desk::Role;

use crate::pages::{
    account, frame, home, login, offers, people, record, services, tonight, welcome,
};
use crate::visit::{Answer, Fault, Visit};

/// What an address does.
pub(crate) type Act = fn(Visit) -> Pin<Box<dyn Future<Output = Result<Answer, Fault>> + Send>>;

/// Who may use an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Needs {
    /// Anybody, also when nobody has logged in.
    Nobody,
    /// Somebody with this role or a higher one.
    A(Role),
}

/// One address with one method.
pub(crate) struct Route {
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    pub(crate) needs: Needs,
    pub(crate) act: Act,
    /// Bytes that a form may have.
    pub(crate) body: usize,
}

/// Bytes of an ordinary form.
const FORM: usize = 64 * 1024;

macro_rules! act {
    ($act:path) => {
        |visit| Box::pin($act(visit))
    };
}

const ALL: Needs = Needs::Nobody;
const LOOKS: Needs = Needs::A(Role::Counselor);
const WRITES: Needs = Needs::A(Role::Coordinator);
const RUNS: Needs = Needs::A(Role::Admin);

fn get(path: &'static str, needs: Needs, act: Act) -> Route {
    Route { method: Method::GET, path, needs, act, body: 0 }
}

fn post(path: &'static str, needs: Needs, act: Act) -> Route {
    Route { method: Method::POST, path, needs, act, body: FORM }
}

/// All of them.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        get("/", ALL, act!(home::show)),
        get("/style.css", ALL, act!(frame::style)),
        get("/favicon.ico", ALL, act!(frame::icon)),
        get("/login", ALL, act!(login::show)),
        post("/login", ALL, act!(login::enter)),
        post("/logout", LOOKS, act!(login::leave)),
        get("/goodbye", ALL, act!(login::goodbye)),
        get("/welcome", ALL, act!(welcome::code)),
        post("/welcome", ALL, act!(welcome::take_code)),
        get("/welcome/passphrase", ALL, act!(welcome::passphrase)),
        post("/welcome/passphrase", ALL, act!(welcome::take_passphrase)),
        get("/welcome/factor", ALL, act!(welcome::factor)),
        post("/welcome/factor", ALL, act!(welcome::take_factor)),
        get("/welcome/codes", ALL, act!(welcome::codes)),
        post("/welcome/codes", ALL, act!(welcome::take_codes)),
        get("/tonight", LOOKS, act!(tonight::show)),
        post("/tonight", LOOKS, act!(tonight::ask)),
        get("/tonight/{number}", LOOKS, act!(tonight::asked)),
        get("/record/{kind}/{id}", LOOKS, act!(record::show)),
        get("/services", LOOKS, act!(services::show)),
        post("/services", LOOKS, act!(services::ask)),
        get("/services/{number}", LOOKS, act!(services::asked)),
        get("/offers", WRITES, act!(offers::list)),
        post("/offers/{id}/confirm", WRITES, act!(offers::confirm)),
        get("/account", LOOKS, act!(account::show)),
        post("/account/language", LOOKS, act!(account::language)),
        post("/account/session/{id}", LOOKS, act!(account::end_session)),
        post("/account/passphrase", LOOKS, act!(account::passphrase)),
        get("/people", RUNS, act!(people::list)),
        post("/people", RUNS, act!(people::add)),
        post("/people/{name}/reset", RUNS, act!(people::reset)),
        post("/people/{name}/role", RUNS, act!(people::role)),
        post("/people/{name}/remove", RUNS, act!(people::remove)),
    ]
}
