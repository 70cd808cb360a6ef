//! A stage with real centers: real nodes, the real command line, a folder that goes afterwards.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::net::SocketAddr;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use hospes_wire::quote;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::host::Host;
use crate::programs::Programs;
use crate::wait::until;

/// How long a node may take to open its socket.
const START: Duration = Duration::from_secs(30);
/// How long a node may take to end when it is asked to.
const END: Duration = Duration::from_secs(15);
/// How long a command may take.
const COMMAND: Duration = Duration::from_secs(300);

/// A passphrase for nodes with nothing in them that needs one.
const PASSPHRASE: &str = "twelve fictional herons wade at dawn";

/// A folder for centers, and the programs that they run.
#[derive(Debug)]
pub struct Stage {
    folder: TempDir,
    programs: Programs,
}

impl Stage {
    /// A stage in a new temporary folder.
    pub fn new(programs: Programs) -> Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("hospes-")
            .tempdir()
            .context("failed to make a temporary folder")?;
        Ok(Self { folder, programs })
    }

    /// The folder that everything is in.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Leaves the folder where it is when the stage is taken down.
    pub fn keep(&mut self) {
        self.folder.disable_cleanup(true);
    }

    /// Starts a node that has no center yet.
    pub async fn node(&self, name: &str) -> Result<Center> {
        self.node_at(name, Host::Here).await
    }

    /// Starts a node that has no center yet, on a host of a network that the caller has made.
    pub async fn node_at(&self, name: &str, host: Host) -> Result<Center> {
        let mut center = self.place(name, host)?;
        center.start().await?;
        Ok(center)
    }

    /// Where a center is to be, with its files and addresses.
    fn place(&self, name: &str, host: Host) -> Result<Center> {
        let (peer, local, pages) = host.listeners()?;
        let word = name.to_lowercase();
        let file = |ending: &str| self.folder().join(format!("{word}.{ending}"));
        let center = Center {
            name: name.to_owned(),
            data: self.folder().join(&word),
            card: file("pem"),
            log: file("log"),
            passphrase: file("passphrase"),
            phrase: file("phrase"),
            peer,
            local,
            pages,
            host,
            environment: Vec::new(),
            programs: self.programs.clone(),
            process: None,
        };
        write_private(&center.passphrase, PASSPHRASE)?;
        Ok(center)
    }

    /// A center whose data folder was copied from that of a node that was stopped. It is not
    /// started yet.
    pub fn copied(&self, name: &str, from: &Path) -> Result<Center> {
        let center = self.place(name, Host::Here)?;
        copy_folder(from, &center.data)?;
        Ok(center)
    }

    /// Starts a node and makes it the node of a new center.
    pub async fn center(&self, name: &str) -> Result<Center> {
        self.center_at(name, Host::Here).await
    }

    /// The same, on a host of a network that the caller has made.
    pub async fn center_at(&self, name: &str, host: Host) -> Result<Center> {
        let center = self.node_at(name, host).await?;
        let init =
            ["init", "--name", name, "--yes", "--cost", "test", "--phrase-file"].map(OsStr::new);
        let last = [
            center.phrase.as_os_str(),
            "--passphrase-file".as_ref(),
            center.passphrase.as_os_str(),
        ];
        center.run(init.into_iter().chain(last)).await?;
        center.export().await?;
        Ok(center)
    }
}

/// Makes two centers peers of each other, as their admins would.
pub async fn introduce(one: &Center, other: &Center) -> Result<()> {
    for (here, there) in [(one, other), (other, one)] {
        let card = there.card.as_os_str();
        here.run([OsStr::new("peer"), OsStr::new("add"), card, OsStr::new("--yes")]).await?;
    }
    Ok(())
}

/// A center on the stage, with one node.
#[derive(Debug)]
pub struct Center {
    /// Its name.
    pub name: String,
    /// Its data folder.
    pub data: PathBuf,
    /// The file that other centers add.
    pub card: PathBuf,
    /// What its node writes to the standard error.
    pub log: PathBuf,
    /// The file with its passphrase.
    pub passphrase: PathBuf,
    /// Where peers connect.
    pub peer: SocketAddr,
    /// Where counselors' programs connect.
    pub local: SocketAddr,
    /// Where browsers connect.
    pub pages: SocketAddr,
    /// Where its node and its commands run.
    pub host: Host,
    /// Variables that its node is started with.
    pub environment: Vec<(String, OsString)>,
    phrase: PathBuf,
    programs: Programs,
    process: Option<Child>,
}

