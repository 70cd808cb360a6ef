//! Where browsers connect: HTTP/1.1, with a bound on everything that a stranger can make it wait for.
//!
//! Behind an onion service all connections come from one address, so none is counted by address. When all
//! places are taken, the connection that has been silent for longest gives its place to the new one:
//! whoever holds a thousand connections open only closes their own.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

use crate::app::Pages;
use crate::busy::Busy;

/// Places for connections.
const PLACES: usize = 256;
/// How long a request may take to say what it wants, and a connection may be silent.
const HEADERS: Duration = Duration::from_secs(10);
/// How long a connection may last.
const LONGEST: Duration = Duration::from_secs(300);
/// Bytes of a request's head.
const HEAD: usize = 16 * 1024;
/// Lines of a request's head.
const LINES: usize = 64;

struct Place {
    since: Instant,
    busy: Busy,
    leave: CancellationToken,
}

#[derive(Default)]
struct Lobby {
    places: Mutex<(u64, BTreeMap<u64, Place>)>,
}

impl Lobby {
    /// A place, for which the one that was silent for longest may have to leave; `None` when all others
    /// are busy.
    fn enter(&self) -> Option<(u64, Busy, CancellationToken)> {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        let (next, places) = &mut *places;
        if places.len() >= PLACES {
            let idle = places.iter().filter(|(_, place)| !place.busy.get());
            let oldest = idle.min_by_key(|(_, place)| place.since).map(|(number, _)| *number)?;
            if let Some(place) = places.remove(&oldest) {
                place.leave.cancel();
            }
        }
        *next += 1;
        let place =
            Place { since: Instant::now(), busy: Busy::default(), leave: CancellationToken::new() };
        let entered = (*next, place.busy.clone(), place.leave.clone());
        places.insert(*next, place);
        Some(entered)
    }

    fn leave(&self, number: u64) {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        places.1.remove(&number);
    }

    /// A request was answered: the silence begins anew.
    fn renew(&self, number: u64) {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = places.1.get_mut(&number) {
            place.since = Instant::now();
        }
    }
}

/// Answers browsers until `stop`.
pub async fn serve(listener: TcpListener, pages: Arc<Pages>, stop: CancellationToken) {
    let lobby = Arc::new(Lobby::default());
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                // No more files, most likely: those who are here go first.
                tracing::warn!(%error, "a browser was not let in");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let Some((number, busy, leave)) = lobby.enter() else { continue };
        let (lobby, pages, stop) = (lobby.clone(), pages.clone(), stop.clone());
        tokio::spawn(async move {
            let answering = connection(stream, pages, busy, || lobby.renew(number));
            tokio::select! {
                () = answering => {}
                () = leave.cancelled() => {}
                () = stop.cancelled() => {}
                () = tokio::time::sleep(LONGEST) => {}
            }
            lobby.leave(number);
        });
    }
}

fn connection(
    stream: TcpStream,
    pages: Arc<Pages>,
    busy: Busy,
    answered: impl Fn(),
) -> impl Future<Output = ()> {
    // Small answers would wait for the acknowledgement of the one before.
    let _ = stream.set_nodelay(true);
    async move {
        let service = service_fn(|mut request: Request<Incoming>| {
            request.extensions_mut().insert(busy.clone());
            let (answer, busy, answered) = (pages.answer(request.map(Body::new)), &busy, &answered);
            async move {
                let answer: Response<Body> = answer.await;
                busy.set(false);
                answered();
                Ok::<_, Infallible>(answer)
            }
        });
        let served = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEADERS)
            .max_buf_size(HEAD)
            .max_headers(LINES)
            .half_close(false)
            .serve_connection(TokioIo::new(stream), service)
            .await;
        // Whoever sends nonsense or goes away is no business of the log.
        drop(served);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn the_one_that_is_silent_for_longest_gives_its_place_away() {
        let lobby = Lobby::default();
        let all: Vec<_> = (0..PLACES).map(|_| lobby.enter().unwrap()).collect();
        all[0].1.set(true);
        lobby.renew(all[1].0);
        let (_, _, _) = lobby.enter().unwrap();
        let left: Vec<bool> = all.iter().map(|(_, _, leave)| leave.is_cancelled()).collect();
        assert_eq!(left.iter().filter(|left| **left).count(), 1);
        assert!(left[2], "the first is busy and the second was just answered");
        for (_, busy, _) in &all {
            busy.set(true);
        }
        // Only the one that came last is not busy.
        assert!(lobby.enter().is_some());
        assert_eq!(lobby.places.lock().unwrap().1.len(), PLACES);
    }
}
