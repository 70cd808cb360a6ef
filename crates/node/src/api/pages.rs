//! The listener for browsers. It is there from the start to the end of the process: of a node that is not
//! open it says just that.

use std::sync::Arc;
use std::time::Duration;

use hospes_web::{Pages, Settings};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::desk::node_desk::NodeDesk;
use crate::vault::Vault;
use crate::vault::config::PagesListen;

/// How long until the address is tried again that something else has.
const AGAIN: Duration = Duration::from_secs(3);

/// Answers browsers until the token is cancelled. Where something else has the address, the node goes on
/// without pages and tries again: nobody should be without peers because of a page.
pub async fn serve(vault: Arc<Vault>, stop: CancellationToken) {
    let PagesListen::At(address) = vault.config().pages_listen else { return };
    let listener = loop {
        match TcpListener::bind(address).await {
            Ok(listener) => break listener,
            Err(error) => {
                tracing::warn!(%address, %error, "there are no pages yet; set pages_listen in node.toml");
                vault.pages_at(Err(address));
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(AGAIN) => {}
        }
    };
    vault.pages_at(Ok(listener.local_addr().unwrap_or(address)));
    let settings = Settings { sites: vault.config().pages_sites.clone() };
    let pages = Pages::new(Arc::new(NodeDesk::new(vault)), settings);
    hospes_web::serve(listener, pages, stop).await;
}
