//! Requests of a socket that are under way. Within a lane one request follows the other, so that two chat messages keep
//! their order; the lanes do not wait for each other, so that a slow call does not hold up a seek.

use std::{collections::VecDeque, future::poll_fn, task::Poll};

use super::{
    commands::Commands,
    request::{MAX_UNDER_WAY, Outcome, Request},
};

/// Requests that are carried out one after the other.
#[derive(Default)]
pub(crate) struct Lane(VecDeque<Request>);

impl Lane {
    /// Adds a request. Returns false when too many wait.
    pub(crate) fn push(&mut self, request: Request) -> bool {
        let has_room = self.0.len() < MAX_UNDER_WAY;
        if has_room {
            self.0.push_back(request);
        }
        has_room
    }

    /// Drops the requests of the lane and adds this one.
    pub(crate) fn replace(&mut self, request: Request) {
        self.clear();
        self.0.push_back(request);
    }

    /// Drops the requests of the lane.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}

/// The calls of a client: one lane for each service, so that a slow service holds up only its own calls.
#[derive(Default)]
pub(crate) struct CallLanes(Vec<(usize, Lane)>);

impl CallLanes {
    /// Adds a call of a service. Returns false when too many wait.
    pub(crate) fn push(&mut self, service: usize, request: Request) -> bool {
        let waiting: usize = self.0.iter().map(|(_, lane)| lane.0.len()).sum();
        if waiting >= MAX_UNDER_WAY {
            return false;
        }
        if let Some((_, lane)) = self.0.iter_mut().find(|(other, _)| *other == service) {
            return lane.push(request);
        }
        self.0.push((service, Lane(VecDeque::from([request]))));
        true
    }
}

/// The lanes of one socket.
#[derive(Default)]
pub(crate) struct Lanes {
    pub(crate) commands: Commands,
    pub(crate) calls: CallLanes,
    /// Observations, access, asides.
    pub(crate) other: Lane,
    /// The report of the player that is under way.
    pub(crate) report: Lane,
    /// The link to the current item.
    pub(crate) links: Lane,
}

impl Lanes {
    /// Waits for the next request to finish. Cancel-safe; pending while there is no request.
    pub(crate) async fn next(&mut self) -> Outcome {
        poll_fn(|cx| {
            if let Poll::Ready(outcome) = self.commands.poll_answers(cx) {
                return Poll::Ready(outcome);
            }
            self.calls.0.retain(|(_, lane)| !lane.0.is_empty());
            let calls = self.calls.0.iter_mut().map(|(_, lane)| lane);
            for lane in [&mut self.links, &mut self.other, &mut self.report].into_iter().chain(calls) {
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

    /// Whether no client waits for an answer.
    pub(crate) fn are_idle(&self) -> bool {
        let calls = self.calls.0.iter().map(|(_, lane)| lane);
        self.commands.are_answered()
            && [&self.other, &self.report].into_iter().chain(calls).all(|lane| lane.0.is_empty())
    }

    pub(crate) fn is_reporting(&self) -> bool {
        !self.report.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use proto::realtime::v1::Closed;

    use super::*;

    #[tokio::test]
    async fn a_lane_keeps_its_order_and_does_not_block_another() {
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

    #[tokio::test]
    async fn calls_of_one_service_keep_their_order_and_those_of_all_are_bounded() {
        let mut lanes = Lanes::default();
        let stuck = || Box::pin(std::future::pending()) as Request;
        assert!(lanes.calls.push(1, stuck()));
        assert!(
            lanes.calls.push(
                2,
                Box::pin(async { Outcome { closed: Some(Closed::default()), ..Outcome::default() } })
            )
        );
        assert!(lanes.next().await.closed.is_some(), "a stuck service holds up its own calls alone");
        let taken = (0..MAX_UNDER_WAY).filter(|service| lanes.calls.push(*service, stuck())).count();
        assert_eq!(taken, MAX_UNDER_WAY - 1);
    }

    #[test]
    fn a_lane_is_bounded() {
        let mut lane = Lane::default();
        let full = (0..=MAX_UNDER_WAY)
            .map(|_| lane.push(Box::pin(async { Outcome::default() })))
            .filter(|taken| *taken)
            .count();
        assert_eq!(full, MAX_UNDER_WAY);
    }
}
