//! A room changes hands.

use chrono::{DateTime, Utc};
use proto::room::v1::room_event::Kind;
use sqlx::PgConnection;

use crate::{
    domain::{Reclaim, Room},
    error::Result,
    store::{members, outbox, rooms},
};

/// Gives a room to `heir`, a member, and tells it: first what the two people are now, then the room. The caller holds
/// the room's lock.
pub(super) async fn give(
    db: &mut PgConnection,
    room: Room,
    heir: &str,
    reclaim: Option<Reclaim>,
    now: DateTime<Utc>,
) -> Result<Room> {
    let given = Room { owner_id: heir.to_owned(), reclaim, ..room.clone() };
    rooms::save(db, &given).await?;
    for subject_id in [room.owner_id.as_str(), heir] {
        // An owner who has left is nothing here any more.
        if let (_, Some(member)) = members::standing(&mut *db, &room.id.into(), subject_id).await? {
            outbox::append(db, room.id, Kind::MemberJoined(member.into()), now).await?;
        }
    }
    outbox::append(db, room.id, Kind::RoomUpdated(given.clone().into()), now).await?;
    Ok(given)
}
