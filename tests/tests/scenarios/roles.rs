//! Who reaches which address of the pages: a walk over all of them, made from the table itself.

use anyhow::{Context as _, Result, ensure};
use hospes_desk::Role;
use hospes_stage::demo::{City, Fiction};
use hospes_stage::stage::{Center, Stage, text};
use hospes_tests::theatre::stage;
use hospes_tests::visitor::{Answered, Visitor, encoded, escaped};
use hospes_web::{Address, addresses};
use serde_json::Value;

const ROLES: [Role; 3] = [Role::Counselor, Role::Coordinator, Role::Admin];
/// Addresses for which nobody has to be known.
const OPEN: [&str; 12] = [
    "GET /",
    "GET /login",
    "POST /login",
    "GET /goodbye",
    "GET /welcome",
    "POST /welcome",
    "GET /welcome/passphrase",
    "POST /welcome/passphrase",
    "GET /welcome/factor",
    "POST /welcome/factor",
    "GET /welcome/codes",
    "POST /welcome/codes",
];
/// Addresses for everybody who has come in, but for those below `/account`.
const LOOKS: [&str; 16] = [
    "POST /logout",
    "GET /tonight",
    "POST /tonight",
    "GET /tonight/{number}",
    "GET /record/{kind}/{id}",
    "GET /services",
    "POST /services",
    "GET /services/{number}",
    "GET /bulletins",
    "GET /bulletins/{id}",
    "GET /templates",
    "POST /templates",
    "GET /templates/found/{number}",
    "GET /templates/{id}",
    "GET /templates/{id}/changes/{tag}",
    "GET /network",
];

/// Who may use an address, said once more and without a look at the table: a new address is a
/// coordinator's until somebody writes down here whose it is.
fn belongs_to(address: &Address) -> Option<Role> {
    let line = format!("{} {}", address.method, address.path);
    if OPEN.contains(&line.as_str()) {
        None
    } else if LOOKS.contains(&line.as_str()) || address.path.starts_with("/account") {
        Some(Role::Counselor)
    } else if address.path.starts_with("/people") {
        Some(Role::Admin)
    } else {
        Some(Role::Coordinator)
    }
}

#[test]
fn every_address_needs_the_role_that_is_written_here() -> Result<()> {
    let all = addresses();
    for address in &all {
        let wanted = belongs_to(address);
        ensure!(address.needs == wanted, "{address:?} should need {wanted:?}");
    }
    let named = |line: &&str| all.iter().any(|a| format!("{} {}", a.method, a.path) == **line);
    let gone: Vec<_> = OPEN.iter().chain(&LOOKS).filter(|line| !named(line)).collect();
    ensure!(gone.is_empty(), "these are no addresses any more: {gone:?}");
    Ok(())
}

/// A center with records of every kind, and what stands for the parts of its addresses.
struct House {
    center: Center,
    ids: Vec<(&'static str, String)>,
    _stage: Stage,
}

impl House {
    async fn open() -> Result<Self> {
        let stage = stage()?;
        let center = stage.center("Narva").await?;
        Fiction::of(City::Narva, 10).enter(&center).await?;
        center.json(["person", "add", "eve", "--role", "counselor"]).await?;
        let mut ids = Vec::new();
        for (noun, kind) in [("/offers/", "offers"), ("/record/", "offers")]
            .into_iter()
            .chain([("/bulletins/", "bulletins"), ("/templates/", "templates")])
        {
            let found = center.json(["search", kind]).await?;
            ids.push((noun, text(&found, "/hits/0/record/id")?));
        }
        ids.push(("/account/", "00".repeat(32)));
        Ok(Self { center, ids, _stage: stage })
    }

    /// The address of something that is there, so that only a role can be what is missing.
    fn path(&self, address: &Address) -> Result<String> {
        let id = self.ids.iter().find(|(noun, _)| address.path.starts_with(noun));
        let eve = "eve".bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
        let path = [("{kind}", "offer"), ("{tag}", "en"), ("{number}", "1"), ("{name}", &eve)]
            .into_iter()
            .chain(id.map(|(_, id)| ("{id}", id.as_str())))
            .fold(address.path.to_owned(), |path, (part, value)| path.replace(part, value));
        ensure!(!path.contains('{'), "nobody has said what stands for a part of {}", address.path);
        Ok(path)
    }

    async fn visitor(&self, role: Role) -> Result<Visitor<'_>> {
        Visitor::with_role(&self.center, &format!("the-{}", role.name()), role.name()).await
    }

    /// What the node holds and who may come in: the same before and after what is refused.
    async fn state(&self) -> Result<(String, Value)> {
        let people = self.center.json(["person", "list"]).await?;
        Ok((self.center.status().await?.catalogue()?, people))
    }
}

/// All addresses that need a role, but that of the way out last: after it no session is left.
fn guarded() -> Vec<(Address, Role)> {
    let guarded = addresses().into_iter().filter_map(|a| a.needs.map(|role| (a, role)));
    let mut guarded: Vec<_> = guarded.collect();
    guarded.sort_by_key(|(address, _)| address.path == "/logout");
    guarded
}

