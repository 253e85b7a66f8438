//! A moderator mutes a person in voice.

use proto::{
    room::v1::Permission,
    voice::v1::{VoiceMute, VoiceRoom},
};
use rpc::Context;

use super::App;
use crate::{
    domain::record,
    error::{Error, Result},
};

impl App {
    /// Mutes a person for everyone, or lifts the mute.
    pub(crate) async fn mute(
        &self,
        context: &Context,
        room: &str,
        subject_id: &str,
        muted: bool,
    ) -> Result<VoiceRoom> {
        let moderator = self.access(context, room).await?.need(Permission::Ban)?;
        let room = moderator.room;
        if record::participant(&self.load(room).await?, subject_id).is_none() {
            return Err(Error::NotInVoice);
        }
        let other = self.access_of(room, subject_id).await?.ok_or(Error::NotInVoice)?;
        if other.role >= moderator.role {
            return Err(Error::RankTooLow);
        }
        let by = context.identity()?;
        let mute = muted.then(|| VoiceMute {
            by_id: by.subject_id.clone(),
            by_name: by.display_name.clone(),
            since: Some(self.now()),
        });
        self.change_and_announce(room, |record| record::mute(record, subject_id, mute.clone())).await
    }
}
