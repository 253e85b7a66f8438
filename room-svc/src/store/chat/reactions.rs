//! Reactions to messages.

use std::collections::HashMap;

use ids::{MessageId, RoomId, SubjectId};
use proto::room::v1::{Person, Reaction};
use sqlx::{PgExecutor, Row as _};
use uuid::Uuid;

use crate::{domain::Member, error::Result, store::RoomTx};

/// How often a message has a reaction, and how many different ones.
pub(crate) struct Counts {
    pub(crate) of_key: i32,
    pub(crate) keys: i32,
}

/// Counts the reactions of a message.
pub(crate) async fn counts(tx: &mut RoomTx, message: MessageId, key: &str) -> Result<Counts> {
    let query = sqlx::query_as::<_, (i32, i32)>(
        "SELECT count(*) FILTER (WHERE key = $3)::integer, count(DISTINCT key)::integer
         FROM room.reactions WHERE room_id = $1 AND message_id = $2",
    );
    let query = query.bind(tx.room_id().uuid()).bind(message.uuid()).bind(key);
    let (of_key, keys) = query.fetch_one(tx.db()).await?;
    Ok(Counts { of_key, keys })
}

/// Adds a reaction. Returns whether it is new.
pub(crate) async fn insert(tx: &mut RoomTx, message: MessageId, key: &str, member: &Member) -> Result<bool> {
    let query = sqlx::query(
        "INSERT INTO room.reactions (room_id, message_id, key, subject_id, display_name, reacted_at)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
    );
    let now = tx.now();
    let query = query.bind(tx.room_id().uuid()).bind(message.uuid()).bind(key);
    let query = query.bind(member.subject_id.to_string()).bind(&member.display_name).bind(now);
    Ok(query.execute(tx.db()).await?.rows_affected() > 0)
}

/// Removes a reaction. Returns whether there was one.
pub(crate) async fn remove(
    tx: &mut RoomTx,
    message: MessageId,
    key: &str,
    subject: SubjectId,
) -> Result<bool> {
    let query = sqlx::query(
        "DELETE FROM room.reactions WHERE room_id = $1 AND message_id = $2 AND key = $3 AND subject_id = $4",
    );
    let query = query.bind(tx.room_id().uuid()).bind(message.uuid()).bind(key).bind(subject.to_string());
    Ok(query.execute(tx.db()).await?.rows_affected() > 0)
}

/// The reactions to these messages, in the order in which each was first used, as a person sees them.
pub(crate) async fn of(
    db: impl PgExecutor<'_>,
    room: RoomId,
    messages: &[Uuid],
    viewer: Option<SubjectId>,
) -> Result<HashMap<Uuid, Vec<Reaction>>> {
    let query = sqlx::query(
        "SELECT message_id, key, count(*)::integer AS count, bool_or(subject_id = $3) AS mine,
                (array_agg(subject_id ORDER BY reacted_at, subject_id))[1:10] AS subject_ids,
                (array_agg(display_name ORDER BY reacted_at, subject_id))[1:10] AS names
         FROM room.reactions WHERE room_id = $1 AND message_id = ANY($2)
         GROUP BY message_id, key ORDER BY message_id, min(reacted_at), key",
    );
    let viewer = viewer.map(|viewer| viewer.to_string()).unwrap_or_default();
    let mut all: HashMap<Uuid, Vec<Reaction>> = HashMap::new();
    for row in query.bind(room.uuid()).bind(messages).bind(viewer).fetch_all(db).await? {
        let (ids, names): (Vec<String>, Vec<String>) = (row.try_get("subject_ids")?, row.try_get("names")?);
        let people = ids.into_iter().zip(names);
        let reaction = Reaction {
            key: row.try_get("key")?,
            count: row.try_get("count")?,
            people: people.map(|(subject_id, display_name)| Person { subject_id, display_name }).collect(),
            mine: row.try_get("mine")?,
        };
        all.entry(row.try_get("message_id")?).or_default().push(reaction);
    }
    Ok(all)
}
