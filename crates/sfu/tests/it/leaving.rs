//! Connections end, and others take their place.

use super::house::{House, name, packets_of, until};

#[tokio::test(flavor = "multi_thread")]
async fn nobody_hears_or_is_heard_who_left() {
    let mut house = House::new();
    house.admit(&[1, 2, 3], &[]).await;
    let peers = house.enter_all([1, 2, 3]).await;
    for peer in &peers {
        peer.speak(-20);
    }
    until(&peers[0], |seen| packets_of(seen, 2) > 20 && packets_of(seen, 3) > 20).await;
    house.admit(&[2, 3], &[]).await;
    // Both others are told; one packet may have been on its way.
    let others = [
        until(&peers[1], |seen| seen.present.len() == 2).await,
        until(&peers[2], |seen| seen.present.len() == 2).await,
    ];
    let left = peers[0].seen();
    let before = packets_of(&others[0], 3);
    let later = until(&peers[1], |seen| packets_of(seen, 3) > before + 50).await;
    assert!(packets_of(&later, 1) <= packets_of(&others[0], 1) + 1, "the one who left keeps sending");
    let still = peers[0].seen();
    assert!(packets_of(&still, 2) <= packets_of(&left, 2) + 2, "the one who left is sent nothing");
    assert!(!later.slots.contains(&name(1)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_connection_of_a_session_takes_over_without_a_gap() {
    let mut house = House::new();
    house.admit(&[1, 2], &[]).await;
    let mut peers = house.enter_all([1, 2]).await;
    peers[0].speak(-20);
    peers[1].speak(-20);
    until(&peers[1], |seen| packets_of(seen, 1) > 20).await;
    let again = house.enter(2).await.unwrap();
    until(&again, |seen| packets_of(seen, 1) > 20).await;
    again.speak(-20);
    let both = until(&peers[0], |seen| packets_of(seen, 2) > 50).await;
    assert_eq!(both.disordered, 0);
    drop(peers.remove(1));
    let before = packets_of(&again.seen(), 1);
    until(&again, |seen| packets_of(seen, 1) > before + 150 && seen.present.len() == 2).await;
}
