//! Who is in rooms: reports of sync-svc, and the rooms that are left without somebody who can act.

use chrono::TimeDelta;
use ids::SubjectId;
use proto::room::v1::{HandOverReason, Role};

use super::give;
use crate::{
    app::App,
    domain::{Heir, Report},
    error::Result,
    store::{
        expiry, heirs,
        live::{self, Ownerless},
    },
};

/// A room without a report for this long counts as empty: whoever reported it is gone.
const REPORTS_LAST: TimeDelta = TimeDelta::seconds(90);

/// Ownerless rooms that one round looks after.
const ROUND: i64 = 100;

impl App {
    /// Stores reports of rooms.
    pub(crate) async fn report_presence(&self, reports: &[Report]) -> Result<()> {
        let mut tx = pg::begin(&self.pool).await?;
        let grace = self.sections.rooms.seat_grace();
        let stored = live::report(&mut tx, reports, grace, self.clock.now()).await?;
        expiry::reschedule(&mut *tx, &stored, &self.sections.lifetimes()).await?;
        Ok(tx.commit().await?)
    }

    /// Empties rooms of which no report has come for too long. Safe on several replicas at once.
    pub(crate) async fn forget_stale_presence(&self) -> Result<()> {
        let now = self.clock.now();
        loop {
            let mut tx = pg::begin(&self.pool).await?;
            let grace = self.sections.rooms.seat_grace();
            let emptied = live::forget_stale(&mut tx, now - REPORTS_LAST, grace, now).await?;
            expiry::reschedule(&mut *tx, &emptied, &self.sections.lifetimes()).await?;
            tx.commit().await?;
            if emptied.is_empty() {
                return Ok(());
            }
        }
    }

    /// Gives rooms whose owner does not come back to somebody who is there. Safe on several replicas at once: the hand-over
    /// is a compare-and-set on the owner.
    pub(crate) async fn replace_gone_owners(&self) -> Result<()> {
        let (now, config) = (self.clock.now(), &self.sections.rooms);
        let ownerless = live::ownerless(
            &self.pool,
            now - TimeDelta::hours(i64::from(config.owner_gone_hours)),
            now - TimeDelta::minutes(i64::from(config.owner_left_minutes)),
            ROUND,
        );
        for ownerless in ownerless.await? {
            self.replace_owner(ownerless).await?;
        }
        Ok(())
    }

    /// The heir is the first delegate who is there, else the moderator who joined first, else whoever did. The former owner
    /// cannot reclaim the room: they had their time.
    async fn replace_owner(&self, Ownerless { room, owner, present }: Ownerless) -> Result<()> {
        let mut unit = self.open_for_service(&room.into()).await?;
        let room = unit.room().clone();
        let delegates = match room.settings.policy.heir() {
            Heir::Named(delegates) => delegates,
            Heir::First | Heir::Moderator | Heir::Nobody => Vec::new(),
        };
        let present: Vec<SubjectId> = present.into_iter().filter(|person| *person != owner).collect();
        let mut heir = delegates.into_iter().find(|delegate| present.contains(delegate));
        if heir.is_none() {
            let roles = heirs::roles_among(unit.db(), room.id, &present).await?;
            let is_moderator = |person: &&SubjectId| roles.get(person) == Some(&Role::Moderator);
            heir = present.iter().find(is_moderator).or_else(|| present.first()).copied();
        }
        let Some(heir) = heir.filter(|_| room.owner_id == owner) else { return Ok(()) };
        tracing::info!(room_id = %room.id, "giving a room whose owner does not come back to a member");
        give(unit, room, heir, None, HandOverReason::AutoHandover).await?;
        Ok(())
    }
}
