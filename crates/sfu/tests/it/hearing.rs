//! Each person hears the speakers of the room, and nobody else.

use super::house::{House, name, packets_of, until};

#[tokio::test(flavor = "multi_thread")]
async fn people_hear_each_other_and_not_themselves() {
    let mut house = House::new();
    house.admit(&[1, 2, 3], &[]).await;
    let peers = house.enter_all([1, 2, 3]).await;
    peers[0].speak(-20);
    peers[1].speak(-30);
    let third = until(&peers[2], |seen| packets_of(seen, 1) > 20 && packets_of(seen, 2) > 20).await;
    let mut slots = third.slots.clone();
    slots.sort();
    assert_eq!(slots, ["", "", &name(1), &name(2)]);
    assert_eq!(third.disordered, 0);
    let mut present = third.present;
    present.sort();
    assert_eq!(present, [name(1), name(2), name(3)]);
    let first = until(&peers[0], |seen| packets_of(seen, 2) > 20).await;
    assert_eq!(packets_of(&first, 1), 0, "nobody hears their own voice");
    assert!(!first.slots.contains(&name(1)));
}

#[tokio::test(flavor = "multi_thread")]
async fn twelve_speakers_and_fifty_listeners_share_four_slots() {
    let mut house = House::new();
    let all: Vec<u32> = (1..=62).collect();
    house.admit(&all, &[]).await;
    let peers = house.enter_all(all).await;
    for (peer, level) in peers.iter().take(12).zip(-40i8..) {
        peer.speak(level);
    }
    for peer in &peers[12..] {
        let seen =
            until(peer, |seen| seen.heard.values().map(|stream| stream.packets).sum::<u64>() > 50).await;
        assert_eq!(seen.disordered, 0);
        assert_eq!(seen.slots.iter().filter(|slot| !slot.is_empty()).count(), 4);
    }
    // A voice that is 20 dB louder takes a slot from somebody, with what it said just before.
    let shout = &peers[0];
    shout.speak(-3);
    let seen = until(&peers[61], |seen| seen.slots.contains(&name(1)) && packets_of(seen, 1) > 5).await;
    assert_eq!(seen.disordered, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_speaker_who_gets_a_slot_is_heard_from_before_the_decision() {
    let mut house = House::new();
    house.admit(&[1, 2, 3, 4, 5, 6], &[]).await;
    let peers = house.enter_all(1..=6).await;
    for peer in &peers[..4] {
        peer.speak(-30);
    }
    until(&peers[5], |seen| (1..=4).all(|number| packets_of(seen, number) > 50)).await;
    peers[4].speak(-20);
    let seen = until(&peers[5], |seen| packets_of(seen, 5) > 20).await;
    // From far below, the smoothed level needs some packets to be the loudest by the margin; none of them is lost.
    assert_eq!(seen.heard[&5].first, 1);
    assert_eq!(u64::from(seen.heard[&5].last), seen.heard[&5].packets);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_muted_person_is_not_heard_and_knows_it() {
    let mut house = House::new();
    house.admit(&[1, 2], &[]).await;
    let peers = house.enter_all([1, 2]).await;
    peers[0].speak(-20);
    until(&peers[1], |seen| packets_of(seen, 1) > 20).await;
    house.admit(&[1, 2], &[1]).await;
    until(&peers[0], |seen| seen.is_muted).await;
    let at_mute = until(&peers[1], |seen| seen.slots.iter().all(String::is_empty)).await;
    let messages = at_mute.messages;
    // Two heartbeats later: one packet may have been on its way.
    let later = until(&peers[1], |seen| seen.messages >= messages + 2).await;
    assert!(packets_of(&later, 1) <= packets_of(&at_mute, 1) + 1, "{at_mute:?} {later:?}");
    house.admit(&[1, 2], &[]).await;
    until(&peers[1], |seen| packets_of(seen, 1) > packets_of(&later, 1) + 20).await;
}
