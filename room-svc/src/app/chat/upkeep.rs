//! What keeps the chats tidy, in small steps.

use prost::Message as _;
use proto::room::v1::RoomSettings;

use crate::{app::App, error::Result, store::chat::upkeep};

/// Messages of one step whose terms are filled in.
const STEP: i64 = 500;

impl App {
    /// One step of filling in terms and of sweeping. Returns whether there is more to do now.
    pub(crate) async fn look_after_chats(&self) -> Result<bool> {
        let filled = upkeep::fill_in_terms(&self.pool, STEP).await?;
        let default = self.sections.chat.retention_days;
        let days = |policies: &[u8]| {
            // Settings that cannot be read keep the messages.
            let chat = RoomSettings::decode(policies).ok()?.chat.unwrap_or_default();
            let days = if chat.retention_days > 0 { chat.retention_days } else { default };
            u32::try_from(days).ok().filter(|days| *days > 0)
        };
        let swept = upkeep::sweep_one(&self.pool, self.clock.now(), days).await?;
        Ok(swept || filled > 0)
    }
}
