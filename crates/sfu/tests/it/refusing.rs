//! Offers and datagrams that the server refuses.

use std::net::UdpSocket;

use sfu::{Fault, Refusal};
use voice_peer::Offer;

use super::house::{House, ROOM, name, packets_of, until};

#[tokio::test(flavor = "multi_thread")]
async fn only_people_on_the_roster_with_a_good_offer_connect() {
    let mut house = House::new();
    assert_eq!(house.enter(1).await.err(), Some(Refusal::NotOnRoster));
    house.admit(&[1], &[]).await;
    assert_eq!(house.enter(2).await.err(), Some(Refusal::NotOnRoster));
    let good = Offer::new(1, 4).await.unwrap().sdp;
    let audio = good.find("m=audio").unwrap();
    let cut: String = good.chars().take(audio + 40).collect();
    for (offer, wanted) in [
        (good.replace("m=audio", "m=video"), "video"),
        (good.replace("sha-256", "sha-1"), "fingerprint"),
        (good.repeat(20), "16384"),
        (cut, "data channel"),
        (good.replacen("v=0", "v=9", 1), "cannot be read"),
        (String::new(), "data channel"),
    ] {
        let refused = house.sfu.connect(ROOM, &name(1), &offer).await.unwrap_err();
        assert!(matches!(refused, Refusal::Offer(_)) && refused.to_string().contains(wanted), "{refused}");
    }
    let many = Offer::new(1, 5).await.unwrap().sdp;
    assert_eq!(house.sfu.connect(ROOM, &name(1), &many).await, Err(Refusal::Offer(Fault::Slots)));
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_are_bounded_and_those_of_one_session_replace_each_other() {
    let mut house = House::with(3);
    house.admit(&[1, 2, 3], &[]).await;
    let mut waiting = Vec::new();
    for _ in 0..10 {
        waiting.push(house.sfu.connect(ROOM, &name(1), &Offer::new(1, 1).await.unwrap().sdp).await);
    }
    assert!(waiting.iter().all(Result::is_ok), "a session has two at most, so it fills nothing: {waiting:?}");
    house.sfu.connect(ROOM, &name(2), &Offer::new(2, 1).await.unwrap().sdp).await.unwrap();
    assert_eq!(house.enter(3).await.err(), Some(Refusal::Full));
}

#[tokio::test(flavor = "multi_thread")]
async fn packets_of_strangers_disturb_nobody() {
    let mut house = House::new();
    house.admit(&[1, 2], &[]).await;
    let stranger = UdpSocket::bind("127.0.0.1:0").unwrap();
    let send = || {
        for length in [0, 1, 12, 20, 100, 1400, 3000] {
            for first in [0u8, 20, 23, 64, 128, 200, 255] {
                let mut datagram = vec![first; length];
                if length >= 20 {
                    datagram[..8].copy_from_slice(&[first, 1, 0, 80, 0x21, 0x12, 0xa4, 0x42]);
                }
                let _ = stranger.send_to(&datagram, house.sfu.address());
            }
        }
    };
    send();
    let peers = house.enter_all([1, 2]).await;
    peers[0].speak(-20);
    for _ in 0..20 {
        send();
        let before = packets_of(&peers[1].seen(), 1);
        until(&peers[1], |seen| packets_of(seen, 1) > before).await;
    }
    assert!(house.sfu.is_running());
}