/// A request to an address as its form would make it, with a text in every field that some form has.
async fn knock(visitor: &Visitor<'_>, address: &Address, path: &str) -> Result<Answered> {
    match address.method.as_str() {
        "POST" => visitor.post(path, &[("name", "mallory"), ("role", "admin")]).await,
        _ => visitor.get(path).await,
    }
}

#[tokio::test]
async fn nobody_who_has_not_come_in_reaches_an_address_that_needs_a_role() -> Result<()> {
    let house = House::open().await?;
    let before = house.state().await?;
    let nobody = Visitor::nobody(&house.center);
    let made_up = nobody.with_header(&format!("Cookie: hospes={}", "0".repeat(64)));
    let body = encoded(&[("_token", ""), ("_number", "1"), ("name", "mallory"), ("role", "admin")]);
    for visitor in [&nobody, &made_up] {
        for (address, _) in guarded() {
            let path = house.path(&address)?;
            let body = if address.method == "POST" { body.as_str() } else { "" };
            let answer = visitor.send(&format!("{} {path}", address.method), body).await?;
            ensure!(answer.asks_to_log_in() && answer.body.is_empty(), "{address:?}: {answer:?}");
            let head = visitor.send(&format!("HEAD {path}"), "").await?;
            ensure!(head.asks_to_log_in() || head.status == 405, "HEAD {path}: {head:?}");
        }
    }
    for address in addresses() {
        for method in ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"] {
            let path = house.path(&address)?;
            let answer = nobody.send(&format!("{method} {path}"), "").await?;
            ensure!(answer.status == 405, "{method} {path}: {answer:?}");
        }
    }
    ensure!(house.state().await? == before, "something was changed");
    Ok(())
}

#[tokio::test]
async fn a_lower_role_reaches_no_address_of_a_higher_one() -> Result<()> {
    let house = House::open().await?;
    let mut visitors = Vec::new();
    for role in ROLES {
        visitors.push((role, house.visitor(role).await?));
    }
    let before = house.state().await?;
    let mut refused = 0;
    for (role, visitor) in &visitors {
        for (address, needed) in guarded().into_iter().filter(|(_, needed)| needed > role) {
            let answer = knock(visitor, &address, &house.path(&address)?).await?;
            ensure!(answer.status == 403, "{role:?} at {address:?}, of {needed:?}: {answer:?}");
            refused += 1;
        }
    }
    ensure!(refused > 30, "only {refused} addresses were tried");
    ensure!(house.state().await? == before, "something was changed");
    Ok(())
}

#[tokio::test]
async fn a_role_reaches_all_of_its_own_addresses() -> Result<()> {
    let house = House::open().await?;
    for role in ROLES {
        let visitor = house.visitor(role).await?;
        for (address, _) in guarded().into_iter().filter(|(_, needed)| *needed <= role) {
            let answer = knock(&visitor, &address, &house.path(&address)?).await?;
            let told = format!("{role:?} at {address:?}: {answer:?}");
            ensure!(![403, 409].contains(&answer.status) && answer.status < 500, "{told}");
            ensure!(!answer.asks_to_log_in(), "{told}");
        }
        ensure!(visitor.get("/tonight").await?.asks_to_log_in(), "a session outlives the way out");
    }
    Ok(())
}

#[tokio::test]
async fn no_form_is_taken_without_the_token_of_its_session_or_from_another_site() -> Result<()> {
    let house = House::open().await?;
    let (anna, boris) = (
        Visitor::with_role(&house.center, "anna", "admin").await?,
        Visitor::with_role(&house.center, "boris", "admin").await?,
    );
    let before = house.state().await?;
    let [(_, foreign), _] = boris.stamp().await?;
    let of_boris = format!("_token={}&_number=1&name=mallory&role=admin", escaped(&foreign));
    for address in addresses().into_iter().filter(|address| address.method == "POST") {
        let path = house.path(&address)?;
        let line = format!("POST {path}");
        let refused = |told: &str, answer: &Answered| -> Result<()> {
            ensure!(answer.status == 409, "{told} at {path}: {answer:?}");
            ensure!(answer.header("set-cookie").is_none(), "{told} at {path}: {answer:?}");
            Ok(())
        };
        for origin in [
            "Origin: http://evil.example",
            "Origin: https://127.0.0.1.evil.example",
            "Origin: null",
            "Sec-Fetch-Site: cross-site",
            "Sec-Fetch-Site: same-site",
        ] {
            refused(origin, &knock(&anna.with_header(origin), &address, &path).await?)?;
        }
        if address.needs.is_some() {
            for (told, body) in [
                ("no token", "name=mallory&role=admin"),
                ("an empty token", "_token=&_number=1&name=mallory&role=admin"),
                ("the token of somebody else", of_boris.as_str()),
            ] {
                refused(told, &anna.send(&line, body).await?)?;
            }
        }
    }
    anna.get("/tonight").await?.body.find("_token").context("the session is gone")?;
    ensure!(house.state().await? == before, "something was changed");
    Ok(())
}
