//! The commands of one socket. They go to sync-svc in one stream, which decides them in order: it decides the next while it
//! stores the one before. The stream is open only while commands come.

use std::{
    collections::VecDeque,
    sync::{Arc, atomic::Ordering},
    task::{Context, Poll},
};

use futures::{
    FutureExt as _, StreamExt as _,
    channel::mpsc,
    future::BoxFuture,
    stream::{self, BoxStream},
};
use proto::{
    realtime::v1::{Ack, server_frame::Kind},
    sync::v1::{Command, SendCommandsRequest, SendCommandsResponse, send_commands_response::Result as Told},
};
use tonic::{Code, Status};

use super::{
    frames::{Encoded, answer, rejected},
    request::{MAX_UNDER_WAY, Outcome},
    session_calls::SessionCalls,
};

/// Commands under way, and the stream that they are in.
#[derive(Default)]
pub(crate) struct Commands {
    /// The frame's id and the command, in the order they came.
    unanswered: VecDeque<(String, Command)>,
    stream: Option<Box<Stream>>,
}

struct Stream {
    calls: Arc<SessionCalls>,
    requests: mpsc::Sender<SendCommandsRequest>,
    replies: BoxStream<'static, Result<SendCommandsResponse, Status>>,
    /// Whether it carries the commands of a stream that broke.
    is_retry: bool,
}

impl Commands {
    /// Sends a command. Returns false when too many are under way.
    pub(crate) fn push(&mut self, calls: &Arc<SessionCalls>, id: String, command: Command) -> bool {
        if self.unanswered.len() >= MAX_UNDER_WAY {
            return false;
        }
        let stream = self.stream.get_or_insert_with(|| Box::new(Stream::open(calls.clone(), false)));
        stream.send(command.clone());
        self.unanswered.push_back((id, command));
        true
    }

    pub(crate) fn are_answered(&self) -> bool {
        self.unanswered.is_empty()
    }

    /// Closes the stream when no command is under way.
    pub(crate) fn close_when_idle(&mut self) {
        if self.are_answered() {
            self.stream = None;
        }
    }

    /// The answers that have arrived.
    pub(crate) fn poll_answers(&mut self, cx: &mut Context<'_>) -> Poll<Outcome> {
        let mut frames = Vec::new();
        while !self.unanswered.is_empty()
            && let Some(stream) = &mut self.stream
            && let Poll::Ready(reply) = stream.replies.poll_next_unpin(cx)
        {
            match reply.unwrap_or_else(|| Err(Status::unavailable("sync-svc ended the stream of commands"))) {
                Ok(reply) => {
                    stream.is_retry = false;
                    frames.extend(
                        self.unanswered.pop_front().map(|(id, _)| Arc::new(frame(&stream.calls, id, reply))),
                    );
                }
                Err(status) => self.resume(&status, &mut frames),
            }
        }
        if frames.is_empty() { Poll::Pending } else { Poll::Ready(Outcome { frames, ..Outcome::default() }) }
    }

    /// When the stream breaks, because its replica stopped or died, sends the commands without an answer to another replica,
    /// once. Commands are idempotent by their ids.
    fn resume(&mut self, status: &Status, frames: &mut Vec<Arc<Encoded>>) {
        let Some(stream) = self.stream.take() else { return };
        let may_work = matches!(status.code(), Code::Unavailable | Code::Cancelled | Code::Unknown);
        if may_work && !stream.is_retry {
            let mut next = Stream::open(stream.calls, true);
            for (_, command) in &self.unanswered {
                next.send(command.clone());
            }
            self.stream = Some(Box::new(next));
            return;
        }
        let refused = |(id, _)| Arc::new(refusal(&stream.calls, id, status));
        frames.extend(self.unanswered.drain(..).map(refused));
    }
}

impl Stream {
    fn open(calls: Arc<SessionCalls>, is_retry: bool) -> Self {
        // Never full: it has room for every command that may be under way.
        let (requests, sent) = mpsc::channel(MAX_UNDER_WAY);
        let opening: BoxFuture<'static, _> = {
            let request = calls.context().request(sent);
            let mut playback = calls.services.playback();
            Box::pin(async move { playback.send_commands(request).await })
        };
        let replies = opening.map(|opened| match opened {
            Ok(replies) => replies.into_inner().left_stream(),
            Err(status) => stream::iter([Err(status)]).right_stream(),
        });
        Self { calls, requests, replies: replies.flatten_stream().boxed(), is_retry }
    }

    fn send(&mut self, command: Command) {
        let request = SendCommandsRequest {
            room_id: self.calls.room(),
            command: Some(command),
            access_changed_us: self.calls.access_changed_us.load(Ordering::Relaxed),
        };
        // Fails only when the stream has broken; the next answer tells that.
        let _ = self.requests.try_send(request);
    }
}

fn frame(calls: &SessionCalls, id: String, reply: SendCommandsResponse) -> Encoded {
    match reply.result {
        Some(Told::Done(done)) => {
            let ack = Ack { event: done.event, duplicate: done.duplicate, body: None };
            answer(id, Kind::Ack(ack))
        }
        Some(Told::Refusal(refused)) => {
            let code = Code::from(refused.code);
            refusal(calls, id, &Status::with_details(code, refused.message, refused.details.into()))
        }
        None => refusal(calls, id, &Status::internal("sync-svc answered a command without a result")),
    }
}

/// A refusal carries the playback as it is.
fn refusal(calls: &SessionCalls, id: String, status: &Status) -> Encoded {
    let mut rejected = rejected(status);
    rejected.state = calls.hub.state();
    answer(id, Kind::Rejected(rejected))
}
