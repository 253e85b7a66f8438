//! Reports of messages to the moderators of a room.

use ids::{MessageId, ReportId};
use proto::room::v1::{ChatReport, Permission, ReportsChanged, room_event::Kind};

use crate::{
    app::App,
    domain::{Caller, RoomKey},
    error::{Error, Result},
    store::chat::reports,
};

/// Open reports of one room.
const MOST_OPEN: usize = 1000;

impl App {
    /// Reports a message, with its text as it is now. A second report by the same person changes nothing.
    pub(crate) async fn report_message(
        &self,
        caller: &Caller,
        room: &RoomKey,
        id: MessageId,
        note: &str,
    ) -> Result<()> {
        let mut unit = self.open(room, caller).await?;
        let reporter = unit.need(Permission::ViewChatHistory)?.clone();
        let message = unit.message(id).await?;
        if message.system.is_some() {
            return Err(Error::MessageNotFound);
        }
        if usize::try_from(reports::count_open(&mut unit).await?).is_ok_and(|open| open >= MOST_OPEN) {
            return Err(Error::ChatListFull { list: "reports", max: MOST_OPEN });
        }
        if !reports::insert(&mut unit, ReportId::new(), &message, &reporter, note.trim()).await? {
            return Ok(());
        }
        unit.commit(Kind::ReportsChanged(ReportsChanged {})).await
    }

    /// The open reports, newest first, up to 100.
    pub(crate) async fn list_reports(&self, caller: &Caller, room: &RoomKey) -> Result<Vec<ChatReport>> {
        let access = self.get_access(caller, room).await?;
        access.member.need(Permission::DeleteChat)?;
        reports::list_open(&self.pool, access.room.id).await
    }

    /// Closes a report and the others of the same message.
    pub(crate) async fn close_report(
        &self,
        caller: &Caller,
        room: &RoomKey,
        id: Option<ReportId>,
    ) -> Result<()> {
        let mut unit = self.open(room, caller).await?;
        unit.need(Permission::DeleteChat)?;
        // An invalid id names no report.
        let Some(id) = id else { return Ok(()) };
        if reports::close(&mut unit, id, caller.id).await? {
            unit.commit(Kind::ReportsChanged(ReportsChanged {})).await
        } else {
            Ok(())
        }
    }
}
