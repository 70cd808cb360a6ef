//! The one place where changes come to be held: foreign ones after all checks, our own after the
//! same ones.
//!
//! Our own are taken one order after the other, and those of peers one batch after the other; the two do not
//! wait for each other, unless they touch the same record.

use std::sync::Arc;

use hospes_domain::{CenterId, NodeId};
use hospes_store::Store;
use hospes_sync::{SignedChange, Ticket};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use self::foreign::{Admitting, Batch};
use self::keeper::{Keeper, Outlets};
use self::merger::Mergers;
use self::order::Order;
use crate::trust::roster::Roster;

mod backlog;
mod catching_up;
mod draft;
pub(crate) mod editor;
mod entered;
mod foreign;
pub(crate) mod keeper;
mod keys;
pub mod merger;
pub(crate) mod order;
mod own;
pub(crate) mod trouble;

/// The handle; cheap to clone.
#[derive(Clone)]
pub struct Ledger {
    batches: mpsc::UnboundedSender<Batch>,
    orders: mpsc::UnboundedSender<Order>,
}

impl Ledger {
    /// Starts the ledger; it ends when the last handle is gone.
    pub fn start(
        store: Store,
        mergers: Arc<Mergers>,
        roster: Roster,
        outlets: Outlets,
        own: NodeId,
    ) -> (Self, impl Future<Output = ()> + Send + use<>) {
        let (batches, of_peers) = mpsc::unbounded_channel();
        let (orders, own_orders) = mpsc::unbounded_channel();
        let keeper = Arc::new(Keeper {
            store,
            mergers,
            outlets,
            own,
            keys: keys::Keys::default(),
            backlog: backlog::Backlog::default(),
            pen: tokio::sync::Mutex::default(),
        });
        let work = async move {
            keeper.recall_backlog().await;
            let mut background = JoinSet::new();
            background.spawn(catching_up::run(keeper.clone()));
            let mut queues = JoinSet::new();
            queues.spawn(Admitting::new(keeper.clone(), roster).run(of_peers));
            queues.spawn(fill(keeper, own_orders));
            while queues.join_next().await.is_some() {}
        };
        (Self { batches, orders }, work)
    }

    /// Takes in a batch from a peer. The engine hears of it under the ticket.
    pub fn admit(&self, ticket: Ticket, from: CenterId, changes: Vec<Arc<SignedChange>>) {
        // Fails only while the node shuts down; the batch comes again after the next start.
        let _ = self.batches.send(Batch::new(ticket, from, changes));
    }

    /// Takes an order for changes of our own. When the node shuts down nobody answers it.
    pub(crate) fn order(&self, order: Order) {
        let _ = self.orders.send(order);
    }
}

async fn fill(keeper: Arc<Keeper>, mut orders: mpsc::UnboundedReceiver<Order>) {
    while let Some(order) = orders.recv().await {
        keeper.fill(order).await;
    }
}
