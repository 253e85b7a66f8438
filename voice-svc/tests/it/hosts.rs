//! Several replicas with media servers: one hosts a room, and another takes over when it is gone.

use proto::voice::v1::VoiceTopology;
use testkit::Redis;
use voice_peer::Peer;

use super::world::{PATIENCE, Replica, World, with_sfu};

async fn until_ready(peer: &Peer) {
    tokio::time::timeout(PATIENCE, peer.until(|seen| seen.is_ready)).await.expect("a connection").unwrap();
}

async fn until_heard(peer: &Peer, number: u32) {
    let heard = peer.until(|seen| seen.heard.get(&number).is_some_and(|stream| stream.packets > 20));
    tokio::time::timeout(PATIENCE, heard).await.unwrap_or_else(|_| panic!("only {:?}", peer.seen())).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn people_of_two_replicas_meet_at_one_host_and_at_the_other_when_it_is_killed() {
    let redis = Redis::start().await.unwrap();
    let world = World::on(&redis.url()).await;
    let people = ["mia", "ben", "cleo", "dan"].map(|name| (world.person(name), format!("session_{name}")));
    let first = Replica::start(&world, &with_sfu()).await;
    let second = Replica::start(&world, &with_sfu()).await;
    for (who, session) in &people {
        first.instance.join(who, session).await.unwrap();
    }
    let voice = second.instance.voice().await;
    assert_eq!((voice.topology(), voice.host_epoch), (VoiceTopology::Sfu, 1));

    // Each asks another replica; the second one passes it on.
    let mut peers = Vec::new();
    for (index, (who, session)) in people.iter().enumerate() {
        let at = if index % 2 == 0 { &first } else { &second };
        let number = u32::try_from(index).unwrap();
        peers.push(at.instance.connect(who, session, number).await.unwrap());
    }
    for peer in &peers {
        until_ready(peer).await;
        peer.speak(-20);
    }
    until_heard(&peers[0], 1).await;
    until_heard(&peers[1], 0).await;
    assert_eq!(second.instance.voice().await.host_epoch, 1, "the first one hosts them all");

    first.kill();
    let mut again = Vec::new();
    for (index, (who, session)) in people.iter().enumerate() {
        again.push(second.instance.connect(who, session, u32::try_from(index).unwrap()).await.unwrap());
    }
    for peer in &again {
        until_ready(peer).await;
        peer.speak(-20);
    }
    until_heard(&again[0], 1).await;
    until_heard(&again[3], 2).await;
    assert_eq!(second.instance.voice().await.host_epoch, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_learns_of_a_mute_that_another_replica_took() {
    let redis = Redis::start().await.unwrap();
    let world = World::on(&redis.url()).await;
    let [mia, ben, cleo, dan] = ["mia", "ben", "cleo", "dan"].map(|name| world.person(name));
    let moderator = world.moderator("mod");
    let first = Replica::start(&world, &with_sfu()).await;
    let second = Replica::start(&world, &with_sfu()).await;
    let all = [(&mia, "session_mia"), (&ben, "session_ben"), (&cleo, "session_cleo"), (&dan, "session_dan")];
    for (who, session) in all {
        first.instance.join(who, session).await.unwrap();
    }
    let one = first.instance.connect(&mia, "session_mia", 1).await.unwrap();
    let other = first.instance.connect(&ben, "session_ben", 2).await.unwrap();
    until_ready(&one).await;
    until_ready(&other).await;
    one.speak(-20);
    until_heard(&other, 1).await;
    second.instance.mute(&moderator, &mia, true).await.unwrap();
    tokio::time::timeout(PATIENCE, one.until(|seen| seen.is_muted)).await.expect("the mute arrives").unwrap();
    tokio::time::timeout(PATIENCE, other.until(|seen| seen.slots.iter().all(String::is_empty)))
        .await
        .expect("the slot is free")
        .unwrap();
}
