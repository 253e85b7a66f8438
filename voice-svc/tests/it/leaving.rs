//! People are taken out of voice when the room's stream says so.

use proto::room::v1::{Member, Role, RolesChanged, Room, RoomClosed, room_event::Kind};

use super::world::{World, id_of, names};

#[tokio::test]
async fn who_loses_the_session_the_membership_or_the_permission_is_out() {
    let world = World::new().await;
    let instance = world.start();
    let [mia, ben, cleo] = ["mia", "ben", "cleo"].map(|name| world.person(name));
    for (who, session) in [(&mia, "session_mia"), (&ben, "session_ben"), (&cleo, "session_cleo")] {
        instance.join(who, session).await.unwrap();
    }
    world.closes("session_mia");
    assert_eq!(names(&world.until(&instance, 2).await), ["ben", "cleo"]);
    world.may(&ben, Role::Guest, &[]);
    world.tells(Kind::MemberChanged(Member { subject_id: id_of(&ben), ..Member::default() }));
    assert_eq!(names(&world.until(&instance, 1).await), ["cleo"]);
    world.tells(Kind::MemberLeft(id_of(&cleo)));
    world.until(&instance, 0).await;
}

#[tokio::test]
async fn a_change_for_everyone_takes_out_those_who_may_no_longer_talk() {
    let world = World::new().await;
    let instance = world.start();
    let [mia, ben] = ["mia", "ben"].map(|name| world.person(name));
    instance.join(&mia, "session_mia").await.unwrap();
    instance.join(&ben, "session_ben").await.unwrap();
    world.may(&mia, Role::Guest, &[]);
    world.tells(Kind::RolesChanged(RolesChanged {}));
    assert_eq!(names(&world.until(&instance, 1).await), ["ben"]);
    // The voice chat is switched off: then nobody has the permission.
    world.may(&ben, Role::Guest, &[]);
    world.tells(Kind::RoomUpdated(Room::default()));
    world.until(&instance, 0).await;
}

#[tokio::test]
async fn the_end_of_a_room_is_the_end_of_its_voice() {
    let world = World::new().await;
    let instance = world.start();
    let mia = world.person("mia");
    instance.join(&mia, "session_mia").await.unwrap();
    world.tells(Kind::RoomClosed(RoomClosed::default()));
    world.until(&instance, 0).await;
}
