//! Writing records of our own: the handle of those who order it.

use std::sync::Arc;

use tokio::sync::oneshot;

use super::Ledger;
use super::order::{EditError, Options, Order, OwnAuthor, Write, Written};

/// The handle; cheap to clone.
#[derive(Clone)]
pub struct Editor {
    ledger: Ledger,
    author: Arc<OwnAuthor>,
}

impl Editor {
    pub(crate) fn new(ledger: Ledger, author: OwnAuthor) -> Self {
        Self { ledger, author: Arc::new(author) }
    }

    /// Makes, signs and keeps changes; see the module. `progress` hears how many of how many
    /// records have been prepared; when it answers no, nothing is kept.
    pub async fn write(
        &self,
        writes: Vec<Write>,
        options: Options,
        progress: impl FnMut(usize, usize) -> bool + Send + 'static,
    ) -> Result<Vec<Written>, EditError> {
        let (reply, answer) = oneshot::channel();
        self.ledger.order(Order {
            writes,
            options,
            author: self.author.clone(),
            progress: Box::new(progress),
            reply,
        });
        answer.await.map_err(|_| EditError::Closing)?
    }
}
