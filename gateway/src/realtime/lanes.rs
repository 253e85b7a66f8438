//! Requests of a socket that are under way. Within a lane one request follows the other, so that two chat messages keep
//! their order; the lanes do not wait for each other, so that chat does not hold up a seek.

use std::{collections::VecDeque, future::poll_fn, task::Poll};

use futures::future::BoxFuture;

use super::{commands::Commands, frames::Encoded};

/// Requests of one kind that may be under way.
pub(crate) const LENGTH: usize = 32;

/// What a request leads to.
#[derive(Default)]
pub(crate) struct Outcome {
    /// For its socket.
    pub(crate) frames: Vec<Encoded>,
    /// The socket has no business here any more.
    pub(crate) closed: bool,
}

impl From<Encoded> for Outcome {
    fn from(frame: Encoded) -> Self {
        Self { frames: vec![frame], closed: false }
    }
}

/// Something that a socket asked for.
pub(crate) type Request = BoxFuture<'static, Outcome>;

/// Requests that are done one after the other.
#[derive(Default)]
pub(crate) struct Lane(VecDeque<Request>);

impl Lane {
    /// Adds a request, or says that too many wait already.
    pub(crate) fn push(&mut self, request: Request) -> bool {
        let has_room = self.0.len() < LENGTH;
        if has_room {
            self.0.push_back(request);
        }
        has_room
    }

    /// Drops what is under way and waits; this comes in its place.
    pub(crate) fn replace(&mut self, request: Request) {
        self.clear();
        self.0.push_back(request);
    }

    /// Drops what is under way and waits.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}

/// The lanes of one socket.
#[derive(Default)]
pub(crate) struct Lanes {
    pub(crate) commands: Commands,
    /// Chat and observations.
    pub(crate) other: Lane,
    /// The report of the player that is under way.
    pub(crate) report: Lane,
    /// Where the bytes of the item are that is on.
    pub(crate) links: Lane,
}

impl Lanes {
    /// What the next finished request leads to; never ends while nothing is asked. Nothing is lost when it
    /// is dropped before.
    pub(crate) async fn next(&mut self) -> Outcome {
        poll_fn(|cx| {
            if let Poll::Ready(outcome) = self.commands.poll_answers(cx) {
                return Poll::Ready(outcome);
            }
            for lane in [&mut self.links, &mut self.other, &mut self.report] {
                let Some(front) = lane.0.front_mut() else { continue };
                if let Poll::Ready(outcome) = front.as_mut().poll(cx) {
                    lane.0.pop_front();
                    return Poll::Ready(outcome);
                }
            }
            Poll::Pending
        })
        .await
    }

    /// Whether nobody waits for an answer.
    pub(crate) fn are_idle(&self) -> bool {
        self.commands.are_answered() && [&self.other, &self.report].iter().all(|lane| lane.0.is_empty())
    }

    pub(crate) fn is_reporting(&self) -> bool {
        !self.report.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[tokio::test]
    async fn a_lane_keeps_its_order_and_does_not_stop_the_other() {
        let order = Arc::new(Mutex::new(Vec::new()));
        let (release, held) = tokio::sync::oneshot::channel::<()>();
        let note = |what: &'static str| {
            let order = order.clone();
            Box::pin(async move {
                order.lock().unwrap().push(what);
                Outcome::default()
            }) as Request
        };
        let mut lanes = Lanes::default();
        let first = note("first");
        lanes.other.push(Box::pin(async move {
            let _ = held.await;
            first.await
        }));
        lanes.other.push(note("second"));
        lanes.report.push(note("report"));
        lanes.next().await;
        release.send(()).unwrap();
        lanes.next().await;
        lanes.next().await;
        assert_eq!(*order.lock().unwrap(), ["report", "first", "second"]);
    }

    #[test]
    fn a_lane_is_bounded() {
        let mut lane = Lane::default();
        let full = (0..=LENGTH)
            .map(|_| lane.push(Box::pin(async { Outcome::default() })))
            .filter(|taken| *taken)
            .count();
        assert_eq!(full, LENGTH);
    }
}
