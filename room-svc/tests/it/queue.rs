//! What plays next, by the queue modes, and the votes on it.

use futures::future::join_all;
use prost_types::FieldMask;
use proto::room::v1::{
    Direction, FollowReason, GetFollowingItemRequest, GetVotesRequest, ItemVotes, ListVotersRequest,
    ListVotesRequest, QueueMode, QueuePolicy, Room, UpdateRoomRequest, VoteForItemRequest, room_event::Kind,
    vote_service_client::VoteServiceClient,
};
use rpc::{Reason, RpcChannel};

use crate::world::{Instance, Outcome, Person, World, fields_at_fault, guest, nobody, refusal, user};

impl Instance {
    async fn update_queue(&self, who: &Person, room: &str, queue: QueuePolicy, path: &str) -> Outcome<Room> {
        let request = UpdateRoomRequest {
            room: room.into(),
            queue: Some(queue),
            update_mask: Some(FieldMask { paths: vec![path.into()] }),
            ..Default::default()
        };
        Ok(self.rooms().update_room(who.request(request)).await?.into_inner().room.unwrap())
    }

    async fn choose(&self, who: &Person, room: &str, mode: QueueMode) {
        let queue = QueuePolicy { mode: mode.into(), ..QueuePolicy::default() };
        self.update_queue(who, room, queue, "queue.mode").await.unwrap();
    }

    /// The titles of what follows an item, and of what follows that one.
    async fn follows(&self, room: &str, item: &str, reason: FollowReason) -> (String, String) {
        let request = GetFollowingItemRequest {
            room_id: room.into(),
            item_id: item.into(),
            direction: Direction::Next.into(),
            reason: reason.into(),
        };
        let reply = self.playlist().get_following_item(nobody().request(request)).await.unwrap().into_inner();
        (reply.item.map(|item| item.id).unwrap_or_default(), reply.next_item_id)
    }

    fn votes(&self) -> VoteServiceClient<RpcChannel> {
        VoteServiceClient::new(self.channel())
    }

    async fn vote(&self, who: &Person, room: &str, item: &str, withdraw: bool) -> Outcome<ItemVotes> {
        let request = VoteForItemRequest { room: room.into(), item_id: item.into(), withdraw };
        Ok(self.votes().vote_for_item(who.request(request)).await?.into_inner().votes.unwrap())
    }

    async fn three(&self, who: &Person, room: &str) -> Vec<String> {
        let mut ids = Vec::new();
        for title in ["a", "b", "c"] {
            ids.push(self.append(who, room, title, "").await.unwrap().id);
        }
        ids
    }
}

#[tokio::test]
async fn the_mode_of_the_room_decides_what_follows() {
    let world = World::start().await;
    let svc = world.instance().await;
    let ada = user("Ada");
    let room = svc.create(&ada).await.id;
    let ids = svc.three(&ada, &room).await;
    let [a, b, c] = [&ids[0], &ids[1], &ids[2]].map(String::as_str);
    let ended = FollowReason::Ended;
    assert_eq!(svc.follows(&room, b, ended).await, (c.into(), String::new()));
    svc.choose(&ada, &room, QueueMode::LoopAll).await;
    assert_eq!(svc.follows(&room, b, ended).await, (c.into(), a.into()));
    svc.choose(&ada, &room, QueueMode::LoopOne).await;
    assert_eq!(svc.follows(&room, b, ended).await, (b.into(), b.into()));
    assert_eq!(svc.follows(&room, b, FollowReason::Skipped).await.0, c);
    svc.choose(&ada, &room, QueueMode::Shuffle).await;
    let mut round = vec![a.to_owned()];
    while round.len() < 3 {
        round.push(svc.follows(&room, round.last().unwrap(), ended).await.0);
    }
    round.sort();
    let mut all = ids.clone();
    all.sort();
    assert_eq!(round, all, "each once");
}

#[tokio::test]
async fn the_queue_policy_has_defaults_and_changes_field_by_field() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob) = (user("Ada"), user("Bob"));
    let room = svc.create(&ada).await;
    let queue = room.queue.unwrap();
    assert_eq!((queue.mode(), queue.skip_percent, queue.skip_disabled), (QueueMode::InOrder, 50, false));
    svc.join(&bob, &room.id).await.unwrap();
    let change = QueuePolicy { skip_percent: 70, shuffle_seed: 9, ..QueuePolicy::default() };
    let changed =
        svc.update_queue(&ada, &room.id, change, "queue.skip_percent").await.unwrap().queue.unwrap();
    assert_eq!((changed.skip_percent, changed.shuffle_seed, changed.mode()), (70, 0, QueueMode::InOrder));
    assert_eq!(svc.get(&room.id).await.unwrap().queue, Some(changed));
    let refused = svc.update_queue(&bob, &room.id, change, "queue.mode").await;
    assert_eq!(refusal(refused), Reason::PermissionMissing);
    let wrong = QueuePolicy { skip_percent: 101, ..QueuePolicy::default() };
    let refused = svc.update_queue(&ada, &room.id, wrong, "queue.skip_percent").await;
    assert_eq!(fields_at_fault(refused), ["queue.skip_percent"]);
}

