//! Carries out commands in two steps: decide, in order, and store, for which the next command does not wait.

use ids::RoomId;
use prost::Message as _;
use proto::{
    room::v1::{Direction, FollowReason},
    sync::v1::{
        Command, PlaybackEvent, SendCommandResponse, SubscribeResponse, command::Action,
        subscribe_response::Delivery,
    },
};
use rpc::Context;

use super::{App, access::permission_for, apply::Done, checkpoints::Ticket};
use crate::{
    error::{Error, Result},
    playback::{Input, Item, Rejection},
};

/// How often a command is decided anew because the access of its sender changed meanwhile.
const ACCESS_ATTEMPTS: u32 = 5;

/// A command that is decided and delivered, but may not survive this process yet.
pub(crate) struct Decision {
    action: &'static str,
    event: PlaybackEvent,
    is_duplicate: bool,
    saved: Ticket,
}

impl App {
    /// Decides a command, delivers the event and waits until the command survives this process.
    pub(crate) async fn send_command(
        &self,
        context: &Context,
        room: &str,
        command: Command,
    ) -> Result<SendCommandResponse> {
        let decision = self.decide(context, room, command, 0).await?;
        self.store(decision).await
    }

    /// Decides a command and delivers its event. `access_changed_us` is when the caller last learned of a change of the
    /// person's access, in cluster time; 0: of none.
    pub(crate) async fn decide(
        &self,
        context: &Context,
        room: &str,
        command: Command,
        access_changed_us: i64,
    ) -> Result<Decision> {
        let action = name(&command);
        let mut decision = Err(Error::AccessChanged);
        for _ in 0..ACCESS_ATTEMPTS {
            decision = self.carry_out(context, room, command.clone(), action, access_changed_us).await;
            if !matches!(decision, Err(Error::AccessChanged)) {
                break;
            }
        }
        if let Err(error) = &decision {
            let outcome = match error {
                Error::Rejected(_) | Error::PermissionMissing(_) | Error::ItemNotFound(_) => "rejected",
                Error::Contended => "contended",
                _ => "failed",
            };
            count(action, outcome);
        }
        decision
    }

    /// Waits until a decision survives this process.
    pub(crate) async fn store(&self, decision: Decision) -> Result<SendCommandResponse> {
        let Decision { action, event, is_duplicate, saved } = decision;
        let stored = self.survives(saved).await;
        count(
            action,
            match &stored {
                Ok(()) if is_duplicate => "duplicate",
                Ok(()) => "done",
                Err(_) => "failed",
            },
        );
        stored?;
        Ok(SendCommandResponse { event: Some(event), duplicate: is_duplicate })
    }

    async fn carry_out(
        &self,
        context: &Context,
        room: &str,
        command: Command,
        action: &'static str,
        access_changed_us: i64,
    ) -> Result<Decision> {
        let permission = permission_for(&command);
        let access = self.access_with(context, room, access_changed_us, permission).await?;
        let room = access.room;
        let by = context.identity()?.subject_id.clone();
        // Clients make the ids, so one person's id must not match another's.
        let key = format!("{by}:{}", command.id);
        let duplicate = |answer: &[u8]| {
            // The first one may have acted without being stored: that is why senders repeat commands.
            let saved = self.checkpoints.last();
            Ok(Decision { action, event: event_of(room, answer)?, is_duplicate: true, saved })
        };
        if matches!(command.action, Some(Action::VoteSkip(_))) {
            self.refresh_voters(room).await?;
        }
        let item = match self.item_of(context, room, &command).await {
            // A repeated command: its item may be gone by now.
            Err(error) => match self.state.log.answered(&room.to_string(), &key).await? {
                Some(answer) => return duplicate(&answer),
                None => return Err(error),
            },
            Ok(item) => item,
        };
        match self.apply_by(room, &Input::Command { command, by, item }, Some(&key), Some(&access)).await? {
            Done::Changed { last_event, saved } => {
                Ok(Decision { action, event: event_of(room, &last_event)?, is_duplicate: false, saved })
            }
            Done::Duplicate(answer) => duplicate(&answer),
            Done::Unchanged => Err(Rejection::NoItem.into()),
        }
    }

    /// The item to which a command leads. `None`: the command does not change the item, or no item follows.
    async fn item_of(&self, context: &Context, room: RoomId, command: &Command) -> Result<Option<Item>> {
        let direction = match &command.action {
            Some(Action::ChangeItem(change)) => {
                let item = self.item_from(context, room, &change.item_id, change.from_start).await;
                return item.map(Some);
            }
            Some(Action::Next(_)) => Direction::Next,
            Some(Action::Previous(_)) => Direction::Previous,
            _ => return Ok(None),
        };
        // The item that the sender means, or else the current one.
        let from = if command.item_id.is_empty() {
            self.current(room).await?.room.playback.item_id.clone()
        } else {
            command.item_id.clone()
        };
        if from.is_empty() {
            return Ok(None);
        }
        self.following_item(context, room, &from, direction, FollowReason::Skipped).await
    }
}

/// Decodes an event that was encoded for subscribers.
fn event_of(room: RoomId, encoded: &[u8]) -> Result<PlaybackEvent> {
    let response = SubscribeResponse::decode(encoded)
        .map_err(|source| Error::Record { room: room.to_string(), source })?;
    match response.delivery {
        Some(Delivery::Event(event)) => Ok(event),
        _ => Err(Error::Answered(tonic::Status::internal("the stored answer to a command is no event"))),
    }
}

fn count(action: &'static str, outcome: &'static str) {
    metrics::counter!("syncwatch_sync_commands_total", "action" => action, "outcome" => outcome).increment(1);
}

fn name(command: &Command) -> &'static str {
    match command.action {
        Some(Action::Play(_)) => "play",
        Some(Action::Pause(_)) => "pause",
        Some(Action::Seek(_)) => "seek",
        Some(Action::SeekBy(_)) => "seek_by",
        Some(Action::UndoSeek(_)) => "undo_seek",
        Some(Action::SetRate(_)) => "set_rate",
        Some(Action::ChangeItem(_)) => "change_item",
        Some(Action::Next(_)) => "next",
        Some(Action::Previous(_)) => "previous",
        Some(Action::Stop(_)) => "stop",
        Some(Action::VoteSkip(_)) => "vote_skip",
        None => "none",
    }
}
