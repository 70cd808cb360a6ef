//! A person of a center who has come in: what a demonstration gives away, and tests begin with.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, ensure};
use aws_lc_rs::hmac;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::stage::Center;

/// The passphrase of everybody whom a stage lets in.
pub const PASSPHRASE: &str = "seven quiet herons over the ferry";

/// What a person of a center has in the head and on paper.
#[derive(Debug, Clone)]
pub struct Account {
    /// The name.
    pub name: String,
    /// The passphrase.
    pub passphrase: String,
    /// The recovery codes that were not used yet.
    pub recovery: Vec<String>,
}

/// The six digits that an authenticator shows now for a secret as it is typed (RFC 6238).
pub fn digits(secret: &str) -> Result<String> {
    const SIGNS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let (mut bits, mut count, mut bytes) = (0_u32, 0, Vec::new());
    for sign in secret.chars().filter(|sign| !sign.is_whitespace()) {
        let value = SIGNS.find(sign).with_context(|| format!("{sign} is not of base32"))?;
        (bits, count) = ((bits << 5) | u32::try_from(value)?, count + 5);
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from((bits >> count) & 0xff)?);
        }
    }
    let step = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs() / 30;
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &bytes);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let tag = tag.as_ref();
    let at = usize::from(tag.last().context("an empty tag")? & 0xf);
    let four: [u8; 4] = tag.get(at..at + 4).context("a short tag")?.try_into()?;
    Ok(format!("{:06}", (u32::from_be_bytes(four) & 0x7fff_ffff) % 1_000_000))
}

/// The recovery codes on a page: four groups of four signs each.
pub fn recovery_codes(text: &str) -> Vec<String> {
    let words = text.split(|sign: char| sign.is_whitespace() || matches!(sign, '<' | '>'));
    let is_code = |word: &&str| {
        let groups: Vec<&str> = word.split('-').collect();
        let fits = |group: &&str| {
            let mut signs = group.chars();
            group.len() == 4 && signs.all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
        };
        groups.len() == 4 && groups.iter().all(fits)
    };
    words.filter(is_code).map(str::to_owned).collect()
}

/// Adds a person, who then comes in for the first time as the pages ask them to.
pub async fn ready(center: &Center, name: &str, role: &str) -> Result<Account> {
    let added = center.json(["person", "add", name, "--role", role]).await?;
    let code = added.get("code").and_then(|code| code.as_str()).context("no code")?;
    let first = form(center, "/welcome?in=en", "", &[("code", code)]).await?;
    let cookie = first.split("hospes-welcome=").nth(1).and_then(|rest| rest.split(';').next());
    let cookie = format!("hospes-welcome={}", cookie.context("no cookie")?);
    let twice = [("one", PASSPHRASE), ("two", PASSPHRASE)];
    form(center, "/welcome/passphrase?in=en", &cookie, &twice).await?;
    let page = request(center, "GET /welcome/factor?in=en", &cookie, "").await?;
    let secret =
        page.split("<code class=\"secret\">").nth(1).and_then(|rest| rest.split('<').next());
    let digits = digits(secret.context("no secret")?)?;
    form(center, "/welcome/factor?in=en", &cookie, &[("digits", &digits)]).await?;
    let page = request(center, "GET /welcome/codes?in=en", &cookie, "").await?;
    let recovery = recovery_codes(&page);
    let number = page.split("Type code number ").nth(1).and_then(|rest| rest.split('<').next());
    let number: usize = number.context("no code is asked back")?.trim().parse()?;
    let back = recovery.get(number - 1).context("a code that is not there")?.clone();
    let last = form(center, "/welcome/codes?in=en", &cookie, &[("back", &back)]).await?;
    ensure!(last.contains("/tonight?done=welcome"), "{name} did not come in: {last}");
    Ok(Account { name: name.to_owned(), passphrase: PASSPHRASE.to_owned(), recovery })
}

async fn form(
    center: &Center,
    path: &str,
    cookie: &str,
    fields: &[(&str, &str)],
) -> Result<String> {
    let body: Vec<String> =
        fields.iter().map(|(name, value)| format!("{name}={}", value.replace(' ', "+"))).collect();
    request(center, &format!("POST {path}"), cookie, &body.join("&")).await
}

async fn request(center: &Center, line: &str, cookie: &str, body: &str) -> Result<String> {
    let mut stream = TcpStream::connect(center.pages).await.context("failed to reach the pages")?;
    let request = format!(
        "{line} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nCookie: {cookie}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        center.pages,
        body.len()
    );
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn recovery_codes_are_found_among_other_words() {
        let text = "Write <code>AB12-CD34-EF56-GH78</code> and 2026-11-30 or ab12-cd34-ef56-gh78";
        assert_eq!(recovery_codes(text), ["AB12-CD34-EF56-GH78"]);
    }

    #[test]
    fn digits_are_six_whatever_the_hour() {
        assert_eq!(digits("GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ").unwrap().len(), 6);
        assert!(digits("1").is_err());
    }
}
