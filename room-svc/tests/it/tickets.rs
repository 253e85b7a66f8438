use std::time::Duration;

use proto::room::v1::{CreateTicketRequest, CreateTicketResponse, RedeemTicketRequest, RedeemTicketResponse};
use rpc::Reason;

use crate::world::{Instance, Outcome, Person, World, guest, nobody, refusal, user};

async fn create(svc: &Instance, who: &Person, room: &str) -> Outcome<CreateTicketResponse> {
    svc.members()
        .create_ticket(who.request(CreateTicketRequest { room: room.into() }))
        .await
        .map(tonic::Response::into_inner)
}

async fn redeem(svc: &Instance, room: &str, ticket: &str) -> Outcome<RedeemTicketResponse> {
    let request = RedeemTicketRequest { room: room.into(), ticket: ticket.into() };
    svc.members().redeem_ticket(nobody().request(request)).await.map(tonic::Response::into_inner)
}

#[tokio::test]
async fn a_ticket_can_be_redeemed_once() {
    let world = World::start().await;
    let svc = world.instance().await;
    let grace = guest("Grace");
    let room = svc.create(&user("Ada")).await;
    svc.join(&grace, &room.id).await.unwrap();
    let ticket = create(&svc, &grace, &room.code).await.unwrap();
    assert!(
        ticket.ticket.len() == 43
            && ticket.ticket.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
    );
    assert_eq!(ticket.expires_at.unwrap().seconds, world.clock.now_us() / 1_000_000 + 30);
    let redeemed = redeem(&svc, &room.id, &ticket.ticket).await.unwrap();
    assert_eq!(redeemed.identity.as_ref(), Some(grace.identity()));
    assert_eq!(redeemed.access, Some(svc.access(&grace, &room.id).await.unwrap()));
    assert_eq!(refusal(redeem(&svc, &room.id, &ticket.ticket).await), Reason::TicketInvalid);
}

#[tokio::test]
async fn a_join_returns_a_ticket_that_can_be_redeemed_once() {
    let world = World::start().await;
    let svc = world.instance().await;
    let grace = guest("Grace");
    let room = svc.create(&user("Ada")).await;
    let first = svc.join(&grace, &room.code).await.unwrap();
    assert_eq!(first.ticket_expires_at.unwrap().seconds, world.clock.now_us() / 1_000_000 + 30);
    let again = svc.join(&grace, &room.id).await.unwrap();
    assert_ne!(first.ticket, again.ticket, "each time another one");
    for ticket in [&first.ticket, &again.ticket] {
        let redeemed = redeem(&svc, &room.id, ticket).await.unwrap();
        assert_eq!(redeemed.identity.as_ref(), Some(grace.identity()));
        assert_eq!(redeemed.access, Some(svc.access(&grace, &room.id).await.unwrap()));
        assert_eq!(refusal(redeem(&svc, &room.id, ticket).await), Reason::TicketInvalid);
    }
}

#[tokio::test]
async fn a_ticket_expires_after_thirty_seconds() {
    let world = World::start().await;
    let svc = world.instance().await;
    let ada = user("Ada");
    let room = svc.create(&ada).await.id;
    let (early, late) = (create(&svc, &ada, &room).await.unwrap(), create(&svc, &ada, &room).await.unwrap());
    world.clock.advance(Duration::from_secs(29));
    redeem(&svc, &room, &early.ticket).await.unwrap();
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(refusal(redeem(&svc, &room, &late.ticket).await), Reason::TicketInvalid);
}

#[tokio::test]
async fn a_ticket_is_rejected_by_another_room() {
    let world = World::start().await;
    let svc = world.instance().await;
    let ada = user("Ada");
    let (here, there) = (svc.create(&ada).await.id, svc.create(&ada).await.id);
    let ticket = create(&svc, &ada, &here).await.unwrap().ticket;
    assert_eq!(refusal(redeem(&svc, &there, &ticket).await), Reason::TicketInvalid);
    assert_eq!(refusal(redeem(&svc, &here, &ticket).await), Reason::TicketInvalid, "the attempt used it up");
    assert_eq!(refusal(redeem(&svc, &here, "made-up").await), Reason::TicketInvalid);
}

#[tokio::test]
async fn only_members_get_tickets() {
    let world = World::start().await;
    let svc = world.instance().await;
    let bob = user("Bob");
    let room = svc.create(&user("Ada")).await.id;
    assert_eq!(refusal(create(&svc, &bob, &room).await), Reason::NotAMember);
    svc.join(&bob, &room).await.unwrap();
    let ticket = create(&svc, &bob, &room).await.unwrap().ticket;
    svc.leave(&bob, &room).await.unwrap();
    assert_eq!(
        refusal(redeem(&svc, &room, &ticket).await),
        Reason::TicketInvalid,
        "who has left comes in no more"
    );
}