#[tokio::test]
async fn people_vote_once_for_an_item_and_the_most_voted_plays_next() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob, grace) = (user("Ada"), user("Bob"), guest("Grace"));
    let room = svc.create(&ada).await.id;
    svc.join(&bob, &room).await.unwrap();
    svc.join(&grace, &room).await.unwrap();
    let ids = svc.three(&ada, &room).await;
    assert_eq!(refusal(svc.vote(&ada, &room, &ids[2], false).await), Reason::VotingOff);
    svc.choose(&ada, &room, QueueMode::Vote).await;
    assert_eq!(refusal(svc.vote(&user("Mallory"), &room, &ids[2], false).await), Reason::NotAMember);
    assert_eq!(refusal(svc.vote(&ada, &room, "item_?", false).await), Reason::ItemNotFound);

    // Issue 10, "Prove": votes on real PostgreSQL, with repeated clicks.
    let (ada, bob, grace) = (&ada, &bob, &grace);
    let clicks = [ada, bob, grace].into_iter().flat_map(|who| [who; 4]);
    let outcomes = join_all(clicks.map(|who| svc.vote(who, &room, &ids[2], false))).await;
    assert!(outcomes.iter().all(Result::is_ok));
    let votes = svc.vote(bob, &room, &ids[1], false).await.unwrap();
    assert_eq!((votes.count, votes.voter_ids), (1, vec![bob.id()]));
    let ended = FollowReason::Ended;
    assert_eq!(svc.follows(&room, &ids[0], ended).await.0, ids[2]);
    for who in [ada, bob, grace] {
        svc.vote(who, &room, &ids[2], true).await.unwrap();
    }
    assert_eq!(svc.follows(&room, &ids[0], ended).await.0, ids[1]);

    let list = ListVotesRequest { room: room.clone() };
    let listed = svc.votes().list_votes(ada.request(list)).await.unwrap().into_inner().items;
    assert_eq!(
        listed.iter().map(|votes| (votes.item_id.as_str(), votes.count)).collect::<Vec<_>>(),
        [(ids[1].as_str(), 1)]
    );
    let read = nobody().request(GetVotesRequest { room_id: room.clone() });
    assert_eq!(svc.votes().get_votes(read).await.unwrap().into_inner().items, listed);

    let told = svc.read("test").await.take(14).await;
    let counts: Vec<_> = told
        .iter()
        .filter_map(|event| match event.kind.as_ref().unwrap() {
            Kind::VotesChanged(votes) if votes.item_id == ids[2] => Some(votes.count),
            _ => None,
        })
        .collect();
    assert_eq!(counts, [1, 2, 3, 2, 1, 0], "each change once, in order");
}

#[tokio::test]
async fn services_learn_who_may_vote() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob) = (user("Ada"), user("Bob"));
    let room = svc.create(&ada).await.id;
    svc.join(&bob, &room).await.unwrap();
    let people = [ada.id(), bob.id(), user("Mallory").id(), "nobody".into()];
    let request = ListVotersRequest { room_id: room, subject_ids: people.to_vec() };
    let voters = svc.votes().list_voters(nobody().request(request)).await.unwrap().into_inner().subject_ids;
    let mut expected = vec![ada.id(), bob.id()];
    expected.sort();
    let mut voters = voters;
    voters.sort();
    assert_eq!(voters, expected);
}

#[tokio::test]
async fn each_person_has_a_bound_of_their_own_unless_they_arrange_the_playlist() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob) = (user("Ada"), user("Bob"));
    let room = svc.create(&ada).await.id;
    svc.join(&bob, &room).await.unwrap();
    let queue = QueuePolicy { max_items_per_person: 1, ..QueuePolicy::default() };
    svc.update_queue(&ada, &room, queue, "queue").await.unwrap();
    svc.append(&bob, &room, "a", "r").await.unwrap();
    assert_eq!(refusal(svc.append(&bob, &room, "b", "").await), Reason::PersonItemsFull);
    svc.append(&bob, &room, "a", "r").await.expect("the request of before");
    for title in ["c", "d"] {
        svc.append(&ada, &room, title, "").await.unwrap();
    }
}
