//! Removes what is no longer used: guests who do not come back, old visits, old entries of logs.

use chrono::TimeDelta;
use proto::room::v1::room_event::Kind;

use crate::{
    app::App,
    error::{Error, Result},
    store::gone,
};

impl App {
    /// Ends the membership of guests who have not been in their rooms for too long. Safe on several replicas at once: each room
    /// is locked.
    pub(crate) async fn forget_gone_guests(&self) -> Result<()> {
        let days = i64::from(self.sections.cleanup.gone_guests_days);
        let before = self.clock.now() - TimeDelta::days(days);
        loop {
            let rooms = gone::rooms_with_gone_guests(&self.pool, before).await?;
            if rooms.is_empty() {
                return Ok(());
            }
            for room in rooms {
                let mut unit = match self.open_for_service(&room.into()).await {
                    Ok(unit) => unit,
                    Err(Error::RoomNotFound(_)) => continue,
                    Err(error) => return Err(error),
                };
                for guest in gone::forget_guests(&mut unit, before).await? {
                    unit.tell(Kind::MemberLeft(guest.to_string())).await?;
                }
                unit.commit_told().await?;
            }
        }
    }

    /// Forgets visits and entries of logs that are too old.
    pub(crate) async fn forget_old_records(&self) -> Result<()> {
        let ago = |days: u32| self.clock.now() - TimeDelta::days(i64::from(days));
        let (visits, log) = (ago(self.sections.cleanup.history_days), ago(self.sections.rooms.log_days));
        while gone::forget_visits(&self.pool, visits).await? {}
        while gone::forget_log(&self.pool, log).await? {}
        Ok(())
    }
}
