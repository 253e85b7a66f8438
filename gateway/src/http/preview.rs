//! Previews of invites. room-svc decides what they tell; its answers are cached for a moment, so that a link that is posted
//! to a thousand people costs one call.

use std::{collections::HashMap, time::Duration};

use ids::RoomCode;
use parking_lot::{Mutex, MutexGuard};
use proto::room::v1::{GetInvitePreviewRequest, room_service_client::RoomServiceClient};
use rpc::{Context, RpcChannel};
use runtime::Clock;
use state::{Bucket, Rate};
use tokio::time::Instant;

/// How long an answer is cached.
const KEPT: Duration = Duration::from_secs(30);
const MAX_KEPT: usize = 1024;
/// A page waits at most this long for its preview.
const TIMEOUT: Duration = Duration::from_millis(500);
/// Calls of this gateway per second, and in a burst. Above them pages have no preview.
const CALLS_PER_SECOND: u32 = 50;
const CALLS_BURST: u32 = 100;

/// Name and film of a room, as a preview shows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Preview {
    pub(crate) room_name: String,
    /// Empty when nothing is in the playlist.
    pub(crate) item_title: String,
}

pub(crate) struct Previews {
    room: RpcChannel,
    clock: Clock,
    rate: Rate,
    /// One moment on the clock of the bucket and on `clock`, so that calls come back with the time that ends the answers.
    started: (Instant, i64),
    kept: Mutex<Kept>,
}

struct Kept {
    calls: Bucket,
    /// By code: until when an answer may be used, and the answer.
    answers: HashMap<String, (i64, Option<Preview>)>,
}

/// Outcome of a look-up by code.
enum LookUp {
    Known(Option<Preview>),
    /// Not cached; a call is allowed.
    Unknown,
    TooManyCalls,
}

impl Previews {
    pub(crate) fn new(room: RpcChannel, clock: Clock) -> Self {
        let rate = Rate::new(CALLS_PER_SECOND, Duration::from_secs(1), CALLS_BURST);
        let started = (Instant::now(), clock.now_us());
        let kept = Kept { calls: Bucket::full(started.0), answers: HashMap::new() };
        Self { room, clock, rate, started, kept: Mutex::new(kept) }
    }

    /// The preview of a room; none when the room has none or room-svc does not answer in time.
    pub(crate) async fn of(&self, code: &RoomCode) -> Option<Preview> {
        match self.look_up(code) {
            LookUp::Known(preview) => return preview,
            LookUp::TooManyCalls => return None,
            LookUp::Unknown => {}
        }
        let request =
            Context::background().request(GetInvitePreviewRequest { room: code.as_str().to_owned() });
        let mut client = RoomServiceClient::new(self.room.clone());
        let reply = tokio::time::timeout(TIMEOUT, client.get_invite_preview(request)).await.ok()?.ok()?;
        let reply = reply.into_inner();
        let preview = (!reply.room_name.is_empty())
            .then_some(Preview { room_name: reply.room_name, item_title: reply.item_title });
        self.keep(code, preview.clone());
        preview
    }

    fn look_up(&self, code: &RoomCode) -> LookUp {
        let now_us = self.clock.now_us();
        let mut kept = self.lock();
        if let Some((until_us, preview)) = kept.answers.get(code.as_str())
            && now_us < *until_us
        {
            return LookUp::Known(preview.clone());
        }
        let passed_us = u64::try_from(now_us - self.started.1).unwrap_or_default();
        if kept.calls.take(self.rate, self.started.0 + Duration::from_micros(passed_us)).is_ok() {
            LookUp::Unknown
        } else {
            LookUp::TooManyCalls
        }
    }

    fn keep(&self, code: &RoomCode, preview: Option<Preview>) {
        let now_us = self.clock.now_us();
        let until_us = now_us + i64::try_from(KEPT.as_micros()).unwrap_or(i64::MAX);
        let mut kept = self.lock();
        if kept.answers.len() >= MAX_KEPT {
            kept.answers.retain(|_, (until_us, _)| now_us < *until_us);
        }
        if kept.answers.len() < MAX_KEPT {
            kept.answers.insert(code.as_str().to_owned(), (until_us, preview));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock()
    }
}
