//! Alarms about centers in hostile hands.

use clap::{Args, ValueEnum};

/// `hospes alarm`.
#[derive(Debug, Args)]
pub struct AlarmArgs {
    /// The center: its name, its identifier, or the beginning of it. Without it, all alarms are listed
    pub center: Option<String>,
    /// What has happened
    #[arg(long, value_enum, requires = "center")]
    pub reason: Option<AlarmReason>,
    /// It was a mistake: take our own alarm back. The center stays suspended here until you resume it
    #[arg(long, requires = "center", conflicts_with_all = ["reason", "dismiss"])]
    pub take_back: bool,
    /// Others are wrong: what they said of the center so far counts here no more
    #[arg(long, requires = "center", conflicts_with = "reason")]
    pub dismiss: bool,
}

/// What has happened to a center.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AlarmReason {
    /// Its machine was taken.
    Seized,
    /// Somebody else has its key.
    #[value(name = "key_stolen", alias = "key-stolen")]
    KeyStolen,
    /// Something is wrong, and it is not known what.
    Suspicious,
}

impl AlarmReason {
    /// The word on the wire.
    pub fn word(self) -> &'static str {
        match self {
            AlarmReason::Seized => "seized",
            AlarmReason::KeyStolen => "key_stolen",
            AlarmReason::Suspicious => "suspicious",
        }
    }
}
