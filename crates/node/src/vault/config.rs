//! What the admin may set: a small file in the data folder, and flags that override it.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use hospes_sync::alarm::Policy;
use hospes_web::Site;
use serde::Deserialize;

use crate::backup::schedule::Schedule;

/// Name of the configuration file in the data folder.
pub const FILE: &str = "node.toml";

/// Most hours that a node may stay open without a confirmation: a year.
pub const MOST_HOURS: u32 = 366 * 24;
/// Most ways that can be asked for.
pub const MOST_INTRODUCTIONS: u8 = 4;

/// What is in the file. A key that is not known is refused, so that a typing error is seen.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    #[serde(deserialize_with = "address")]
    peer_listen: Option<SocketAddr>,
    #[serde(deserialize_with = "address")]
    local_listen: Option<SocketAddr>,
    #[serde(deserialize_with = "pages")]
    pages_listen: Option<PagesListen>,
    #[serde(deserialize_with = "sites")]
    pages_sites: Vec<Site>,
    passphrase_file: Option<PathBuf>,
    auto_seal_hours: Option<u32>,
    backup: Option<Backup>,
    alarm_action: AlarmAction,
    introductions: Option<u8>,
}

/// Where a node listens.
///
/// # Errors
/// What is wrong, with an example.
pub fn listener(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| {
        format!("{text:?} is not an IP address with a port, such as 0.0.0.0:7443 or [::]:7443")
    })
}

fn address<'d, D: serde::Deserializer<'d>>(file: D) -> Result<Option<SocketAddr>, D::Error> {
    let text = String::deserialize(file)?;
    listener(&text).map(Some).map_err(serde::de::Error::custom)
}

/// Where browsers connect, or that they do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PagesListen {
    /// There are no pages.
    Off,
    /// Where.
    At(SocketAddr),
}

/// Where browsers connect: an address, or `off`.
///
/// # Errors
/// What is wrong, with an example.
pub fn pages_listener(text: &str) -> Result<PagesListen, String> {
    match text {
        "off" => Ok(PagesListen::Off),
        text => listener(text).map(PagesListen::At).map_err(|wrong| format!("{wrong}, or off")),
    }
}

fn pages<'d, D: serde::Deserializer<'d>>(file: D) -> Result<Option<PagesListen>, D::Error> {
    let text = String::deserialize(file)?;
    pages_listener(&text).map(Some).map_err(serde::de::Error::custom)
}

fn sites<'d, D: serde::Deserializer<'d>>(file: D) -> Result<Vec<Site>, D::Error> {
    let texts = Vec::<String>::deserialize(file)?;
    texts
        .iter()
        .map(|text| text.parse())
        .collect::<Result<_, _>>()
        .map_err(serde::de::Error::custom)
}

/// What alarms of others do here.
#[derive(Debug, Default, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum AlarmAction {
    Show,
    #[default]
    Suspend,
}

/// The table `[backup]` of the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Backup {
    folder: PathBuf,
    /// A number with s, m, h or d.
    #[serde(default = "daily")]
    every: String,
    #[serde(default = "a_week")]
    keep: usize,
}

fn daily() -> String {
    "24h".to_owned()
}

fn a_week() -> usize {
    7
}

impl Backup {
    fn schedule(self) -> Result<Schedule, String> {
        let Self { folder, every, keep } = self;
        if !folder.is_absolute() {
            return Err("backup.folder: is not a path from /".to_owned());
        }
        if !(1..=1_000).contains(&keep) {
            return Err(format!("backup.keep: is {keep}, it must be 1..=1000"));
        }
        let every = span(&every).ok_or_else(|| {
            format!("backup.every: {every:?} is not a length of time of 1s to 366d, such as 24h")
        })?;
        Ok(Schedule { folder, every, keep })
    }
}

/// A length of time such as `90s`, `30m`, `24h` or `7d`.
fn span(text: &str) -> Option<Duration> {
    let unit = match text.chars().next_back()? {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return None,
    };
    let number: u64 = text.get(..text.len() - 1)?.parse().ok()?;
    let seconds =
        number.checked_mul(unit).filter(|seconds| (1..=366 * 86_400).contains(seconds))?;
    Some(Duration::from_secs(seconds))
}

