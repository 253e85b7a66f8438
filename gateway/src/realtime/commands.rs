//! The commands of one socket. They go to sync-svc in one stream, which decides them in order: the next is decided while
//! the one before is stored. The stream is open only while someone commands.

use std::{
    collections::VecDeque,
    sync::Arc,
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
    lanes::{LENGTH, Outcome},
    requests::Asker,
};

/// Commands under way, and the stream that they are in.
#[derive(Default)]
pub(crate) struct Commands {
    /// The frame's id and the command, in the order they came.
    unanswered: VecDeque<(String, Command)>,
    stream: Option<Box<Stream>>,
}

struct Stream {
    asker: Arc<Asker>,
    requests: mpsc::Sender<SendCommandsRequest>,
    replies: BoxStream<'static, Result<SendCommandsResponse, Status>>,
    /// Whether commands of a stream that broke are in it.
    is_retry: bool,
}

impl Commands {
    /// Sends a command, or says that too many are under way already.
    pub(crate) fn push(&mut self, asker: &Arc<Asker>, id: String, command: Command) -> bool {
        if self.unanswered.len() >= LENGTH {
            return false;
        }
        let stream = self.stream.get_or_insert_with(|| Box::new(Stream::open(asker.clone(), false)));
        stream.send(command.clone());
        self.unanswered.push_back((id, command));
        true
    }

    pub(crate) fn are_answered(&self) -> bool {
        self.unanswered.is_empty()
    }

    /// Closes the stream of someone who has not commanded for a while.
    pub(crate) fn rest(&mut self) {
        if self.are_answered() {
            self.stream = None;
        }
    }

    /// All answers that there are.
    pub(crate) fn poll_answers(&mut self, cx: &mut Context<'_>) -> Poll<Outcome> {
        let mut frames = Vec::new();
        while !self.unanswered.is_empty()
            && let Some(stream) = &mut self.stream
            && let Poll::Ready(reply) = stream.replies.poll_next_unpin(cx)
        {
            match reply.unwrap_or_else(|| Err(Status::unavailable("sync-svc ended the stream of commands"))) {
                Ok(reply) => {
                    stream.is_retry = false;
                    frames.extend(self.unanswered.pop_front().map(|(id, _)| frame(&stream.asker, id, reply)));
                }
                Err(status) => self.broke(&status, &mut frames),
            }
        }
        if frames.is_empty() { Poll::Pending } else { Poll::Ready(Outcome { frames, closed: false }) }
    }

    /// A replica that stops or dies takes its streams along. Commands are idempotent by their ids, so another gets those
    /// without an answer, once.
    fn broke(&mut self, status: &Status, frames: &mut Vec<Encoded>) {
        let Some(stream) = self.stream.take() else { return };
        let may_work = matches!(status.code(), Code::Unavailable | Code::Cancelled | Code::Unknown);
        if may_work && !stream.is_retry {
            let mut next = Stream::open(stream.asker, true);
            for (_, command) in &self.unanswered {
                next.send(command.clone());
            }
            self.stream = Some(Box::new(next));
            return;
        }
        let refused = |(id, _)| refusal(&stream.asker, id, status.clone());
        frames.extend(self.unanswered.drain(..).map(refused));
    }
}

impl Stream {
    fn open(asker: Arc<Asker>, is_retry: bool) -> Self {
        // As many as may be under way, so that it is never full.
        let (requests, sent) = mpsc::channel(LENGTH);
        let opening: BoxFuture<'static, _> = {
            let request = asker.context().request(sent);
            let mut playback = asker.services.playback();
            Box::pin(async move { playback.send_commands(request).await })
        };
        let replies = opening.map(|opened| match opened {
            Ok(replies) => replies.into_inner().left_stream(),
            Err(status) => stream::iter([Err(status)]).right_stream(),
        });
        Self { asker, requests, replies: replies.flatten_stream().boxed(), is_retry }
    }

    fn send(&mut self, command: Command) {
        let request = SendCommandsRequest { room_id: self.asker.room(), command: Some(command) };
        // It fails when the stream has broken, which the next answer tells.
        let _ = self.requests.try_send(request);
    }
}

fn frame(asker: &Asker, id: String, reply: SendCommandsResponse) -> Encoded {
    match reply.result {
        Some(Told::Done(done)) => answer(id, Kind::Ack(Ack { event: done.event, message: None })),
        Some(Told::Refusal(refused)) => {
            let code = Code::from(refused.code);
            refusal(asker, id, Status::with_details(code, refused.message, refused.details.into()))
        }
        None => refusal(asker, id, Status::internal("sync-svc answered a command without a result")),
    }
}

/// A refusal comes with the playback as it is.
fn refusal(asker: &Asker, id: String, status: Status) -> Encoded {
    let mut rejected = rejected(status);
    rejected.state = asker.hub.state();
    answer(id, Kind::Rejected(rejected))
}
