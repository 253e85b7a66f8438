//! What the room itself says in its chat.

use std::time::Duration;

use proto::room::v1::{
    ChatMessage, ListMessagesRequest, MessageType, SystemEvent, SystemEventKind as Line, TransferRoomRequest,
};

use crate::world::{Instance, Person, World, guest, user};

async fn lines(svc: &Instance, who: &Person, room: &str) -> Vec<SystemEvent> {
    let request = ListMessagesRequest { room: room.into(), ..Default::default() };
    let page = svc.chat().list_messages(who.request(request)).await.unwrap().into_inner();
    let system = |message: ChatMessage| {
        assert_eq!((message.r#type(), message.author_id.as_str()), (MessageType::System, ""));
        message.system.unwrap()
    };
    page.messages.into_iter().filter(|message| message.r#type() != MessageType::User).map(system).collect()
}

fn names(line: &SystemEvent) -> Vec<&str> {
    line.people.iter().map(|person| person.display_name.as_str()).collect()
}

// R8: joins, leaves, hand-overs and items, grouped. Rows 4.4.1-1 to -5, 6.1-41, 6.1-42.
#[tokio::test]
async fn the_room_says_who_joins_leaves_and_owns_it_and_what_was_added() {
    let world = World::start().await;
    let svc = world.instance().await;
    let ada = user("Ada");
    let room = svc.create(&ada).await.id;
    assert_eq!(lines(&svc, &ada, &room).await, [], "a chat does not begin with its owner");
    let people: Vec<_> = (0..12).map(|n| guest(&format!("Guest {n}"))).collect();
    for person in &people {
        svc.join(person, &room).await.unwrap();
    }
    svc.join(&people[0], &room).await.expect("a member is no news");
    let said = lines(&svc, &ada, &room).await;
    assert_eq!(said.len(), 1, "one message that grows");
    assert_eq!((said[0].kind(), said[0].people_count, said[0].people.len()), (Line::Join, 12, 10));
    assert_eq!(said[0].people[0].subject_id, people[0].id());

    world.clock.advance(Duration::from_mins(5));
    svc.join(&guest("Late"), &room).await.unwrap();
    svc.leave(&people[1], &room).await.unwrap();
    svc.append(&people[0], &room, "film", "").await.unwrap();
    svc.append(&people[0], &room, "sequel", "").await.unwrap();
    let request = TransferRoomRequest { room: room.clone(), subject_id: people[0].id() };
    svc.rooms().transfer_room(ada.request(request)).await.unwrap();
    let said = lines(&svc, &ada, &room).await;
    let kinds: Vec<_> = said.iter().map(SystemEvent::kind).collect();
    assert_eq!(kinds, [Line::Join, Line::Join, Line::Leave, Line::ItemAdded, Line::HandOver]);
    assert_eq!((names(&said[1]), names(&said[2])), (vec!["Late"], vec!["Guest 1"]));
    assert_eq!((said[3].count, said[3].item_title.as_str(), names(&said[3])), (2, "sequel", vec!["Guest 0"]));
    assert_eq!(names(&said[4]), ["Guest 0"]);
}

#[tokio::test]
async fn a_message_between_two_lines_separates_them() {
    let world = World::start().await;
    let svc = world.instance().await;
    let ada = user("Ada");
    let room = svc.create(&ada).await.id;
    svc.join(&guest("Bob"), &room).await.unwrap();
    svc.say(&ada, &room, "hello Bob", "1").await.unwrap();
    svc.join(&guest("Eve"), &room).await.unwrap();
    assert_eq!(
        lines(&svc, &ada, &room).await.iter().map(|line| line.people_count).collect::<Vec<_>>(),
        [1, 1]
    );
}