/// The settings that are in force.
#[derive(Debug, Clone)]
pub struct Config {
    /// The data folder.
    pub data: PathBuf,
    /// Where peers connect.
    pub peer_listen: SocketAddr,
    /// Where counselors' tools connect.
    pub local_listen: SocketAddr,
    /// Where browsers connect.
    pub pages_listen: PagesListen,
    /// Under which other addresses browsers reach the pages, by an onion service or a proxy.
    pub pages_sites: Vec<Site>,
    /// Where the passphrase is read from at start, if the admin chose unattended start.
    pub passphrase_file: Option<PathBuf>,
    /// Backups that the node makes by itself.
    pub backup: Option<Schedule>,
    /// After how many hours without an admin's confirmation the node seals itself; never when there
    /// is nothing.
    pub auto_seal_hours: Option<u32>,
    /// What alarms of others do here.
    pub alarm_policy: Policy,
    /// Ways without a common center that have to lead to a center that is no peer, so that its records
    /// are taken in; 0: only those of peers are.
    pub introductions: u8,
}

/// What the command line may override.
#[derive(Debug, Default, Clone)]
pub struct Overrides {
    /// See [`Config::peer_listen`].
    pub peer_listen: Option<SocketAddr>,
    /// See [`Config::local_listen`].
    pub local_listen: Option<SocketAddr>,
    /// See [`Config::pages_listen`].
    pub pages_listen: Option<PagesListen>,
    /// See [`Config::passphrase_file`].
    pub passphrase_file: Option<PathBuf>,
    /// See [`Config::auto_seal_hours`]; 0 is never.
    pub auto_seal_hours: Option<u32>,
}

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file is there and cannot be read.
    #[error("read {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not what it should be.
    #[error("understand {path}: {message}")]
    Parse {
        /// The file.
        path: PathBuf,
        /// Where and why.
        message: String,
    },
    /// Introductions that nobody could count on.
    #[error(
        "use introductions = {given}: it must be 1 to {MOST_INTRODUCTIONS}, or 0 to take in records of \
         peers only"
    )]
    Introductions {
        /// What was set.
        given: u8,
    },
    /// Hours that are no time in which anybody could come by.
    #[error("use auto_seal_hours = {hours}: it must be 1 to {MOST_HOURS}, or 0 for never")]
    Hours {
        /// What was set.
        hours: u32,
    },
}

