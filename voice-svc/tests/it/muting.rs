//! Moderators mute people in voice.

use proto::{
    room::v1::{Permission, Role},
    voice::v1::*,
};
use rpc::Reason;

use super::world::{World, id_of, reason};

const MODERATES: [Permission; 2] = [Permission::UseVoice, Permission::Ban];

#[tokio::test]
async fn a_mute_cannot_be_undone_by_the_person_and_outlasts_their_coming_back() {
    let world = World::new().await;
    let instance = world.start();
    let (mia, ben) = (world.person("mia"), world.person("ben"));
    let host = world.member("host", Role::Moderator, &MODERATES);
    instance.join(&mia, "session_mia").await.unwrap();
    instance.join(&ben, "session_ben").await.unwrap();
    let voice = instance.mute(&host, &mia, true).await.unwrap();
    let mute = voice.participants[0].muted.as_ref().unwrap();
    assert_eq!((mute.by_name.as_str(), &mute.by_id), ("host", &id_of(&host)));
    assert_eq!(voice.participants[1].muted, None);

    let own = Some(VoiceSelf { muted: false, ..VoiceSelf::default() });
    let update = UpdateVoiceRequest { room: instance.room.clone(), session_id: "session_mia".into(), own };
    instance.service.clone().update_voice(mia.request(update)).await.unwrap();
    let leave = LeaveVoiceRequest { room: instance.room.clone(), session_id: "session_mia".into() };
    instance.service.clone().leave_voice(mia.request(leave)).await.unwrap();
    instance.join(&mia, "session_mia").await.unwrap();
    let is_muted = |all: Vec<VoiceParticipant>| {
        all.into_iter().any(|one| one.subject_id == id_of(&mia) && one.muted.is_some())
    };
    assert!(is_muted(instance.read().await), "she is muted still");
    instance.mute(&host, &mia, false).await.unwrap();
    assert!(!is_muted(instance.read().await));
}

#[tokio::test]
async fn only_those_who_may_and_rank_above_mute_others() {
    let world = World::new().await;
    let instance = world.start();
    let (mia, ben) = (world.person("mia"), world.person("ben"));
    let moderator = world.member("mod", Role::Moderator, &MODERATES);
    let other = world.member("other", Role::Moderator, &MODERATES);
    world.opens(&other, "session_other");
    instance.join(&mia, "session_mia").await.unwrap();
    instance.join(&other, "session_other").await.unwrap();
    for (by, who, wanted) in [
        (&ben, &mia, Reason::PermissionMissing),
        (&moderator, &other, Reason::RankTooLow),
        (&moderator, &ben, Reason::NotInVoice),
    ] {
        assert_eq!(reason(&instance.mute(by, who, true).await.unwrap_err()), wanted);
    }
    assert!(instance.read().await.iter().all(|participant| participant.muted.is_none()));
}
