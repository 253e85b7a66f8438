//! Removes people from a room: kick, ban, and the way back.

use chrono::{DateTime, TimeDelta, Utc};
use ids::SubjectId;
use proto::room::v1::{
    BanMemberRequest, BansChanged, KickMemberRequest, ListBansRequest, Permission, Removal, RoomEvent,
    room_event::Kind,
};

use super::leave;
use crate::{
    app::{App, page_limit, unit::Unit},
    domain::{Bar, Caller, List, Member, PageToken, RoomKey, Traces, need_rank_above},
    error::{Error, Result},
    store::{bars, members, standings},
};

/// How long a removed person stays out, unless the request says it.
const COOLDOWN: TimeDelta = TimeDelta::seconds(300);
/// People whom a room keeps out at most.
const MOST_BARS: i64 = 1000;

impl App {
    /// Removes a member for a time. Returns when they may join again.
    pub(crate) async fn kick_member(
        &self,
        caller: &Caller,
        room: &RoomKey,
        subject: SubjectId,
        request: &KickMemberRequest,
    ) -> Result<DateTime<Utc>> {
        let mut unit = self.open(room, caller).await?;
        let actor = unit.need(Permission::Kick)?.clone();
        let target = target(&mut unit, &actor, subject).await?;
        let target = target.ok_or_else(|| Error::MemberNotFound(subject.to_string()))?;
        let cooldown = match request.cooldown_seconds {
            0 => COOLDOWN,
            seconds => TimeDelta::seconds(seconds.into()),
        };
        let until = unit.now() + cooldown;
        let bar = bar(&unit, &actor, (subject, target.display_name.clone()), Some(until), &request.note);
        keep_out(&mut unit, &bar).await?;
        remove(unit, &bar, true).await?;
        Ok(until)
    }

    /// Bans a person, who need not be a member.
    pub(crate) async fn ban_member(
        &self,
        caller: &Caller,
        room: &RoomKey,
        subject: SubjectId,
        request: &BanMemberRequest,
    ) -> Result<Bar> {
        let mut unit = self.open(room, caller).await?;
        let actor = unit.need(Permission::Ban)?.clone();
        let target = target(&mut unit, &actor, subject).await?;
        let until = (request.seconds > 0).then(|| unit.now() + TimeDelta::seconds(request.seconds.into()));
        let name = target.as_ref().map_or_else(|| subject.to_string(), |member| member.display_name.clone());
        let bar = Bar { is_ban: true, ..bar(&unit, &actor, (subject, name), until, &request.note) };
        let bar = if request.network { bar.with_network() } else { bar };
        keep_out(&mut unit, &bar).await?;
        remove(unit, &bar, target.is_some()).await?;
        Ok(bar)
    }

    /// One page of the bans in force, newest first, and the token of the next page.
    pub(crate) async fn list_bans(
        &self,
        caller: &Caller,
        room: &RoomKey,
        request: &ListBansRequest,
    ) -> Result<(Vec<Bar>, String)> {
        let before = PageToken::<25>::parse(List::Bans, &request.page_token)?;
        let before = before.map(|token| place(token.0)).transpose()?;
        let access = self.get_access(caller, room).await?;
        access.member.need(Permission::Ban)?;
        let (size, limit) = page_limit(request.page_size, 50);
        let mut page = bars::list(&self.pool, access.room.id, before, access.now, limit).await?;
        let more = page.len() > size;
        page.truncate(size);
        let last = page.last().filter(|_| more);
        let next = last.map(|bar| PageToken(token(bar)).text(List::Bans));
        Ok((page, next.unwrap_or_default()))
    }

    /// Lets a person in again, if they are kept out.
    pub(crate) async fn unban(&self, caller: &Caller, room: &RoomKey, subject: SubjectId) -> Result<()> {
        let mut unit = self.open(room, caller).await?;
        let actor = unit.member()?.clone();
        let (id, now) = (unit.room_id(), unit.now());
        let found = bars::of(unit.db(), id, subject, &Traces::default(), now).await?;
        let is_cooldown = found.as_ref().is_some_and(|bar| !bar.is_ban);
        actor.need(if is_cooldown { Permission::Kick } else { Permission::Ban })?;
        if bars::remove(&mut unit, subject).await? {
            unit.commit(Kind::BansChanged(BansChanged {})).await?;
        }
        Ok(())
    }
}

/// The person as a member. Fails unless they rank below the caller, member or not.
async fn target(unit: &mut Unit<'_>, actor: &Member, subject: SubjectId) -> Result<Option<Member>> {
    if unit.room().owner_id == subject {
        return Err(Error::RankTooLow);
    }
    let id = unit.room_id();
    let member = members::standing(unit.db(), &id.into(), subject).await?.1;
    let role = match &member {
        Some(member) => member.role,
        None => standings::role_of(unit.db(), id, subject).await?,
    };
    need_rank_above(actor, role)?;
    Ok(member)
}

fn bar(
    unit: &Unit<'_>,
    actor: &Member,
    (subject_id, display_name): (SubjectId, String),
    until: Option<DateTime<Utc>>,
    note: &str,
) -> Bar {
    Bar {
        subject_id,
        display_name,
        is_ban: false,
        until,
        note: note.trim().to_owned(),
        by_id: actor.subject_id,
        by_name: actor.display_name.clone(),
        created_at: unit.now(),
        network_until: None,
    }
}

async fn keep_out(unit: &mut Unit<'_>, bar: &Bar) -> Result<()> {
    let id = unit.room_id();
    if bars::count(unit.db(), id).await? >= MOST_BARS {
        return Err(Error::ListFull { list: "bans", max: MOST_BARS });
    }
    bars::insert(unit, bar).await?;
    standings::demote(unit, bar.subject_id).await
}

/// Ends the membership of a person who is kept out, and commits.
async fn remove(mut unit: Unit<'_>, bar: &Bar, is_member: bool) -> Result<()> {
    if !is_member {
        return unit.commit(Kind::BansChanged(BansChanged {})).await;
    }
    unit.tell(Kind::BansChanged(BansChanged {})).await?;
    leave::end_membership(&mut unit, bar.subject_id).await?;
    let removal = Removal { by_id: bar.by_id.to_string(), by_name: bar.by_name.clone(), banned: bar.is_ban };
    let kind = Some(Kind::MemberLeft(bar.subject_id.to_string()));
    unit.commit_event(RoomEvent { kind, removal: Some(removal), ..RoomEvent::default() }).await
}

/// Where a list continues: the instant in microseconds, then the person.
fn token(bar: &Bar) -> [u8; 25] {
    let mut bytes = [0; 25];
    let (kind, id) = match bar.subject_id {
        SubjectId::User(id) => (0, id.uuid()),
        SubjectId::Guest(id) => (1, id.uuid()),
    };
    bytes[..8].copy_from_slice(&bar.created_at.timestamp_micros().to_be_bytes());
    bytes[8] = kind;
    bytes[9..].copy_from_slice(id.as_bytes());
    bytes
}

fn place(bytes: [u8; 25]) -> Result<(DateTime<Utc>, SubjectId)> {
    let [at @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = bytes;
    let at = DateTime::from_timestamp_micros(i64::from_be_bytes(at)).ok_or(Error::PageTokenInvalid)?;
    let mut id = [0; 16];
    id.copy_from_slice(&bytes[9..]);
    let id = uuid::Uuid::from_bytes(id);
    Ok((at, if bytes[8] == 0 { ids::UserId::from(id).into() } else { ids::GuestId::from(id).into() }))
}
