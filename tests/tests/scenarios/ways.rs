//! The ways from a browser to the pages, as `docs/operations/pages.md` tells them, with the programs that
//! it names.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};
use hospes_stage::host::free_port;
use hospes_stage::stage::{Center, Stage};
use hospes_tests::daemon::Daemon;
use hospes_tests::pages::{ask, raw_at, status};
use hospes_tests::recipe::{Recipe, program, run};
use hospes_tests::theatre::stage;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

const PAGE: &str = "pages.md";

/// An open node whose pages may be asked for by these names.
async fn known_as(stage: &Stage, sites: &str) -> Result<Center> {
    let mut narva = stage.center("Narva").await?;
    narva.stop().await?;
    fs::write(narva.data.join("node.toml"), format!("pages_sites = [{sites:?}]\n"))?;
    narva.start().await?;
    narva.unseal().await?;
    Ok(narva)
}

/// A request for the page with the login by this name.
fn login(host: &str) -> String {
    format!("GET /login HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")
}

fn is_the_login(answer: &str) -> Result<()> {
    ensure!(status(answer) == 200 && answer.contains("name=\"passphrase\""), "{answer}");
    Ok(())
}

/// What this machine has of another project's programs lies in a folder of its own.
fn folder() -> Result<TempDir> {
    TempDir::with_prefix("hospes-way-").context("failed to make a folder")
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

#[tokio::test]
async fn a_tunnel_by_ssh_leads_to_the_pages_and_nowhere_else() -> Result<()> {
    let ssh = program("ssh", "openssh-client").zip(program("ssh-keygen", "openssh-client"));
    let Some((sshd, (ssh, keygen))) = program("sshd", "openssh-server").zip(ssh) else {
        return Ok(());
    };
    let is_root = rustix::process::geteuid().is_root();
    if is_root && !Path::new("/run/sshd").exists() {
        println!("left out: sshd needs a folder that its service makes: mkdir /run/sshd");
        return Ok(());
    }
    let (stage, folder) = (stage()?, folder()?);
    let narva = stage.center("Narva").await?;
    let at = |name: &str| shown(&folder.path().join(name));
    for key in ["machine", "anna"] {
        let words = ["-q", "-t", "ed25519", "-N", "", "-f", &at(key)];
        run(Command::new(&keygen).args(words)).await?;
    }
    let public = fs::read_to_string(at("anna.pub"))?;
    let line = Recipe::of(PAGE, "restrict,port-forwarding")?
        .with("127.0.0.1:7480", &narva.pages.to_string())?
        .with("ssh-ed25519 AAAA... desk-1", public.trim())?;
    fs::write(at("authorized_keys"), line.text())?;
    let address = free_port()?;
    let settings = format!(
        "ListenAddress {address}\nHostKey {}\nAuthorizedKeysFile {}\nPidFile none\nUsePAM no\n\
         PasswordAuthentication no\nStrictModes no\n",
        at("machine"),
        at("authorized_keys")
    );
    fs::write(at("sshd.conf"), settings)?;
    let mut command = std::process::Command::new(sshd);
    command.args(["-D", "-e", "-f", &at("sshd.conf")]);
    let mut server = Daemon::start(command, folder.path())?;
    server.listens(address).await?;

    let user = run(Command::new("id").arg("-un")).await?;
    let open = |port: SocketAddr, to: SocketAddr| {
        let mut command = std::process::Command::new(&ssh);
        command
            .args(["-F", "none", "-N", "-L", &format!("{port}:{to}"), "-i", &at("anna")])
            .args(["-o", "StrictHostKeyChecking=no", "-o", "ExitOnForwardFailure=yes"])
            .args(["-o", &format!("UserKnownHostsFile={}", at("known"))])
            .args(["-p", &address.port().to_string(), &format!("{}@127.0.0.1", user.trim())]);
        Daemon::start(command, folder.path())
    };
    let port = free_port()?;
    let mut tunnel = open(port, narva.pages)?;
    tunnel.listens(port).await?;
    is_the_login(&raw_at(port, login(&format!("localhost:{}", port.port())).as_bytes()).await?)?;
    // The same key does not lead to what counselors' programs use.
    let other = free_port()?;
    let mut elsewhere = open(other, narva.local)?;
    elsewhere.listens(other).await?;
    ensure!(raw_at(other, login("localhost").as_bytes()).await?.is_empty());
    elsewhere.says("administratively prohibited").await
}

#[tokio::test]
async fn an_onion_service_as_told_is_valid_and_its_name_is_known_to_the_node() -> Result<()> {
    let openssl = program("openssl", "openssl");
    let Some((tor, _)) = program("tor", "tor").zip(openssl) else { return Ok(()) };
    let (stage, folder) = (stage()?, folder()?);
    let at = |name: &str| shown(&folder.path().join(name));
    let mut narva = stage.center("Narva").await?;
    let service = Recipe::of(PAGE, "HiddenServicePort")?
        .with("127.0.0.1:7480", &narva.pages.to_string())?
        .with("/var/lib/tor/hospes/", &at("hospes/"))?;
    // Nothing leaves this machine: what is looked at is what tor makes of the settings.
    let around = format!("DataDirectory {}\nSocksPort 0\nDisableNetwork 1\n", at("tor"));
    fs::write(at("torrc"), around + service.text())?;
    let words = ["--defaults-torrc", "/dev/null", "-f", &at("torrc")];
    let valid = run(Command::new(&tor).args(words).arg("--verify-config")).await?;
    ensure!(valid.trim_end().ends_with("Configuration was valid"), "{valid}");
    let mut command = std::process::Command::new(&tor);
    command.args(words);
    let mut daemon = Daemon::start(command, folder.path())?;
    daemon.says("Delaying directory fetches").await?;
    let name = fs::read_to_string(at("hospes/hostname"))?;
    let name = name.trim();

    // As tor connects to it for a browser that asks for this name.
    let host = format!("Host: {name}");
    ensure!(status(&ask(&narva, "GET /login", &[&host], "").await?) == 421);
    let site = Recipe::of(PAGE, "NAME.onion")?.with("NAME.onion", name)?;
    narva.stop().await?;
    fs::write(narva.data.join("node.toml"), site.text())?;
    narva.start().await?;
    narva.unseal().await?;
    is_the_login(&ask(&narva, "GET /login", &[&host], "").await?)?;

    // Keys for desks: tor takes the one that is made as told, and says which one it does not take.
    Recipe::of(PAGE, "openssl genpkey -algorithm x25519")?.run(folder.path()).await?;
    for key in ["anna.public", "anna.secret"] {
        let line = fs::read_to_string(at(key))?;
        ensure!(line.trim().len() == 52, "{key}: {line}");
    }
    let reload = format!("kill -HUP {}", daemon.pid());
    let admit = Recipe::of(PAGE, "descriptor:x25519:")?
        .with("sudo -u debian-tor ", "")?
        .with("/var/lib/tor/hospes/", &at("hospes/"))?
        .with("sudo systemctl reload tor", &reload)?;
    admit.run(folder.path()).await?;
    daemon.says("Reloading config").await?;
    // A line that is cut, as the page warns: what it tells to look for is there, and only for this one.
    let cut = Recipe::of(PAGE, "descriptor:x25519:")?
        .with("$(cat anna.public)", "ABC")?
        .with("sudo -u debian-tor ", "")?
        .with("/var/lib/tor/hospes/authorized_clients/anna", &at("hospes/authorized_clients/bert"))?
        .with("sudo systemctl reload tor", &reload)?;
    cut.run(folder.path()).await?;
    let complaint = Recipe::of(PAGE, "journalctl")?;
    let words = complaint.text().split('\'').nth(1).context("no words to look for")?;
    daemon.says(words).await?;
    let log = daemon.log();
    let complaints: Vec<&str> = log.lines().filter(|line| line.contains(words)).collect();
    ensure!(complaints.iter().all(|line| line.ends_with(": ABC")), "{complaints:?}");
    Ok(())
}

#[tokio::test]
async fn a_proxy_lets_in_whoever_has_a_certificate_of_the_center() -> Result<()> {
    let openssl = program("openssl", "openssl");
    let Some((nginx, openssl)) = program("nginx", "nginx").zip(openssl) else { return Ok(()) };
    let (stage, folder) = (stage()?, folder()?);
    let at = |name: &str| shown(&folder.path().join(name));
    let address = free_port()?;
    let host = format!("desk.example.org:{}", address.port());
    let narva = known_as(&stage, &format!("https://{host}")).await?;
    // The certificate for the web, which somebody else would have made; then ours, as told.
    let web = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 9 -subj /CN=web \
               -addext subjectAltName=DNS:desk.example.org -keyout desk.key -out desk.pem";
    run(Command::new(&openssl).args(web.split_whitespace()).current_dir(folder.path())).await?;
    Recipe::of(PAGE, "/CN=ours")?.run(folder.path()).await?;
    let desk =
        Recipe::of(PAGE, "/CN=desk-1")?.with("pkcs12 -export", "pkcs12 -export -passout pass:x");
    desk?.run(folder.path()).await?;
    let server = Recipe::of(PAGE, "proxy_pass")?
        .with("listen 443 ssl", &format!("listen {address} ssl"))?
        .with("/etc/hospes/", &at(""))?
        .with("/var/log/nginx/", &at(""))?
        .with("http://127.0.0.1:7480", &format!("http://{}", narva.pages))?;
    let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("{kind}_temp_path {};\n", at(kind)))
        .concat();
    let user = run(Command::new("id").arg("-un")).await?;
    let around = format!(
        "daemon off;\nuser {};\npid {};\nevents {{}}\nhttp {{\n{temporary}{}}}\n",
        user.trim(),
        at("nginx.pid"),
        server.text()
    );
    fs::write(at("nginx.conf"), around)?;
    let words = ["-c", &at("nginx.conf"), "-e", &at("error.log")];
    run(Command::new(&nginx).args(words).arg("-t")).await?;
    let mut command = std::process::Command::new(&nginx);
    command.args(words);
    let mut proxy = Daemon::start(command, folder.path())?;
    proxy.listens(address).await?;

    // The browser has what is in the file that the counselor was given.
    let unpack =
        ["pkcs12", "-in", &at("desk-1.p12"), "-passin", "pass:x", "-noenc", "-out", &at("browser")];
    run(Command::new(&openssl).args(unpack)).await?;
    let ask = async |with: &[&str]| -> Result<String> {
        let mut command = Command::new(&openssl);
        command
            .args(["s_client", "-quiet", "-connect", &address.to_string()])
            .args(["-servername", "desk.example.org", "-verify_return_error"])
            .args(["-verify_hostname", "desk.example.org", "-CAfile", &at("desk.pem")])
            .args(with)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let mut client = command.spawn()?;
        let mut stdin = client.stdin.take().context("no way in")?;
        stdin.write_all(login(&host).as_bytes()).await?;
        let done = client.wait_with_output().await?;
        Ok(String::from_utf8_lossy(&done.stdout).into_owned())
    };
    let ours = ["-cert", &at("browser")];
    let answer = ask(&ours).await?;
    is_the_login(&answer)?;
    let nobody = ask(&[]).await?;
    ensure!(!nobody.contains("passphrase") && status(&nobody) != 200, "{nobody}");
    // A certificate of the web's own is none of ours, and TLS 1.2 would show ours in clear.
    let wrong = ask(&["-cert", &at("desk.pem"), "-key", &at("desk.key")]).await?;
    ensure!(!wrong.contains("passphrase") && status(&wrong) != 200, "{wrong}");
    let old = ask(&[ours.as_slice(), &["-tls1_2"]].concat()).await?;
    ensure!(old.is_empty(), "{old}");
    Ok(())
}