impl Center {
    /// Starts the node. It is sealed, unless it has no center yet.
    pub async fn start(&mut self) -> Result<()> {
        // Two on one data folder: the new one would end, or not, as fast as the old one is killed.
        if let Some(child) = &mut self.process
            && child.try_wait()?.is_none()
        {
            bail!("the node of {} runs already; stop or kill it first", self.name);
        }
        let log = OpenOptions::new().create(true).append(true).open(&self.log);
        let log = log.with_context(|| format!("failed to write {}", self.log.display()))?;
        let mut command = self.host.command(&self.programs.node);
        command
            .arg("--data")
            .arg(&self.data)
            .args(["--peer-listen", &self.peer.to_string()])
            .args([
                "--local-listen",
                &self.local.to_string(),
                "--pages-listen",
                &self.pages.to_string(),
            ])
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            // Ctrl-C is for us; we stop the nodes ourselves.
            .process_group(0)
            .kill_on_drop(true);
        forget_settings(&mut command);
        command.envs(self.environment.iter().cloned());
        let child = command.spawn().context("failed to start hospes-node")?;
        self.process = Some(child);
        let what = format!("the node of {} answers", self.name);
        let answers = until(&what, START, || async {
            // A socket file may be left from before; only an answer counts.
            Ok(self.json(["status"]).await.ok().map(|_| ()))
        });
        let answers = tokio::select! {
            answers = answers => answers,
            ended = self.ended() => ended,
        };
        answers.with_context(|| format!("its log is {}", self.log.display()))
    }

    /// Waits until the node ends by itself, which is always an error.
    async fn ended(&self) -> Result<()> {
        let Some(pid) = self.pid() else { bail!("the node of {} does not run", self.name) };
        let entry = format!("/proc/{}/stat", pid.as_raw_nonzero());
        let gone = || async {
            let stat = fs::read_to_string(&entry).unwrap_or_default();
            Ok((stat.is_empty() || stat.contains(") Z ")).then_some(()))
        };
        until("the node ends", START * 2, gone).await?;
        bail!("the node of {} ended by itself", self.name)
    }

    /// Opens the node with its passphrase.
    pub async fn unseal(&self) -> Result<()> {
        let words =
            [OsStr::new("unseal"), OsStr::new("--passphrase-file"), self.passphrase.as_os_str()];
        self.run(words).await.map(|_| ())
    }

    /// Asks the node to end, and waits for it.
    pub async fn stop(&mut self) -> Result<()> {
        let Some(pid) = self.pid() else { return Ok(()) };
        kill_process(pid, Signal::TERM).context("failed to signal the node")?;
        if let Some(mut child) = self.process.take() {
            let ended = tokio::time::timeout(END, child.wait()).await;
            let what = || format!("the node of {} did not end when asked", self.name);
            ended.with_context(what)??;
        }
        Ok(())
    }

    /// Ends the node without a warning, as a power cut would.
    pub async fn kill(&mut self) -> Result<()> {
        if let Some(mut child) = self.process.take() {
            child.kill().await.context("failed to kill the node")?;
        }
        Ok(())
    }

    /// Writes the file that other centers add.
    pub async fn export(&self) -> Result<()> {
        let address = self.peer.to_string();
        let export = ["center", "export", "--address", &address].map(OsStr::new);
        self.run(export.into_iter().chain([self.card.as_os_str()])).await.map(|_| ())
    }

    /// The node's process, when it runs.
    pub fn pid(&self) -> Option<Pid> {
        let id = self.process.as_ref()?.id()?;
        Pid::from_raw(i32::try_from(id).ok()?)
    }

