//! The rules, one by one and by theme in the files beside this; `random.rs` has them in any order.

mod advance;
mod auto_start;
mod commands;
mod ended;
mod holds;
mod lies;
mod owner;
mod playlist;
mod policy;
mod presence;
pub(super) mod random;
mod seeks;
mod skip;
mod starts;

use proto::{
    room::v1::{Member, PlaybackPolicy, WaitMode},
    sync::v1::{
        ChangeItem, Command, HoldReason, Next, Pause, Play, PlaybackChange, PlaybackEvent, PlayerState,
        PlayerStatus, RoomPhase, Seek, Session, SetRate, Stop, command::Action,
    },
};

use super::{
    inputs::MOST_SESSIONS,
    model::{EncodedSeat, position_us},
    *,
};

pub(super) const PARAMS: Params =
    Params { hold_limit_us: 5_000_000, owner_away_us: 15_000_000, disconnect_us: 15_000_000 };
const SECOND: i64 = 1_000_000;
const LEAD: i64 = 150_000;

fn command(action: Action) -> Input {
    let item = match &action {
        Action::ChangeItem(change) => Some(item(&change.item_id)),
        Action::Next(_) => Some(item("next")),
        _ => None,
    };
    Input::Command {
        command: Command { id: "command-1".into(), action: Some(action), ..Command::default() },
        by: "user_a".into(),
        item,
    }
}

/// An item whose length nobody knows.
fn item(id: &str) -> Item {
    lasting(id, 0)
}

fn lasting(id: &str, duration_us: i64) -> Item {
    Item { id: id.into(), duration_us, start_us: 0, next_id: String::new() }
}

fn beginning_at(id: &str, start_us: i64) -> Item {
    Item { start_us, ..item(id) }
}

/// An item was added: somewhere, or behind the item at whose end the room stands.
fn added(item: Item, after: Option<&str>) -> Input {
    match after {
        Some(from) => Input::Follow { from: from.into(), next: item },
        None => Input::ItemAdded(item),
    }
}

fn play() -> Input {
    command(Action::Play(Play {}))
}

fn pause() -> Input {
    command(Action::Pause(Pause {}))
}

fn seek(position_us: i64) -> Input {
    command(Action::Seek(Seek { position_us }))
}

fn choose(item: &str) -> Input {
    command(Action::ChangeItem(ChangeItem { item_id: item.into(), from_start: false }))
}

fn session(id: &str) -> Session {
    let member = Some(Member { subject_id: format!("user_{id}"), ..Member::default() });
    Session { id: id.into(), gateway_id: "gateway".into(), member, ..Session::default() }
}

fn join(id: &str) -> Input {
    Input::Join { session: session(id), gone: vec![] }
}

fn leave(id: &str) -> Input {
    Input::Leave { session_id: id.into(), silent_us: 0 }
}

fn status(state: PlayerState, item: &str) -> PlayerStatus {
    PlayerStatus { state: state.into(), item_id: item.into(), delay_ms: 10.0, ..PlayerStatus::default() }
}

fn says(id: &str, status: PlayerStatus) -> Input {
    Input::Report { session_id: id.into(), status }
}

fn report(id: &str, state: PlayerState, item: &str) -> Input {
    says(id, status(state, item))
}

fn decides(policy: PlaybackPolicy) -> Input {
    let decided = RoomSettings { policy, owner_id: "user_owner".into(), ..RoomSettings::default() };
    Input::Settings { settings: decided, instead_of: None }
}

/// A room to which things happen.
struct Story {
    room: Room,
    now_us: i64,
}

impl Story {
    /// A paused item, and members whose players are ready for it.
    fn ready(members: &[&str]) -> Self {
        let mut story = Self { room: Room::fresh(0), now_us: SECOND };
        for member in members {
            story.step(&join(member));
        }
        story.step(&added(item("item"), None));
        for member in members {
            story.step(&report(member, PlayerState::Ready, "item"));
        }
        story
    }

    fn step(&mut self, input: &Input) -> Step {
        let step = reduce(&self.room, input, self.now_us, PARAMS).unwrap();
        self.room = step.room.clone();
        step
    }

    fn changes(&mut self, input: &Input) -> Vec<PlaybackChange> {
        self.step(input).events.iter().map(PlaybackEvent::change).collect()
    }

    fn refused(&self, input: &Input) -> Rejection {
        reduce(&self.room, input, self.now_us, PARAMS).unwrap_err()
    }

    fn after(&mut self, us: i64) -> &mut Self {
        self.now_us += us;
        self
    }

    fn position(&self) -> i64 {
        position_us(&self.room.playback, self.now_us)
    }

    fn phase(&self) -> RoomPhase {
        self.room.playback.phase()
    }

    fn waits_for(&self) -> Vec<&str> {
        let hold = self.room.playback.hold.iter();
        hold.flat_map(|hold| hold.waiting_session_ids.iter().map(String::as_str)).collect()
    }
}
