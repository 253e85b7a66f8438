//! What the room itself says: lines that follow from events of the room, and from the playback.

use ids::MessageId;
use proto::room::v1::{
    HandOverReason, Person, PlaybackLine, Role, RoomEvent, SystemEventKind, chat_change, room_event::Kind,
};

use super::complete;
use crate::{
    app::App,
    domain::{Line, Member, Message, RoomKey, chat_changed, message_id},
    error::Result,
    store::{
        RoomTx,
        chat::{changes, messages, names},
    },
};

/// Tells people in the chat what an event means to them, within the transaction of its change. Returns the event of that.
pub(in crate::app) async fn tell_in_chat(
    tx: &mut RoomTx,
    event: &RoomEvent,
    actor: Option<&Member>,
) -> Result<Option<Kind>> {
    let Some(kind) = &event.kind else { return Ok(None) };
    let line = match kind {
        // A chat does not begin with the creation of its room.
        Kind::MemberJoined(member) if member.role() == Role::Owner && newest(tx).await?.is_none() => None,
        Kind::MemberJoined(member) => {
            let person =
                Person { subject_id: member.subject_id.clone(), display_name: member.display_name.clone() };
            Some(Line { kind: SystemEventKind::Join, person: Some(person), ..Line::default() })
        }
        Kind::MemberLeft(subject_id) => left(tx, subject_id, actor).await?,
        Kind::RoomUpdated(room) if event.hand_over_reason() != HandOverReason::Unspecified => {
            let person = named(tx, &room.owner_id).await?;
            person.map(|person| Line {
                kind: SystemEventKind::HandOver,
                person: Some(person),
                ..Line::default()
            })
        }
        Kind::ItemAdded(change) => {
            Some(item_line(tx, SystemEventKind::ItemAdded, actor.map(person), &change.item_id).await?)
        }
        Kind::ItemRemoved(change) => {
            Some(item_line(tx, SystemEventKind::ItemRemoved, actor.map(person), &change.item_id).await?)
        }
        _ => None,
    };
    match line {
        Some(line) => say(tx, line).await.map(Some),
        None => Ok(None),
    }
}

/// The line of someone who left or was removed. A removed person is no member any more, so their name is the one under which
/// they last wrote; who never wrote is not told of.
async fn left(tx: &mut RoomTx, subject_id: &str, actor: Option<&Member>) -> Result<Option<Line>> {
    let room = tx.room_id();
    let person = if let Some(actor) = actor.filter(|actor| actor.subject_id.to_string() == subject_id) {
        Some(person(actor))
    } else {
        let name = names::last_written(tx.db(), room, subject_id).await?;
        name.map(|display_name| Person { subject_id: subject_id.to_owned(), display_name })
    };
    Ok(person.map(|person| Line { kind: SystemEventKind::Leave, person: Some(person), ..Line::default() }))
}

/// Adds a line to the newest message of the chat where the two belong together, and else as a message of its own.
/// Returns the event that announces it.
async fn say(tx: &mut RoomTx, line: Line) -> Result<Kind> {
    let (room, now) = (tx.room_id(), tx.now());
    let newest = newest(tx).await?;
    let grown = newest.as_ref().filter(|last| last.deleted_at.is_none()).and_then(|last| {
        let event = line.clone().added_to(last.system.as_ref()?, last.sent_at, now)?;
        Some(Message { system: Some(event), ..last.clone() })
    });
    let (revision, kind) = if let Some(mut message) = grown {
        messages::set_system(tx, &message).await?;
        complete(tx.db(), room, None, std::slice::from_mut(&mut message)).await?;
        (changes::record(tx, message.id, None).await?, chat_change::Kind::Updated(message.into()))
    } else {
        let id = message_id(MessageId::new(), newest.map(|last| last.id));
        let message = Message::system(id, line.event(), now);
        (messages::insert(tx, &message).await?, chat_change::Kind::Sent(message.into()))
    };
    Ok(chat_changed(revision, kind))
}

async fn newest(tx: &mut RoomTx) -> Result<Option<Message>> {
    let room = tx.room_id();
    messages::newest(tx.db(), room).await
}

/// A line about an item. A removed item has no title any more.
async fn item_line(
    tx: &mut RoomTx,
    kind: SystemEventKind,
    person: Option<Person>,
    item_id: &str,
) -> Result<Line> {
    let room = tx.room_id();
    let title = match item_id.parse() {
        Ok(item) => names::item(tx.db(), room, item).await?,
        Err(_) => None,
    };
    Ok(Line {
        kind,
        person,
        item_id: item_id.to_owned(),
        item_title: title.unwrap_or_default(),
        position_us: 0,
    })
}

/// A member by their id; `None` for someone who is no member.
async fn named(tx: &mut RoomTx, subject_id: &str) -> Result<Option<Person>> {
    let room = tx.room_id();
    let mut names = names::people(tx.db(), room, &[subject_id.to_owned()]).await?;
    Ok(names
        .remove(subject_id)
        .map(|display_name| Person { subject_id: subject_id.to_owned(), display_name }))
}

fn person(member: &Member) -> Person {
    Person { subject_id: member.subject_id.to_string(), display_name: member.display_name.clone() }
}

impl App {
    /// Tells people in the chat what happened to the playback.
    pub(crate) async fn record_playback(&self, room: &RoomKey, lines: Vec<PlaybackLine>) -> Result<()> {
        let mut unit = self.open_for_service(room).await?;
        let mut last = None;
        for line in lines {
            let person = named(&mut unit, &line.subject_id).await?;
            if person.is_none() && !line.subject_id.is_empty() {
                continue;
            }
            let told = item_line(&mut unit, line.kind(), person, &line.item_id).await?;
            let told = Line { position_us: line.position_us, ..told };
            let kind = say(&mut unit, told).await?;
            if let Some(before) = last.replace(kind) {
                unit.tell(before).await?;
            }
        }
        match last {
            Some(last) => unit.commit(last).await,
            None => Ok(()),
        }
    }
}
