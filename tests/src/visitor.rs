//! Somebody at the pages without a browser: what a program without manners can do with a real session.

use anyhow::{Context as _, Result, ensure};
use hospes_stage::account::ready;
use hospes_stage::stage::Center;

use crate::pages::{ask, status};

/// What the pages answered.
#[derive(Debug, Clone)]
pub struct Answered {
    /// The number of the status.
    pub status: u16,
    /// The line of the status and the headers.
    pub head: String,
    /// What comes after them.
    pub body: String,
}

impl Answered {
    fn read(answer: &str) -> Result<Self> {
        let (head, body) = answer.split_once("\r\n\r\n").context("the pages did not answer")?;
        Ok(Self { status: status(head), head: head.to_owned(), body: body.to_owned() })
    }

    /// A header by its name in small letters.
    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value).next()
    }

    /// Where it leads; empty when it leads nowhere.
    pub fn location(&self) -> &str {
        self.header("location").unwrap_or_default()
    }

    /// Whether somebody has to come in first.
    pub fn asks_to_log_in(&self) -> bool {
        self.status == 303 && self.location().starts_with("/login?")
    }
}

/// Somebody at the pages of a center.
#[derive(Debug, Clone)]
pub struct Visitor<'c> {
    center: &'c Center,
    /// Headers that go with every request.
    pub headers: Vec<String>,
}

impl<'c> Visitor<'c> {
    /// Somebody who has not come in.
    pub fn nobody(center: &'c Center) -> Self {
        Self { center, headers: vec![format!("Host: {}", center.pages)] }
    }

    /// Somebody with a role and a session, whom the center has just added.
    pub async fn with_role(center: &'c Center, name: &str, role: &str) -> Result<Self> {
        let mut account = ready(center, name, role).await?;
        let code = account.recovery.pop().context("no recovery code")?;
        let fields = [("name", name), ("passphrase", &account.passphrase), ("proof", &code)];
        let mut visitor = Self::nobody(center);
        let answer = visitor.send("POST /login", &encoded(&fields)).await?;
        let cookie = answer.header("set-cookie").and_then(|line| line.split(';').next());
        let cookie = cookie.with_context(|| format!("{name} did not come in: {answer:?}"))?;
        visitor.headers.push(format!("Cookie: {cookie}"));
        Ok(visitor)
    }

    /// The same with one more header.
    pub fn with_header(&self, line: &str) -> Self {
        let mut other = self.clone();
        other.headers.push(line.to_owned());
        other
    }

    /// A request with a body that is a form already.
    pub async fn send(&self, line: &str, body: &str) -> Result<Answered> {
        let headers: Vec<&str> = self.headers.iter().map(String::as_str).collect();
        let answer = ask(self.center, line, &headers, body).await?;
        Answered::read(&answer).with_context(|| line.to_owned())
    }

    /// A page.
    pub async fn get(&self, path: &str) -> Result<Answered> {
        self.send(&format!("GET {path}"), "").await
    }

    /// What the page puts into each form of this session: its token, and a number that was not used.
    pub async fn stamp(&self) -> Result<[(&'static str, String); 2]> {
        let page = self.get("/tonight").await?;
        let hidden = |name: &str| {
            let value = page.body.split(&format!("name=\"{name}\" value=\"")).nth(1)?;
            Some(value.split('"').next()?.to_owned())
        };
        let token = hidden("_token").context("no token")?;
        let number = hidden("_number").context("no number")?;
        ensure!(token.len() == 32 && number.len() == 16, "{token} {number}");
        Ok([("_token", token), ("_number", number)])
    }

    /// A form of this session with these fields.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Result<Answered> {
        let stamp = self.stamp().await?;
        let stamp = stamp.iter().map(|(name, value)| (*name, value.as_str()));
        let fields: Vec<(&str, &str)> = stamp.chain(fields.iter().copied()).collect();
        self.send(&format!("POST {path}"), &encoded(&fields)).await
    }
}

/// Fields as a browser sends them.
pub fn encoded(fields: &[(&str, &str)]) -> String {
    let pair = |(name, value): &(&str, &str)| format!("{}={}", escaped(name), escaped(value));
    fields.iter().map(pair).collect::<Vec<_>>().join("&")
}

/// A text as a part of an address or a form.
pub fn escaped(text: &str) -> String {
    let sign = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(sign).collect()
}
