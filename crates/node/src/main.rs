//! hospes-node: the daemon of a counseling center.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use clap::Parser;
use futures_util::FutureExt as _;
use hospes_identity::secret;
use hospes_node::api::listener::serve_local;
use hospes_node::api::{pages, peer, socket};
use hospes_node::ledger::merger;
use hospes_node::machine::{hardening, telemetry};
use hospes_node::vault::config::{Config, Overrides, PagesListen, listener, pages_listener};
use hospes_node::vault::renewal::{self, Renewed};
use hospes_node::vault::{Answering, State, Vault, watchman};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// How long a stopping node may take in all.
const STOPPING: Duration = Duration::from_secs(15);
/// How long those who are connected have to hear the answer before a node that was sealed replaces
/// itself.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// The daemon of a counseling center.
///
/// It starts sealed: it answers on the admin socket in its data folder, and tells browsers that it is
/// sealed, until somebody types the passphrase into `hospes unseal`. On the first start run `hospes init`.
#[derive(Parser)]
#[command(
    version,
    about,
    after_help = "Examples:\n  hospes-node --data /var/lib/hospes\n  hospes-node --data /tmp/try --peer-listen 127.0.0.1:0 --local-listen 127.0.0.1:0"
)]
struct Arguments {
    /// The data folder; made when it is not there.
    #[arg(long, env = "HOSPES_DATA", default_value = "/var/lib/hospes")]
    data: PathBuf,
    /// Where peers connect [default: 0.0.0.0:7443].
    #[arg(long, env = "HOSPES_PEER_LISTEN", value_parser = listener)]
    peer_listen: Option<SocketAddr>,
    /// Where counselors' tools connect [default: 127.0.0.1:7440].
    #[arg(long, env = "HOSPES_LOCAL_LISTEN", value_parser = listener)]
    local_listen: Option<SocketAddr>,
    /// Where browsers connect, or off [default: 127.0.0.1:7480].
    #[arg(long, env = "HOSPES_PAGES_LISTEN", value_parser = pages_listener, value_name = "ADDRESS|off")]
    pages_listen: Option<PagesListen>,
    /// Unseal at start with the passphrase in this file. Whoever takes the disk has it then, too.
    #[arg(long, env = "HOSPES_PASSPHRASE_FILE")]
    passphrase_file: Option<PathBuf>,
    /// Seal after so many hours without an unseal or `hospes confirm` [default: 0, never].
    #[arg(long, env = "HOSPES_AUTO_SEAL_HOURS", value_name = "HOURS")]
    auto_seal_hours: Option<u32>,
    /// What is logged.
    #[arg(
        long,
        env = "HOSPES_LOG",
        default_value = "info",
        value_parser = ["error", "warn", "info", "debug"]
    )]
    log: String,
    #[arg(long = renewal::ARGUMENT.trim_start_matches('-'), hide = true)]
    after_sealing: Option<Renewed>,
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let [merger::WORKER_ARGUMENT, rest @ ..] =
        words.iter().map(String::as_str).collect::<Vec<_>>().as_slice()
    {
        return hospes_worker::start(rest);
    }
    let arguments = Arguments::parse();
    telemetry::start(&arguments.log);
    let data = arguments.data.clone();
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error:#}");
            if is_denied(&error) {
                tracing::error!(
                    "the data folder and all in it must belong to the user that the node runs as; as \
                     root: chown -R hospes: {}",
                    data.display()
                );
            }
            ExitCode::FAILURE
        }
    }
}

fn is_denied(error: &anyhow::Error) -> bool {
    let denied = |error: &std::io::Error| error.kind() == std::io::ErrorKind::PermissionDenied;
    error.chain().filter_map(|cause| cause.downcast_ref()).any(denied)
}

