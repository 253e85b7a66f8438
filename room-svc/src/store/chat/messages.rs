//! Chat messages.

use chrono::{DateTime, Utc};
use ids::{MessageId, RoomId, SubjectId};
use prost::Message as _;
use proto::room::v1::{MessageStyle, Quote, SystemEvent};
use sqlx::{FromRow, PgConnection, PgExecutor, Row as _, postgres::PgRow};
use uuid::Uuid;

use crate::{
    domain::{Message, author_id, search_terms},
    error::Result,
    store::{RoomTx, parse_subject, subject},
};

/// The columns of a message `m`, with the message that it answers.
macro_rules! columns {
    () => {
        "m.id, m.author_id, m.author_name, m.text, m.sent_at, m.item_id, m.position_us, m.client_message_id, m.style,
         m.system, m.edited_at, m.deleted_at, m.revision, m.reply_to, q.author_id AS quoted_author_id,
         q.author_name AS quoted_author_name, left(q.text, 200) AS quoted_text, q.deleted_at IS NULL AS quoted_is_there,
         EXISTS (SELECT FROM room.pins p WHERE p.room_id = m.room_id AND p.message_id = m.id) AS pinned"
    };
}

/// Messages `m`, each with the one that it answers as `q`.
macro_rules! messages {
    () => {
        " FROM room.messages m LEFT JOIN room.messages q ON q.room_id = m.room_id AND q.id = m.reply_to "
    };
}
pub(super) use {columns, messages};

impl FromRow<'_, PgRow> for Message {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        let system: Option<&[u8]> = row.try_get("system")?;
        let system = system.map(SystemEvent::decode).transpose();
        Ok(Self {
            id: row.try_get::<Uuid, _>("id")?.into(),
            author_id: subject(row, "author_id")?,
            author_name: row.try_get("author_name")?,
            text: row.try_get("text")?,
            sent_at: row.try_get("sent_at")?,
            item_id: row.try_get::<Option<Uuid>, _>("item_id")?.map(Into::into),
            position_us: row.try_get("position_us")?,
            client_message_id: row.try_get("client_message_id")?,
            style: MessageStyle::try_from(i32::from(row.try_get::<i16, _>("style")?)).unwrap_or_default(),
            system: system.map_err(|error| sqlx::Error::Decode(error.into()))?,
            reply_to: quote(row)?,
            mentions: Vec::new(),
            reactions: Vec::new(),
            edited_at: row.try_get("edited_at")?,
            deleted_at: row.try_get("deleted_at")?,
            pinned: row.try_get("pinned")?,
            revision: row.try_get("revision")?,
        })
    }
}

fn quote(row: &PgRow) -> sqlx::Result<Option<Quote>> {
    let Some(id) = row.try_get::<Option<Uuid>, _>("reply_to")? else { return Ok(None) };
    let author: Option<&str> = row.try_get("quoted_author_id")?;
    Ok(Some(Quote {
        message_id: MessageId::from(id).to_string(),
        author_id: author.map(parse_subject).transpose()?.map(author_id).unwrap_or_default(),
        author_name: row.try_get::<Option<String>, _>("quoted_author_name")?.unwrap_or_default(),
        text: row.try_get::<Option<String>, _>("quoted_text")?.unwrap_or_default(),
        deleted: author.is_none() || !row.try_get::<bool, _>("quoted_is_there")?,
    }))
}

/// The newest message of a room, whatever it is.
pub(crate) async fn last_id(db: impl PgExecutor<'_>, room: RoomId) -> Result<Option<MessageId>> {
    let query = sqlx::query_scalar::<_, Uuid>(
        "SELECT id FROM room.messages WHERE room_id = $1 ORDER BY id DESC LIMIT 1",
    );
    Ok(query.bind(room.uuid()).fetch_optional(db).await?.map(Into::into))
}

/// When an author sent their last message, whether or not it is deleted by now.
pub(crate) async fn last_sent_at(
    db: impl PgExecutor<'_>,
    room: RoomId,
    author: SubjectId,
) -> Result<Option<DateTime<Utc>>> {
    let query = sqlx::query_scalar(
        "SELECT sent_at FROM room.messages WHERE room_id = $1 AND author_id = $2 ORDER BY id DESC LIMIT 1",
    );
    Ok(query.bind(room.uuid()).bind(author.to_string()).fetch_optional(db).await?)
}

/// The message that this author's client sent with this id.
pub(crate) async fn sent_as(
    db: impl PgExecutor<'_>,
    room: RoomId,
    author: SubjectId,
    client_message_id: &str,
) -> Result<Option<Message>> {
    let query = sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        messages!(),
        "WHERE m.room_id = $1 AND m.author_id = $2 AND m.client_message_id = $3"
    ));
    Ok(query.bind(room.uuid()).bind(author.to_string()).bind(client_message_id).fetch_optional(db).await?)
}

/// One message.
pub(crate) async fn get(db: impl PgExecutor<'_>, room: RoomId, id: MessageId) -> Result<Option<Message>> {
    Ok(get_many(db, room, &[id.uuid()]).await?.pop())
}