impl Config {
    /// The settings of a data folder: flags before file before defaults.
    pub fn load(data: &Path, overrides: Overrides) -> Result<Self, ConfigError> {
        let path = data.join(FILE);
        let unclear = |message| ConfigError::Parse { path: path.clone(), message };
        let mut file = match std::fs::read_to_string(&path) {
            Ok(text) => {
                toml::from_str::<File>(&text).map_err(|error| unclear(error.to_string()))?
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => File::default(),
            Err(source) => return Err(ConfigError::Read { path, source }),
        };
        let backup = file.backup.take().map(Backup::schedule).transpose().map_err(unclear)?;
        let auto_seal_hours = match overrides.auto_seal_hours.or(file.auto_seal_hours) {
            None | Some(0) => None,
            Some(hours @ 1..=MOST_HOURS) => Some(hours),
            Some(hours) => return Err(ConfigError::Hours { hours }),
        };
        let introductions = file.introductions.unwrap_or(1);
        if introductions > MOST_INTRODUCTIONS {
            return Err(ConfigError::Introductions { given: introductions });
        }
        let alarm_policy = match file.alarm_action {
            AlarmAction::Show => Policy::Show,
            AlarmAction::Suspend => Policy::Suspend,
        };
        Ok(Self {
            backup,
            alarm_policy,
            introductions,
            data: data.to_owned(),
            peer_listen: overrides
                .peer_listen
                .or(file.peer_listen)
                .unwrap_or_else(|| SocketAddr::from(([0, 0, 0, 0], 7443))),
            local_listen: overrides
                .local_listen
                .or(file.local_listen)
                .unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 7440))),
            pages_listen: overrides
                .pages_listen
                .or(file.pages_listen)
                .unwrap_or(PagesListen::At(SocketAddr::from(([127, 0, 0, 1], 7480)))),
            pages_sites: file.pages_sites,
            passphrase_file: overrides.passphrase_file.or(file.passphrase_file),
            auto_seal_hours,
        })
    }

    /// The admin socket.
    pub fn socket(&self) -> PathBuf {
        self.data.join("admin.sock")
    }

    /// The wrapped keys of the database.
    pub fn keyslots(&self) -> PathBuf {
        self.data.join("keyslots.json")
    }

    /// What is to become the keyslots file, until the node is certified.
    pub fn unfinished_keyslots(&self) -> PathBuf {
        self.data.join("keyslots.unfinished.json")
    }

    /// What is to replace the keyslots file, until all of it is on disk.
    pub fn new_keyslots(&self) -> PathBuf {
        self.data.join("keyslots.new.json")
    }

    /// The encrypted database.
    pub fn database(&self) -> PathBuf {
        self.data.join("hospes.db")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn introductions_are_counted_from_nothing_to_four() {
        let folder = tempfile::tempdir().unwrap();
        let load = || Config::load(folder.path(), Overrides::default());
        assert_eq!(load().unwrap().introductions, 1);
        for (given, expected) in [("0", Some(0)), ("2", Some(2)), ("4", Some(4)), ("5", None)] {
            std::fs::write(folder.path().join(FILE), format!("introductions = {given}\n")).unwrap();
            assert_eq!(load().ok().map(|config| config.introductions), expected, "{given}");
        }
    }

    #[test]
    fn pages_are_at_home_unless_they_are_off_or_elsewhere() {
        let folder = tempfile::tempdir().unwrap();
        let load = || Config::load(folder.path(), Overrides::default());
        let at = |text: &str| PagesListen::At(text.parse().unwrap());
        assert_eq!(load().unwrap().pages_listen, at("127.0.0.1:7480"));
        let text = "pages_listen = \"off\"\npages_sites = [\"http://abcd.onion\"]\n";
        std::fs::write(folder.path().join(FILE), text).unwrap();
        let config = load().unwrap();
        assert_eq!((config.pages_listen, config.pages_sites.len()), (PagesListen::Off, 1));
        for wrong in ["pages_listen = \"7480\"", "pages_sites = [\"abcd.onion\"]"] {
            std::fs::write(folder.path().join(FILE), wrong).unwrap();
            let error = load().unwrap_err().to_string();
            assert!(error.contains("127.0.0.1") || error.contains("such as"), "{error}");
        }
    }

    #[test]
    fn alarms_of_others_suspend_unless_the_admin_wants_to_see_them_only() {
        let folder = tempfile::tempdir().unwrap();
        let load = || Config::load(folder.path(), Overrides::default());
        assert_eq!(load().unwrap().alarm_policy, Policy::Suspend);
        std::fs::write(folder.path().join(FILE), "alarm_action = \"show\"\n").unwrap();
        assert_eq!(load().unwrap().alarm_policy, Policy::Show);
        std::fs::write(folder.path().join(FILE), "alarm_action = \"ignore\"\n").unwrap();
        assert!(load().unwrap_err().to_string().contains("suspend"));
    }

    #[test]
    fn a_node_seals_itself_only_when_it_is_told_to() {
        let folder = tempfile::tempdir().unwrap();
        let load = |hours| {
            let overrides = Overrides { auto_seal_hours: hours, ..Overrides::default() };
            Config::load(folder.path(), overrides).map(|config| config.auto_seal_hours)
        };
        assert_eq!(load(None).unwrap(), None);
        std::fs::write(folder.path().join(FILE), "auto_seal_hours = 24\n").unwrap();
        assert_eq!((load(None).unwrap(), load(Some(2)).unwrap()), (Some(24), Some(2)));
        assert_eq!(load(Some(0)).unwrap(), None);
        assert!(load(Some(MOST_HOURS + 1)).unwrap_err().to_string().contains("1 to 8784"));
    }
}
