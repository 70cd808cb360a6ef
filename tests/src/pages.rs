//! The pages, as a person and as a program without manners use them.

use std::net::SocketAddr;

use anyhow::{Context as _, Result, ensure};
use hospes_stage::account::{Account, PASSPHRASE, digits, recovery_codes};
use hospes_stage::stage::Center;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::browser::Browser;

/// The address of a page.
pub fn address(center: &Center, path: &str) -> String {
    format!("http://{}{path}", center.pages)
}

/// Adds a person, who comes in for the first time as the pages ask them to.
pub async fn first_login(
    browser: &Browser,
    center: &Center,
    name: &str,
    role: &str,
) -> Result<Account> {
    let added = center.json(["person", "add", name, "--role", role]).await?;
    let code = added.get("code").and_then(|code| code.as_str()).context("no code")?.to_owned();
    browser.go(&address(center, "/welcome?in=en")).await?;
    browser.fill("Your one-time code", &code.to_lowercase().replace('-', " ")).await?;
    browser.press("Go on").await?;
    browser.fill("New passphrase", PASSPHRASE).await?;
    browser.fill("The same again", PASSPHRASE).await?;
    browser.press("Go on").await?;
    let text = browser.text().await?;
    let secret = text.split("The secret as text:").nth(1).context("no secret")?;
    let secret = secret.lines().next().unwrap_or_default().trim().to_owned();
    browser.fill("Six digits", &digits(&secret)?).await?;
    browser.press("Go on").await?;
    let text = browser.text().await?;
    let recovery = recovery_codes(&text);
    ensure!(
        recovery.len() == 8,
        "there are {} recovery codes on the page:\n{text}",
        recovery.len()
    );
    let asked = text.split("Type code number ").nth(1).context("no code is asked back")?;
    let number: usize =
        asked.chars().take_while(char::is_ascii_digit).collect::<String>().parse()?;
    let back = recovery.get(number - 1).context("a code that is not there")?;
    browser.fill(&format!("Type code number {number}"), &back.to_lowercase()).await?;
    browser.press("Go on").await?;
    let (name, passphrase) = (name.to_owned(), PASSPHRASE.to_owned());
    Ok(Account { name, passphrase, recovery })
}

/// Comes in again, by a recovery code: the digits of this half minute may be used up.
pub async fn login(browser: &Browser, account: &mut Account) -> Result<()> {
    browser.fill("Your name here", &account.name).await?;
    browser.fill("Passphrase", &account.passphrase).await?;
    let code = account.recovery.pop().context("no recovery code is left")?;
    browser.fill("Six digits of your second factor", &code).await?;
    browser.press("Come in").await
}

/// Sends a request as it stands and reads the answer to its end, or as much as comes.
pub async fn raw(center: &Center, request: &[u8]) -> Result<String> {
    raw_at(center.pages, request).await
}

/// The same at an address that leads to the pages.
pub async fn raw_at(address: SocketAddr, request: &[u8]) -> Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    // The other side may close before it has read everything.
    let _ = stream.write_all(request).await;
    let mut answer = Vec::new();
    let reading = stream.read_to_end(&mut answer);
    let _ = tokio::time::timeout(std::time::Duration::from_secs(30), reading).await;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// A request with these headers, after which the connection ends.
pub async fn ask(center: &Center, line: &str, headers: &[&str], body: &str) -> Result<String> {
    let mut request = format!("{line} HTTP/1.1\r\nConnection: close\r\n");
    for header in headers {
        request.push_str(header);
        request.push_str("\r\n");
    }
    if !body.is_empty() {
        request.push_str(&format!(
            "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n",
            body.len()
        ));
    }
    request.push_str("\r\n");
    request.push_str(body);
    raw(center, request.as_bytes()).await
}

/// The number of the status in an answer.
pub fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0)
}