/// Those of these messages that exist.
pub(crate) async fn get_many(db: impl PgExecutor<'_>, room: RoomId, ids: &[Uuid]) -> Result<Vec<Message>> {
    let query = sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        messages!(),
        "WHERE m.room_id = $1 AND m.id = ANY($2)"
    ));
    Ok(query.bind(room.uuid()).bind(ids).fetch_all(db).await?)
}

/// The newest message of a room.
pub(crate) async fn newest(db: impl PgExecutor<'_>, room: RoomId) -> Result<Option<Message>> {
    Ok(list_before(db, room, Uuid::max(), 1).await?.pop())
}

/// Stores a message. Returns the revision that brings it.
pub(crate) async fn insert(tx: &mut RoomTx, message: &Message) -> Result<i64> {
    let query = sqlx::query_scalar(concat!(
        "WITH head AS (",
        super::changes::next_revision!(),
        ")
         INSERT INTO room.messages (room_id, id, author_id, author_name, text, sent_at, item_id, position_us,
                                    client_message_id, type, style, system, reply_to, terms, revision)
         SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14::tsvector, revision FROM head RETURNING revision"
    ));
    let reply_to = message.reply_to.as_ref().and_then(|quote| quote.message_id.parse().ok());
    let kind: i16 = if message.system.is_some() { 2 } else { 1 };
    let revision = query
        .bind(tx.room_id().uuid())
        .bind(message.id.uuid())
        .bind(message.author_id.to_string())
        .bind(&message.author_name)
        .bind(&message.text)
        .bind(message.sent_at)
        .bind(message.item_id.map(ids::ItemId::uuid))
        .bind(message.position_us)
        .bind(&message.client_message_id)
        .bind(kind)
        .bind(message.style as i16)
        .bind(message.system.as_ref().map(SystemEvent::encode_to_vec))
        .bind(reply_to.map(MessageId::uuid))
        .bind(search_terms(tx.room_id(), &message.text))
        .fetch_one(tx.db())
        .await?;
    Ok(revision)
}

/// Stores the changed text of a message.
pub(crate) async fn set_text(tx: &mut RoomTx, message: &Message) -> Result<()> {
    let query = sqlx::query(
        "UPDATE room.messages SET text = $3, edited_at = $4, terms = $5::tsvector WHERE room_id = $1 AND id = $2",
    );
    let query = query.bind(tx.room_id().uuid()).bind(message.id.uuid()).bind(&message.text);
    let terms = search_terms(tx.room_id(), &message.text);
    query.bind(message.edited_at).bind(terms).execute(tx.db()).await?;
    Ok(())
}

/// Stores what a system message tells now.
pub(crate) async fn set_system(tx: &mut RoomTx, message: &Message) -> Result<()> {
    let query = sqlx::query("UPDATE room.messages SET system = $3 WHERE room_id = $1 AND id = $2");
    let system = message.system.as_ref().map(SystemEvent::encode_to_vec);
    let query = query.bind(tx.room_id().uuid()).bind(message.id.uuid()).bind(system);
    query.execute(tx.db()).await?;
    Ok(())
}

/// Deletes the text of a message and all that hangs on it. The message keeps its place.
pub(crate) async fn delete(tx: &mut RoomTx, id: MessageId) -> Result<()> {
    let query = sqlx::query(
        "WITH gone AS (UPDATE room.messages SET text = '', terms = NULL, deleted_at = $3 WHERE room_id = $1 AND id = $2),
              mentions AS (DELETE FROM room.mentions WHERE room_id = $1 AND message_id = $2),
              pins AS (DELETE FROM room.pins WHERE room_id = $1 AND message_id = $2)
         DELETE FROM room.reactions WHERE room_id = $1 AND message_id = $2",
    );
    let now = tx.now();
    query.bind(tx.room_id().uuid()).bind(id.uuid()).bind(now).execute(tx.db()).await?;
    Ok(())
}

/// Deletes the texts of all messages of an author, and all that hangs on them. Returns the last of them and their number;
/// `None`: there was none.
pub(crate) async fn delete_all(tx: &mut RoomTx, author: SubjectId) -> Result<Option<(MessageId, i64)>> {
    let query = sqlx::query_as::<_, (Option<Uuid>, i64)>(
        "WITH gone AS (UPDATE room.messages SET text = '', terms = NULL, deleted_at = $3
                       WHERE room_id = $1 AND author_id = $2 AND deleted_at IS NULL RETURNING id),
              mentions AS (DELETE FROM room.mentions WHERE room_id = $1 AND message_id IN (SELECT id FROM gone)),
              pins AS (DELETE FROM room.pins WHERE room_id = $1 AND message_id IN (SELECT id FROM gone)),
              reactions AS (DELETE FROM room.reactions WHERE room_id = $1 AND message_id IN (SELECT id FROM gone))
         SELECT (SELECT id FROM gone ORDER BY id DESC LIMIT 1), (SELECT count(*) FROM gone)",
    );
    let now = tx.now();
    let query = query.bind(tx.room_id().uuid()).bind(author.to_string()).bind(now);
    let (last, count) = query.fetch_one(tx.db()).await?;
    Ok(last.map(|last| (last.into(), count)))
}

