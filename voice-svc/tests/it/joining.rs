//! Entering voice, what others see of it, and who may.

use proto::{
    room::v1::{Permission, Role},
    voice::v1::*,
};
use rpc::Reason;

use super::world::{World, names, reason};

#[tokio::test]
async fn people_enter_and_leave_and_everyone_sees_them() {
    let world = World::new().await;
    let instance = world.start();
    let (mia, ben) = (world.person("mia"), world.person("ben"));
    assert_eq!(instance.read().await, []);
    instance.join(&mia, "session_mia").await.unwrap();
    let voice = instance.join(&ben, "session_ben").await.unwrap();
    assert_eq!((names(&voice.participants), voice.max_participants), (vec!["mia", "ben"], 3));
    assert!(voice.participants.iter().all(|participant| participant.joined_at.is_some()));
    let again = instance.join(&mia, "session_mia").await.unwrap();
    assert_eq!(again, voice, "to enter twice changes nothing");

    let own = VoiceSelf { muted: true, mode: VoiceMode::Activity.into(), ..VoiceSelf::default() };
    let update = |session_id: &str| {
        mia.request(UpdateVoiceRequest {
            room: instance.room.clone(),
            session_id: session_id.into(),
            own: Some(own),
        })
    };
    instance.service.clone().update_voice(update("session_mia")).await.unwrap();
    assert_eq!(instance.read().await[0].own, Some(own));
    let foreign = instance.service.clone().update_voice(update("session_ben")).await.unwrap_err();
    assert_eq!(reason(&foreign), Reason::NotInVoice);

    let leave = |session_id: &str| {
        mia.request(LeaveVoiceRequest { room: instance.room.clone(), session_id: session_id.into() })
    };
    instance.service.clone().leave_voice(leave("session_ben")).await.unwrap();
    assert_eq!(instance.read().await.len(), 2, "nobody takes out others");
    instance.service.clone().leave_voice(leave("session_mia")).await.unwrap();
    instance.service.clone().leave_voice(leave("session_mia")).await.unwrap();
    let get = ben.request(GetVoiceRequest { room: instance.room.clone() });
    let voice = instance.service.clone().get_voice(get).await.unwrap().into_inner().voice.unwrap();
    assert_eq!(names(&voice.participants), ["ben"]);
}

#[tokio::test]
async fn a_person_with_two_devices_is_in_voice_with_the_one_that_came_last() {
    let world = World::new().await;
    let instance = world.start();
    let mia = world.person("mia");
    world.opens(&mia, "session_tv");
    instance.join(&mia, "session_mia").await.unwrap();
    let voice = instance.join(&mia, "session_tv").await.unwrap();
    assert_eq!((voice.participants.len(), voice.participants[0].session_id.as_str()), (1, "session_tv"));
}

#[tokio::test]
async fn nobody_enters_without_permission_with_a_foreign_session_or_beyond_the_limit() {
    let world = World::new().await;
    let instance = world.start();
    let people = ["mia", "ben", "cleo", "dan"].map(|name| (world.person(name), format!("session_{name}")));
    let silent = world.member("eve", Role::Guest, &[]);
    world.opens(&silent, "session_eve");

    let refused = instance.join(&silent, "session_eve").await.unwrap_err();
    assert_eq!(reason(&refused), Reason::PermissionMissing);
    let foreign = instance.join(&people[0].0, "session_eve").await.unwrap_err();
    assert_eq!(reason(&foreign), Reason::SessionNotFound);
    for (who, session) in &people[..3] {
        instance.join(who, session).await.unwrap();
    }
    let full = instance.join(&people[3].0, &people[3].1).await.unwrap_err();
    assert_eq!(reason(&full), Reason::VoiceFull);
    assert!(full.message().contains("(3 of 3)"), "{}", full.message());
    assert_eq!(instance.read().await.len(), 3);

    world.may(&people[0].0, Role::Guest, &[Permission::UseVoice]);
    let unknown = VoiceSelf { mode: 9, ..VoiceSelf::default() };
    let request = JoinVoiceRequest {
        room: instance.room.clone(),
        session_id: "session_mia".into(),
        own: Some(unknown),
    };
    let invalid = instance.service.clone().join_voice(people[0].0.request(request)).await.unwrap_err();
    assert_eq!(reason(&invalid), Reason::InvalidField);
}
