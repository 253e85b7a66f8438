//! Rooms beyond the mesh: people are connected to the media server, and who may not be heard is cut off there.

use proto::{
    room::v1::{Permission, Role, room_event::Kind},
    voice::v1::{
        VoiceTopology::{Mesh, Sfu},
        *,
    },
};
use rpc::{Context, Reason};
use voice_peer::{Offer, Peer};

use super::world::{Instance, World, id_of, reason, with_sfu};

/// Enters voice and the media server, with a session `session_<name>`.
async fn enter(instance: &Instance, who: &Context, number: u32) -> Peer {
    let session = session_of(who);
    instance.join(who, &session).await.unwrap();
    instance.connect(who, &session, number).await.unwrap()
}

fn session_of(who: &Context) -> String {
    format!("session_{}", who.identity.as_ref().unwrap().display_name)
}

async fn until_heard(peer: &Peer, number: u32, more_than: u64) -> u64 {
    let packets = |seen: &voice_peer::Seen| seen.heard.get(&number).map_or(0, |stream| stream.packets);
    let seen =
        tokio::time::timeout(super::world::PATIENCE, peer.until(|seen| packets(seen) > more_than)).await;
    packets(&seen.unwrap_or_else(|_| panic!("only {:?}", peer.seen())).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_beyond_the_mesh_moves_to_the_media_server_and_back() {
    let world = World::new().await;
    let instance = world.start_with(&with_sfu());
    let people = ["mia", "ben", "cleo", "dan"].map(|name| world.person(name));
    let mut topologies = Vec::new();
    for who in &people {
        let voice = instance.join(who, &session_of(who)).await.unwrap();
        assert!(voice.has_sfu && voice.max_participants == 64);
        topologies.push((voice.topology(), voice.host_epoch));
    }
    assert_eq!(topologies, [(Mesh, 0), (Mesh, 0), (Mesh, 0), (Sfu, 1)]);
    for (who, wanted) in people.iter().zip([Sfu, Sfu, Mesh]) {
        let leave = LeaveVoiceRequest { room: instance.room.clone(), session_id: session_of(who) };
        instance.service.clone().leave_voice(who.request(leave)).await.unwrap();
        assert_eq!(instance.voice().await.topology(), wanted, "{} left", session_of(who));
    }
    // While the topology changes, both ways work.
    let dan = instance.connect(&people[3], "session_dan", 4).await.unwrap();
    dan.until(|seen| seen.is_ready).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_muted_removed_or_may_no_longer_talk_is_cut_off_in_the_media_server() {
    let world = World::new().await;
    let instance = world.start_with(&with_sfu());
    let host = world.member("host", Role::Moderator, &[Permission::UseVoice, Permission::Ban]);
    world.opens(&host, "session_host");
    let [mia, ben, cleo] = ["mia", "ben", "cleo"].map(|name| world.person(name));
    let listener = enter(&instance, &host, 1).await;
    let mut speakers = Vec::new();
    for (who, number) in [(&mia, 2), (&ben, 3), (&cleo, 4)] {
        let peer = enter(&instance, who, number).await;
        peer.speak(-20);
        speakers.push(peer);
    }
    for number in 2..=4 {
        until_heard(&listener, number, 20).await;
    }
    let present = |count: usize| listener.until(move |seen| seen.present.len() == count);

    instance.mute(&host, &mia, true).await.unwrap();
    speakers[0].until(|seen| seen.is_muted).await.unwrap();
    let muted_at =
        listener.until(|seen| !seen.slots.contains(&"session_mia".to_owned())).await.unwrap().heard[&2]
            .packets;

    world.may(&ben, Role::Guest, &[]);
    world.tells(Kind::MemberChanged(proto::room::v1::Member {
        subject_id: id_of(&ben),
        ..Default::default()
    }));
    let gone_at = present(3).await.unwrap().heard[&3].packets;
    world.closes("session_cleo");
    let closed_at = present(2).await.unwrap().heard[&4].packets;

    // The others go on for some heartbeats; one packet of each may have been on its way.
    let messages = listener.seen().messages;
    let later = listener.until(|seen| seen.messages > messages + 3).await.unwrap();
    for (number, before) in [(2, muted_at), (3, gone_at), (4, closed_at)] {
        assert!(later.heard[&number].packets <= before + 1, "{number}: {later:?}");
    }
    instance.mute(&host, &mia, false).await.unwrap();
    until_heard(&listener, 2, muted_at + 20).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_are_for_people_in_voice_with_a_good_offer() {
    let world = World::new().await;
    let instance = world.start_with(&with_sfu());
    let (mia, ben) = (world.person("mia"), world.person("ben"));
    let silent = world.member("eve", Role::Guest, &[]);
    let offer = Offer::new(1, 4).await.unwrap().sdp;
    let refused = async |who: &Context, session: &str, offer: &str| {
        reason(&instance.ask_to_connect(who, session, offer).await.unwrap_err())
    };
    assert_eq!(refused(&mia, "session_mia", &offer).await, Reason::NotInVoice);
    instance.join(&mia, "session_mia").await.unwrap();
    assert_eq!(refused(&ben, "session_mia", &offer).await, Reason::NotInVoice);
    assert_eq!(refused(&mia, "session_ben", &offer).await, Reason::NotInVoice);
    assert_eq!(refused(&silent, "session_mia", &offer).await, Reason::PermissionMissing);
    let video = offer.replace("m=audio", "m=video");
    assert_eq!(refused(&mia, "session_mia", &video).await, Reason::VoiceOfferInvalid);
    assert_eq!(refused(&mia, "session_mia", &"a".repeat(16_385)).await, Reason::InvalidField);

    let without = World::new().await;
    let mia = without.person("mia");
    let instance = without.start();
    let voice = instance.join(&mia, "session_mia").await.unwrap();
    assert!(!voice.has_sfu && voice.max_participants == 3);
    let off = instance.ask_to_connect(&mia, "session_mia", &offer).await.unwrap_err();
    assert_eq!(reason(&off), Reason::VoiceSfuOff);
}