/// Messages older than `before`, newest first.
pub(crate) async fn list_before(
    db: impl PgExecutor<'_>,
    room: RoomId,
    before: Uuid,
    limit: i64,
) -> Result<Vec<Message>> {
    let query = sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        messages!(),
        "WHERE m.room_id = $1 AND m.id < $2 ORDER BY m.id DESC LIMIT $3"
    ));
    Ok(query.bind(room.uuid()).bind(before).bind(limit).fetch_all(db).await?)
}

/// Messages newer than `after`, oldest first.
pub(crate) async fn list_after(
    db: impl PgExecutor<'_>,
    room: RoomId,
    after: MessageId,
    limit: i64,
) -> Result<Vec<Message>> {
    let query = sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        messages!(),
        "WHERE m.room_id = $1 AND m.id > $2 ORDER BY m.id LIMIT $3"
    ));
    Ok(query.bind(room.uuid()).bind(after.uuid()).bind(limit).fetch_all(db).await?)
}

/// Messages that later revisions than `after` brought, in that order.
pub(crate) async fn list_since(
    db: impl PgExecutor<'_>,
    room: RoomId,
    after: i64,
    limit: i64,
) -> Result<Vec<Message>> {
    let query = sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        messages!(),
        "WHERE m.room_id = $1 AND m.revision > greatest($2, 0) ORDER BY m.revision LIMIT $3"
    ));
    Ok(query.bind(room.uuid()).bind(after).bind(limit).fetch_all(db).await?)
}

/// A page of the messages of a source.
macro_rules! found {
    ($source:literal) => {
        concat!(
            "SELECT ",
            columns!(),
            " FROM (",
            $source,
            " ORDER BY id DESC LIMIT $5) m
              LEFT JOIN room.messages q ON q.room_id = m.room_id AND q.id = m.reply_to ORDER BY m.id DESC"
        )
    };
}

/// Looks through the next 10,000 messages. Words that many messages have are found there, without the index.
const AMONG_THE_NEXT: &str = found!(
    "SELECT * FROM (SELECT * FROM room.messages WHERE room_id = $1 AND id < $2 ORDER BY id DESC LIMIT 10000) next
     WHERE terms @@ $3::tsquery AND ($4::text IS NULL OR author_id = $4)"
);

/// Finds messages by the index of terms. Materialized: with the limit in sight, PostgreSQL would walk backwards through hundreds of
/// thousands of messages for words that are seldom in one.
const BY_TERMS: &str = found!(
    "SELECT * FROM room.messages WHERE id IN (
         WITH matching AS MATERIALIZED (
             SELECT id FROM room.messages WHERE terms @@ $3::tsquery AND room_id = $1 AND id < $2
               AND ($4::text IS NULL OR author_id = $4))
         SELECT id FROM matching ORDER BY id DESC LIMIT $5) AND room_id = $1"
);

/// Messages that match a query, newest first.
pub(crate) async fn search(
    db: &mut PgConnection,
    room: RoomId,
    query: &str,
    author: Option<SubjectId>,
    before: Uuid,
    limit: i64,
) -> Result<Vec<Message>> {
    let author = author.map(|author| author.to_string());
    let mut page = async |statement| {
        let page = sqlx::query_as(statement).bind(room.uuid()).bind(before).bind(query);
        page.bind(&author).bind(limit).fetch_all(&mut *db).await
    };
    let found: Vec<Message> = page(AMONG_THE_NEXT).await?;
    if i64::try_from(found.len()) == Ok(limit) {
        return Ok(found);
    }
    Ok(page(BY_TERMS).await?)
}

/// The messages of a person that are not deleted, newest first.
pub(crate) async fn written_by(
    db: impl PgExecutor<'_>,
    room: RoomId,
    author: SubjectId,
    before: Uuid,
    limit: i64,
) -> Result<Vec<Message>> {
    let found = sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM (SELECT * FROM room.messages WHERE room_id = $1 AND author_id = $2 AND id < $3 AND deleted_at IS NULL
                ORDER BY id DESC LIMIT $4) m
          LEFT JOIN room.messages q ON q.room_id = m.room_id AND q.id = m.reply_to ORDER BY m.id DESC"
    ));
    let found = found.bind(room.uuid()).bind(author.to_string()).bind(before).bind(limit);
    Ok(found.fetch_all(db).await?)
}

/// The ids and texts of the last messages of people, newest first.
pub(crate) async fn texts(db: impl PgExecutor<'_>, room: RoomId, limit: i64) -> Result<Vec<(Uuid, String)>> {
    let query = sqlx::query_as(
        "SELECT id, text FROM room.messages WHERE room_id = $1 AND type = 1 AND deleted_at IS NULL ORDER BY id DESC LIMIT $2",
    );
    Ok(query.bind(room.uuid()).bind(limit).fetch_all(db).await?)
}