fn run(arguments: Arguments) -> anyhow::Result<()> {
    hardening::apply();
    let overrides = Overrides {
        peer_listen: arguments.peer_listen,
        local_listen: arguments.local_listen,
        pages_listen: arguments.pages_listen,
        passphrase_file: arguments.passphrase_file,
        auto_seal_hours: arguments.auto_seal_hours,
    };
    hardening::make_private_folder(&arguments.data)
        .with_context(|| format!("make the data folder {}", arguments.data.display()))?;
    let config = Config::load(&arguments.data, overrides)?;
    let program = std::env::current_exe().context("find this program")?;
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        // Signature checks and password hashing: more threads would only take turns.
        .max_blocking_threads(4)
        .thread_stack_size(1024 * 1024)
        .enable_all()
        .build()
        .context("start the runtime")?
        .block_on(serve(config, program, arguments.after_sealing))
}

async fn unseal(vault: &Arc<Vault>, file: &Path) -> anyhow::Result<()> {
    let named = || format!("the passphrase file {}", file.display());
    let passphrase = std::fs::File::open(file)
        .map_err(secret::NoSecret::Unreadable)
        .and_then(secret::first_line)
        .with_context(named)?;
    vault.unseal_with_passphrase(passphrase).await.with_context(named)?;
    Ok(())
}

/// Waits until all signals that have arrived were told to those who wait for them: one that is sent
/// now is told last.
async fn heard_all() -> anyhow::Result<()> {
    let mut last = signal(SignalKind::user_defined1())?;
    rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::USR1)?;
    last.recv().await;
    Ok(())
}

async fn serve(config: Config, program: PathBuf, renewed: Option<Renewed>) -> anyhow::Result<()> {
    let path = config.socket();
    let listener = match renewed {
        Some(_) => renewal::take_over().and_then(socket::resume),
        None => socket::bind(&path).await,
    };
    let listener = listener.with_context(|| format!("open {}", path.display()))?;
    let handed_on = socket::hand_on(&listener)?;
    // A node that was sealed waits for a person, also where it starts without one.
    let passphrase_file = config.passphrase_file.clone().filter(|_| renewed.is_none());
    let why = renewed.and_then(|renewed| renewed.why);
    let answering = Answering { local: serve_local, peers: peer::routes };
    let vault = Arc::new(Vault::new(config, program.clone(), answering, why)?);
    let stop = CancellationToken::new();
    let admin = tokio::spawn(socket::serve(listener, vault.clone(), stop.clone()));
    tokio::spawn(pages::serve(vault.clone(), stop.clone()));
    let state = vault.state();
    tracing::info!(socket = %path.display(), "the node {}; {}", state.sentence(), state.next_step());
    if let (Some(file), State::Sealed) = (passphrase_file, vault.state()) {
        // A node that ends here is started again, and again: it stays, so that a person can open it.
        if let Err(error) = unseal(&vault, &file).await {
            tracing::error!("it stays sealed; run: hospes unseal: {error:#}");
        }
    }
    let watchman = tokio::spawn(watchman::keep(vault.clone(), stop.clone()));
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        renewed = vault.spent() => {
            stop.cancel();
            let _ = tokio::time::timeout(LAST_WORDS, admin).await;
            // Whatever is being done to the keys is done to its end.
            let _turn = vault.last_turn().await;
            // Who asked it to end meanwhile asks once: the image that follows would not hear of it.
            heard_all().await?;
            if [&mut terminate, &mut interrupt].map(|asked| asked.recv().now_or_never()) != [None, None] {
                let _ = std::fs::remove_file(&path);
                return Ok(());
            }
            let error = renewal::replace(&program, handed_on, renewed);
            return Err(error).context("begin anew after sealing; the node ends");
        }
    }
    tracing::info!("stopping");
    let stopped = tokio::time::timeout(STOPPING, async {
        let sealed = vault.seal().await;
        stop.cancel();
        sealed
    })
    .await;
    let _ = std::fs::remove_file(&path);
    admin.abort();
    watchman.abort();
    match stopped {
        Ok(sealed) => sealed.map(|_| ()).map_err(Into::into),
        Err(_) => anyhow::bail!("the node did not stop in {} s", STOPPING.as_secs()),
    }
}
