//! Every address that there is, who may use it, and what it does.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use axum::http::Method;
use hospes_desk::Role;

use crate::pages::{
    account, bulletins, factor, home, login, network, offer, offers, people, record, services,
    template, template_blanks, template_facts, template_text, templates, tonight, welcome,
};
use crate::visit::{Answer, Fault, Visit};

/// What an address does.
pub(crate) type Act = fn(Arc<Visit>) -> Pin<Box<dyn Future<Output = Result<Answer, Fault>> + Send>>;

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
    /// The page to look at instead, where the address itself is none.
    pub(crate) beside: Option<&'static str>,
}

/// Bytes of an ordinary form.
const FORM: usize = 64 * 1024;

/// Bytes of a form with a text of 200,000 characters: three bytes each, and three signs for each of them.
const TEXT: usize = 2 * 1024 * 1024;

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
    Route { method: Method::GET, path, needs, act, body: 0, beside: None }
}

fn post(path: &'static str, needs: Needs, act: Act) -> Route {
    Route { method: Method::POST, path, needs, act, body: FORM, beside: None }
}

/// A form with a text in it, or with whatever was being typed.
fn long(path: &'static str, needs: Needs, act: Act) -> Route {
    Route { body: TEXT, ..post(path, needs, act) }
}

/// All of them.
pub(crate) fn routes() -> Vec<Route> {
    let mut all = vec![
        get("/", ALL, act!(home::show)),
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
        get("/bulletins", LOOKS, act!(bulletins::list)),
        get("/bulletins/{id}", LOOKS, act!(bulletins::show)),
        get("/bulletins/new", WRITES, act!(bulletins::empty)),
        post("/bulletins/new", WRITES, act!(bulletins::publish)),
        post("/bulletins/{id}/cancel", WRITES, act!(bulletins::cancel)),
        get("/templates", LOOKS, act!(templates::list)),
        post("/templates", LOOKS, act!(templates::ask)),
        get("/templates/found/{number}", LOOKS, act!(templates::asked)),
        get("/templates/{id}", LOOKS, act!(template::show)),
        get("/templates/{id}/changes/{tag}", LOOKS, act!(template_text::changes)),
        get("/templates/new", WRITES, act!(template_facts::empty)),
        post("/templates/new", WRITES, act!(template_facts::make)),
        get("/templates/{id}/edit", WRITES, act!(template_facts::show)),
        post("/templates/{id}/edit", WRITES, act!(template_facts::save)),
        get("/templates/{id}/blanks", WRITES, act!(template_blanks::show)),
        post("/templates/{id}/blanks", WRITES, act!(template_blanks::save)),
        get("/templates/{id}/text/{tag}", WRITES, act!(template_text::show)),
        long("/templates/{id}/text/{tag}", WRITES, act!(template_text::save)),
        post("/templates/{id}/approve", WRITES, act!(template::approve)),
        post("/templates/{id}/withdraw", WRITES, act!(template::withdraw)),
        get("/offers", WRITES, act!(offers::list)),
        post("/offers/{id}/confirm", WRITES, act!(offers::confirm)),
        get("/offers/new", WRITES, act!(offer::empty)),
        post("/offers/new", WRITES, act!(offer::make)),
        get("/offers/{id}/edit", WRITES, act!(offer::show)),
        post("/offers/{id}/edit", WRITES, act!(offer::save)),
        post("/offers/{id}/pause", WRITES, act!(offer::pause)),
        post("/offers/{id}/resume", WRITES, act!(offer::resume)),
        post("/offers/{id}/withdraw", WRITES, act!(offer::withdraw)),
        get("/network", LOOKS, act!(network::show)),
        get("/account", LOOKS, act!(account::show)),
        long("/account/language", LOOKS, act!(account::language)),
        post("/account/session/{id}", LOOKS, act!(account::end_session)),
        get("/account/factor", LOOKS, act!(factor::show)),
        post("/account/factor", LOOKS, act!(factor::prove)),
        get("/account/codes", LOOKS, act!(factor::codes)),
        post("/account/codes", LOOKS, act!(factor::set)),
        post("/account/passphrase", LOOKS, act!(account::passphrase)),
        get("/people", RUNS, act!(people::list)),
        post("/people", RUNS, act!(people::add)),
        post("/people/{name}/reset", RUNS, act!(people::reset)),
        post("/people/{name}/role", RUNS, act!(people::role)),
        post("/people/{name}/remove", RUNS, act!(people::remove)),
    ];
    let pages: Vec<&str> =
        all.iter().filter(|route| route.method == Method::GET).map(|route| route.path).collect();
    for route in &mut all {
        if !pages.contains(&route.path) {
            let end = route.path.match_indices('/').nth(1).map_or(route.path.len(), |(at, _)| at);
            let noun = route.path.get(..end).filter(|noun| pages.contains(noun));
            route.beside = Some(noun.unwrap_or("/"));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_holds_a_passphrase_or_is_a_tap_has_no_page_that_would_give_it_back() {
        let without: Vec<_> =
            routes().iter().filter_map(|route| Some((route.path, route.beside?))).collect();
        assert_eq!(
            without,
            [
                ("/logout", "/"),
                ("/bulletins/{id}/cancel", "/bulletins"),
                ("/templates/{id}/approve", "/templates"),
                ("/templates/{id}/withdraw", "/templates"),
                ("/offers/{id}/confirm", "/offers"),
                ("/offers/{id}/pause", "/offers"),
                ("/offers/{id}/resume", "/offers"),
                ("/offers/{id}/withdraw", "/offers"),
                ("/account/language", "/account"),
                ("/account/session/{id}", "/account"),
                ("/account/passphrase", "/account"),
                ("/people/{name}/reset", "/people"),
                ("/people/{name}/role", "/people"),
                ("/people/{name}/remove", "/people"),
            ]
        );
    }
}