    /// Runs a command of the command line for this center, and returns what it prints.
    pub async fn run<W: AsRef<OsStr>>(&self, words: impl IntoIterator<Item = W>) -> Result<String> {
        let mut command = self.host.command(&self.programs.cli);
        command.arg("--data").arg(&self.data);
        for word in words {
            command.arg(word);
        }
        let shown = format!("{:?}", command.as_std());
        command.stdin(Stdio::null()).kill_on_drop(true);
        forget_settings(&mut command);
        let output = tokio::time::timeout(COMMAND, command.output()).await;
        let output = output
            .with_context(|| format!("{shown} did not end"))?
            .with_context(|| format!("failed to start {shown}"))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            bail!("{shown} ended with {}:\n{}", output.status, said.trim_end());
        }
        String::from_utf8(output.stdout).with_context(|| format!("{shown} printed no text"))
    }

    /// Runs a command with `--json` and reads what it prints.
    pub async fn json<'w>(&self, words: impl IntoIterator<Item = &'w str>) -> Result<Value> {
        let text = self.run(["--json"].into_iter().chain(words)).await?;
        serde_json::from_str(&text).with_context(|| format!("not JSON: {text:?}"))
    }

    /// The command as a person would paste it.
    pub fn shown(&self, words: &[&str]) -> String {
        let (cli, data) = (self.programs.cli.to_string_lossy(), self.data.to_string_lossy());
        let all = [&*cli, "--data", &*data].into_iter().chain(words.iter().copied());
        quote::words(all)
    }

    /// Its identifier, 64 hexadecimal digits.
    pub async fn id(&self) -> Result<String> {
        text(&self.json(["center", "show"]).await?, "/center")
    }

    /// What the node says about itself and its network.
    pub async fn status(&self) -> Result<Status> {
        Ok(Status(self.json(["status"]).await?))
    }
}

impl Drop for Center {
    /// Asks the node to end; what does not listen is killed with its handle.
    fn drop(&mut self) {
        let Some(pid) = self.pid() else { return };
        let _ = kill_process(pid, Signal::TERM);
        let Some(child) = self.process.as_mut() else { return };
        let start = std::time::Instant::now();
        while start.elapsed() < END && matches!(child.try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// What a node says about itself and its network.
#[derive(Debug, Clone)]
pub struct Status(Value);

impl Status {
    /// Digest of all that the node holds: equal on nodes that hold the same.
    pub fn catalogue(&self) -> Result<String> {
        text(&self.0, "/database/catalogue")
    }

    /// How many records of a kind it shows.
    pub fn shown(&self, kind: &str) -> u64 {
        self.number(&format!("/records/{kind}/shown"))
    }

    /// How many of them are its own.
    pub fn ours(&self, kind: &str) -> u64 {
        self.number(&format!("/records/{kind}/ours"))
    }

    /// How many changes were refused.
    pub fn quarantined(&self) -> u64 {
        self.number("/quarantine/count")
    }

    /// How many peers are connected.
    pub fn connected(&self) -> usize {
        let peers = self.0.pointer("/peers").and_then(Value::as_array);
        let connected =
            |peer: &&Value| peer.get("connected").and_then(Value::as_bool) == Some(true);
        peers.map_or(0, |peers| peers.iter().filter(connected).count())
    }

    fn number(&self, path: &str) -> u64 {
        self.0.pointer(path).and_then(Value::as_u64).unwrap_or_default()
    }
}

/// A text inside some JSON, by its JSON pointer.
pub fn text(value: &Value, path: &str) -> Result<String> {
    let text = value.pointer(path).and_then(Value::as_str);
    let shown = || value.to_string().chars().take(300).collect::<String>();
    Ok(text.with_context(|| format!("there is no text {path} in {}", shown()))?.to_owned())
}

/// What somebody exported for a real center must not lead those on the stage elsewhere.
fn forget_settings(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("HOSPES_") {
            command.env_remove(name);
        }
    }
}

/// Copies the files of a data folder. What is no file, such as a socket, belongs to the process.
pub fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    let failed = || format!("failed to copy {} to {}", from.display(), to.display());
    fs::DirBuilder::new().recursive(true).mode(0o700).create(to).with_context(failed)?;
    for entry in fs::read_dir(from).with_context(failed)? {
        let entry = entry.with_context(failed)?;
        let kind = entry.file_type().with_context(failed)?;
        let target = to.join(entry.file_name());
        if kind.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else if kind.is_file() {
            fs::copy(entry.path(), &target).with_context(failed)?;
        }
    }
    Ok(())
}

fn write_private(path: &Path, text: &str) -> Result<()> {
    let file: std::io::Result<File> =
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    file.and_then(|mut file| writeln!(file, "{text}"))
        .with_context(|| format!("failed to write {}", path.display()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn numbers_of_a_status_that_are_not_there_are_zero() {
        let status = Status(serde_json::json!({
            "records": {"offer": {"shown": 3, "ours": 1}},
            "peers": [{"connected": true}, {"connected": false}],
        }));
        assert_eq!((status.shown("offer"), status.ours("offer")), (3, 1));
        assert_eq!((status.shown("service"), status.quarantined()), (0, 0));
        assert_eq!(status.connected(), 1);
        assert!(status.catalogue().is_err());
    }
}
