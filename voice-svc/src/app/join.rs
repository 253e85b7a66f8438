//! Entering and leaving a voice chat, and reading it.

use std::sync::Arc;

use ids::RoomId;
use proto::{
    room::v1::Permission,
    voice::v1::{VoiceParticipant, VoiceRoom, VoiceSelf},
};
use rpc::Context;

use super::App;
use crate::{
    domain::record,
    error::{Error, Result},
};

impl App {
    /// Enters the caller with one of their sessions.
    pub(crate) async fn join(
        self: &Arc<Self>,
        context: &Context,
        room: &str,
        session_id: String,
        own: VoiceSelf,
    ) -> Result<VoiceRoom> {
        let room = self.access(context, room).await?.need(Permission::UseVoice)?.room;
        let identity = context.identity()?;
        if !self.has_session(room, &session_id, &identity.subject_id).await {
            return Err(Error::SessionNotFound(session_id));
        }
        let participant = VoiceParticipant {
            session_id: session_id.clone(),
            subject_id: identity.subject_id.clone(),
            display_name: identity.display_name.clone(),
            own: Some(own),
            muted: None,
            joined_at: Some(self.now()),
        };
        let voice = self
            .change_and_announce(room, |record| record::join(record, participant.clone(), self.limits.most))
            .await?;
        // Race: the session may have ended, or the watch, between the look at the sessions and the entry.
        let sessions = self.watch(room);
        let is_gone = sessions.borrow().as_ref().is_some_and(|sessions| !sessions.contains_key(&session_id));
        if is_gone {
            self.take_out(room, &session_id, &identity.subject_id).await?;
            return Err(Error::SessionNotFound(session_id));
        }
        Ok(voice)
    }

    /// Takes the caller's session out of voice.
    pub(crate) async fn leave(&self, context: &Context, room: &str, session_id: &str) -> Result<()> {
        let room = self.access(context, room).await?.room;
        self.take_out(room, session_id, &context.identity()?.subject_id).await
    }

    async fn take_out(&self, room: RoomId, session_id: &str, subject_id: &str) -> Result<()> {
        let is_theirs = |of: &VoiceParticipant| of.session_id == session_id && of.subject_id == subject_id;
        self.change_and_announce(room, |record| {
            record.participants.retain(|participant| !is_theirs(participant));
            Ok(())
        })
        .await?;
        Ok(())
    }

    /// The voice chat, for a member.
    pub(crate) async fn voice(self: &Arc<Self>, context: &Context, room: &str) -> Result<VoiceRoom> {
        let room = self.access(context, room).await?.room;
        self.read(room).await
    }

    /// The voice chat, for a service.
    pub(crate) async fn read(self: &Arc<Self>, room: RoomId) -> Result<VoiceRoom> {
        let record = self.load(room).await?;
        if !record.participants.is_empty() {
            // After a restart nobody may have followed it; the watch announces what it finds.
            self.watch(room);
        }
        Ok(self.shown(&record))
    }
}
