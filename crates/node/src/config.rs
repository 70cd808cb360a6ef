//! What the admin may set: a small file in the data folder, and flags that override it.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// Name of the configuration file in the data folder.
pub const FILE: &str = "node.toml";

/// What is in the file. A key that is not known is refused, so that a typing error is seen.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    peer_listen: Option<SocketAddr>,
    local_listen: Option<SocketAddr>,
    passphrase_file: Option<PathBuf>,
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
    /// Where the passphrase is read from at start, if the admin chose unattended start.
    pub passphrase_file: Option<PathBuf>,
}

/// What the command line may override.
#[derive(Debug, Default, Clone)]
pub struct Overrides {
    /// See [`Config::peer_listen`].
    pub peer_listen: Option<SocketAddr>,
    /// See [`Config::local_listen`].
    pub local_listen: Option<SocketAddr>,
    /// See [`Config::passphrase_file`].
    pub passphrase_file: Option<PathBuf>,
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
}

impl Config {
    /// The settings of a data folder: flags before file before defaults.
    pub fn load(data: &Path, overrides: Overrides) -> Result<Self, ConfigError> {
        let path = data.join(FILE);
        let file = match std::fs::read_to_string(&path) {
            Ok(text) => toml::from_str::<File>(&text)
                .map_err(|error| ConfigError::Parse { path, message: error.to_string() })?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => File::default(),
            Err(source) => return Err(ConfigError::Read { path, source }),
        };
        Ok(Self {
            data: data.to_owned(),
            peer_listen: overrides
                .peer_listen
                .or(file.peer_listen)
                .unwrap_or_else(|| SocketAddr::from(([0, 0, 0, 0], 7443))),
            local_listen: overrides
                .local_listen
                .or(file.local_listen)
                .unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 7440))),
            passphrase_file: overrides.passphrase_file.or(file.passphrase_file),
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

    /// The encrypted database.
    pub fn database(&self) -> PathBuf {
        self.data.join("hospes.db")
    }
}
