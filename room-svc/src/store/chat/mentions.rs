//! Mentions of people in messages.

use std::collections::HashMap;

use ids::{MessageId, RoomId, SubjectId};
use proto::room::v1::Mention;
use sqlx::{PgExecutor, Row as _};
use uuid::Uuid;

use crate::{
    error::Result,
    store::{RoomTx, parse_subject},
};

/// Replaces the mentions of a message whose text changed.
pub(crate) async fn replace(tx: &mut RoomTx, message: MessageId, mentions: &[Mention]) -> Result<()> {
    let (room, id) = (tx.room_id().uuid(), message.uuid());
    sqlx::query("DELETE FROM room.mentions WHERE room_id = $1 AND message_id = $2 AND length > 0")
        .bind(room)
        .bind(id)
        .execute(tx.db())
        .await?;
    insert(tx, message, mentions, None).await
}

/// Stores the mentions of a new message. `answered` is the person whom it answers.
pub(crate) async fn insert(
    tx: &mut RoomTx,
    message: MessageId,
    mentions: &[Mention],
    answered: Option<SubjectId>,
) -> Result<()> {
    if mentions.is_empty() && answered.is_none() {
        return Ok(());
    }
    let mut subjects: Vec<_> = mentions.iter().map(|mention| mention.subject_id.clone()).collect();
    let mut starts: Vec<_> = mentions.iter().map(|mention| mention.start).collect();
    let mut lengths: Vec<_> = mentions.iter().map(|mention| mention.length).collect();
    if let Some(answered) = answered {
        subjects.push(answered.to_string());
        starts.push(0);
        lengths.push(0);
    }
    let query = sqlx::query(
        "INSERT INTO room.mentions (room_id, message_id, subject_id, start, length)
         SELECT $1, $2, * FROM unnest($3::text[], $4::integer[], $5::integer[])",
    );
    let query = query.bind(tx.room_id().uuid()).bind(message.uuid());
    query.bind(subjects).bind(starts).bind(lengths).execute(tx.db()).await?;
    Ok(())
}

/// The mentions of these messages, in the order of each text.
pub(crate) async fn of(
    db: impl PgExecutor<'_>,
    room: RoomId,
    messages: &[Uuid],
) -> Result<HashMap<Uuid, Vec<Mention>>> {
    let query = sqlx::query(
        "SELECT n.message_id, n.subject_id, n.start, n.length, coalesce(m.display_name, '') AS display_name
         FROM room.mentions n LEFT JOIN room.members m ON m.room_id = n.room_id AND m.subject_id = n.subject_id
         WHERE n.room_id = $1 AND n.message_id = ANY($2) AND n.length > 0 ORDER BY n.message_id, n.start",
    );
    let mut all: HashMap<Uuid, Vec<Mention>> = HashMap::new();
    for row in query.bind(room.uuid()).bind(messages).fetch_all(db).await? {
        let mention = Mention {
            subject_id: parse_subject(row.try_get("subject_id")?)?.to_string(),
            start: row.try_get("start")?,
            length: row.try_get("length")?,
            display_name: row.try_get("display_name")?,
        };
        all.entry(row.try_get("message_id")?).or_default().push(mention);
    }
    Ok(all)
}
