//! Carries out a command.

use ids::RoomId;
use prost::Message as _;
use proto::sync::v1::{
    Command, PlaybackEvent, SubscribeResponse, command::Action, subscribe_response::Delivery,
};
use rpc::Context;

use super::{App, apply::Done};
use crate::{
    error::{Error, Result},
    playback::{Chosen, Input, Rejection},
};

impl App {
    /// The event that came of it, and whether it had come of it before.
    pub(crate) async fn send_command(
        &self,
        context: &Context,
        room: &str,
        command: Command,
    ) -> Result<(PlaybackEvent, bool)> {
        let action = name(&command);
        let result = self.carry_out(context, room, command).await;
        let outcome = match &result {
            Ok((_, false)) => "done",
            Ok((_, true)) => "duplicate",
            Err(Error::Rejected(_) | Error::PermissionMissing(_) | Error::ItemNotFound(_)) => "rejected",
            Err(Error::Contended) => "contended",
            Err(_) => "failed",
        };
        metrics::counter!("syncwatch_sync_commands_total", "action" => action, "outcome" => outcome)
            .increment(1);
        result
    }

    async fn carry_out(
        &self,
        context: &Context,
        room: &str,
        command: Command,
    ) -> Result<(PlaybackEvent, bool)> {
        let access = self.access(context, room).await?;
        access.admits(&command)?;
        let by = context.identity()?.subject_id.clone();
        // Ids are made by clients; one person's must not answer another's.
        let key = format!("{by}:{}", command.id);
        let item = match self.item_of(context, access.room, &command).await {
            // The playlist may have changed since the command was carried out.
            Err(error) => match self.state.log.answered(&access.room.to_string(), &key).await? {
                Some(answer) => return self.answer_again(access.room, &answer).await,
                None => return Err(error),
            },
            Ok(item) => item,
        };
        match self.apply(access.room, &Input::Command { command, by, item }, Some(&key)).await? {
            Done::Changed { last_event, saved } => {
                // Subscribers have the event already; its sender may rely on it once it survives this process.
                self.survives(saved).await?;
                Ok((event_of(access.room, &last_event)?, false))
            }
            Done::Duplicate(answer) => self.answer_again(access.room, &answer).await,
            Done::Unchanged => Err(Rejection::NoItem.into()),
        }
    }

    async fn answer_again(&self, room: RoomId, answer: &[u8]) -> Result<(PlaybackEvent, bool)> {
        // The first time may have acted without being kept: its sender would ask again for that very reason.
        if !self.state.log.outlives_process() {
            self.checkpoints.flush().await?;
        }
        Ok((event_of(room, answer)?, true))
    }

    /// The item that a change of item leads to; `None` for other commands, and where there is none.
    async fn item_of(&self, context: &Context, room: RoomId, command: &Command) -> Result<Option<Chosen>> {
        let step: isize = match &command.action {
            Some(Action::ChangeItem(change)) => {
                let items = self.items(context, room).await?;
                let found = items.into_iter().find(|item| item.id == change.item_id);
                let found = found.ok_or_else(|| Error::ItemNotFound(change.item_id.clone()))?;
                return Ok(Some(found.into()));
            }
            Some(Action::Next(_)) => 1,
            Some(Action::Previous(_)) => -1,
            _ => return Ok(None),
        };
        let items = self.items(context, room).await?;
        // The item that the sender means, or else the one that is on.
        let from = if command.item_id.is_empty() {
            self.current(room).await?.room.playback.item_id.clone()
        } else {
            command.item_id.clone()
        };
        let here = items.iter().position(|item| item.id == from);
        let there = here.and_then(|here| here.checked_add_signed(step)).and_then(|there| items.get(there));
        Ok(there.cloned().map(Chosen::from))
    }
}

/// An event as it was encoded for subscribers.
fn event_of(room: RoomId, encoded: &[u8]) -> Result<PlaybackEvent> {
    let response = SubscribeResponse::decode(encoded)
        .map_err(|source| Error::Record { room: room.to_string(), source })?;
    match response.delivery {
        Some(Delivery::Event(event)) => Ok(event),
        _ => Err(Error::Answered(tonic::Status::internal("the answer to a command is no event"))),
    }
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
        None => "none",
    }
}
