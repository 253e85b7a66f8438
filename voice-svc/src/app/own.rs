//! Changes the state of the caller's microphone.

use proto::voice::v1::{VoiceRoom, VoiceSelf};
use rpc::Context;

use super::App;
use crate::{domain::record, error::Result};

impl App {
    /// Tells the others what the caller's microphone does.
    pub(crate) async fn update(
        &self,
        context: &Context,
        room: &str,
        session_id: &str,
        own: VoiceSelf,
    ) -> Result<VoiceRoom> {
        let room = self.access(context, room).await?.room;
        let subject_id = &context.identity()?.subject_id;
        self.change_and_announce(room, |record| record::update(record, session_id, subject_id, own)).await
    }
}
