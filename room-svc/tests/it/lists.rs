//! Lists in which people find rooms.

use proto::room::v1::{
    AccessState, AddFavouriteRequest, Category, CreateRoomRequest, ForgetHistoryRequest, GetRoomRequest,
    ListMyRoomsRequest, ListMyRoomsResponse, ListRoomsRequest, MyRooms, RemoveFavouriteRequest, Room,
    Visibility,
};
use rpc::Reason;

use crate::{
    live::{present, report},
    world::{Instance, Person, World, guest, nobody, refusal, us, user},
};

async fn public(svc: &Instance, who: &Person, request: CreateRoomRequest) -> Room {
    let request = CreateRoomRequest { visibility: Visibility::Public.into(), ..request };
    svc.try_create(who, request).await.unwrap()
}

fn named(name: &str) -> CreateRoomRequest {
    CreateRoomRequest { name: name.into(), ..Default::default() }
}

async fn found(svc: &Instance, request: ListRoomsRequest) -> Vec<String> {
    let page = svc.rooms().list_rooms(nobody().request(request)).await.unwrap().into_inner();
    assert_eq!(page.total_size, i32::try_from(page.rooms.len()).unwrap());
    page.rooms.into_iter().map(|summary| summary.room.unwrap().name).collect()
}

#[tokio::test]
async fn rooms_with_most_people_come_first_page_by_page() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob) = (user("Ada"), user("Bob"));
    let mut rooms = Vec::new();
    for name in ["a", "b", "c", "d", "e"] {
        rooms.push(public(&svc, &ada, named(name)).await);
    }
    report(&svc, present(&rooms[1], 1, &[&ada, &bob])).await.unwrap();
    report(&svc, present(&rooms[3], 1, &[&ada])).await.unwrap();
    let (mut names, mut token) = (Vec::new(), String::new());
    loop {
        let request = ListRoomsRequest { page_size: 2, page_token: token, ..Default::default() };
        let page = svc.rooms().list_rooms(request).await.unwrap().into_inner();
        assert_eq!(page.total_size, 5);
        names.extend(page.rooms.into_iter().map(|summary| summary.room.unwrap().name));
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    assert_eq!(names, ["b", "d", "e", "c", "a"]);
    let live = ListRoomsRequest { live_only: true, ..Default::default() };
    assert_eq!(found(&svc, live).await, ["b", "d"]);
}

#[tokio::test]
async fn rooms_are_found_by_words_category_and_labels() {
    let world = World::start().await;
    let svc = world.instance().await;
    let ada = user("Ada");
    let noir = CreateRoomRequest {
        description: "Kurosawa and friends".into(),
        category: Category::Films.into(),
        labels: vec!["Noir".into()],
        ..named("Film night")
    };
    let anime = CreateRoomRequest {
        category: Category::Anime.into(),
        guests_forbidden: true,
        ..named("千と千尋の神隠し")
    };
    public(&svc, &ada, noir).await;
    public(&svc, &ada, anime).await;
    svc.try_create(&ada, named("Film night in secret")).await.unwrap();
    let query = |query: &str| ListRoomsRequest { query: query.into(), ..Default::default() };
    for (words, expected) in [
        ("film", vec!["Film night"]),
        ("NIGHT fil", vec!["Film night"]),
        ("kuro", vec!["Film night"]),
        ("noir", vec!["Film night"]),
        ("千尋", vec!["千と千尋の神隠し"]),
        ("神", vec!["千と千尋の神隠し"]),
        ("film 千尋", vec![]),
        ("' & | ! ( :*", vec!["千と千尋の神隠し", "Film night"]),
    ] {
        assert_eq!(found(&svc, query(words)).await, expected, "{words:?}");
    }
    let films = ListRoomsRequest { category: Category::Films.into(), ..Default::default() };
    assert_eq!(found(&svc, films).await, ["Film night"]);
    let labelled = ListRoomsRequest { labels: vec!["NOIR ".into()], ..Default::default() };
    assert_eq!(found(&svc, labelled).await, ["Film night"]);
    let for_guests = ListRoomsRequest { guests_only: true, ..Default::default() };
    assert_eq!(found(&svc, for_guests).await, ["Film night"]);
}

#[tokio::test]
async fn a_rare_word_is_found_behind_a_thousand_rooms() {
    let world = World::start().await;
    let svc = world.instance().await;
    let ada = user("Ada");
    public(&svc, &ada, named("Casablanca")).await;
    let often = public(&svc, &ada, named("Film night")).await;
    let pool = world.postgres.pool("room-svc", &room_svc::MIGRATIONS).await.unwrap();
    // Random ids are higher than those of rooms, and higher ones come first.
    let copies = [
        "INSERT INTO room.rooms SELECT (jsonb_populate_record(r, jsonb_build_object(
             'id', gen_random_uuid(), 'code', 'copy' || n, 'request_id', NULL))).*
         FROM room.rooms r, generate_series(1, 1100) n WHERE r.code = $1",
        "INSERT INTO room.live SELECT (jsonb_populate_record(l, jsonb_build_object('room_id', r.id))).*
         FROM room.live l JOIN room.rooms o ON o.id = l.room_id, room.rooms r WHERE o.code = $1 AND r.code LIKE 'copy%'",
    ];
    for statement in copies {
        assert_eq!(
            sqlx::query(statement).bind(&often.code).execute(&pool).await.unwrap().rows_affected(),
            1100
        );
    }
    let query = |query: &str| ListRoomsRequest { query: query.into(), page_size: 2, ..Default::default() };
    assert_eq!(found(&svc, query("casa")).await, ["Casablanca"]);
    let page = svc.rooms().list_rooms(query("film")).await.unwrap().into_inner();
    assert_eq!((page.rooms.len(), page.total_size), (2, 1001));
    let page = svc.rooms().list_rooms(query("")).await.unwrap().into_inner();
    assert_eq!((page.rooms.len(), page.total_size), (2, 1001));
}

#[tokio::test]
async fn each_room_says_what_the_caller_can_do() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob) = (user("Ada"), user("Bob"));
    let open = public(&svc, &ada, named("open")).await;
    let accounts = CreateRoomRequest { guests_forbidden: true, ..named("accounts") };
    let accounts = public(&svc, &ada, accounts).await;
    let full = public(&svc, &ada, CreateRoomRequest { max_participants: 2, ..named("full") }).await;
    svc.join(&guest("Cleo"), &full.id).await.unwrap();
    let access = async |who: &Person, room: &Room| {
        let listed = svc.rooms().list_rooms(who.request(ListRoomsRequest::default())).await.unwrap();
        let listed = listed.into_inner().rooms;
        let listed = listed.into_iter().find(|it| it.room.as_ref().unwrap().id == room.id).unwrap().access();
        let request = who.request(GetRoomRequest { room: room.id.clone(), ..Default::default() });
        assert_eq!(svc.rooms().get_room(request).await.unwrap().into_inner().access(), listed);
        listed
    };
    for (who, room, expected) in [
        (&ada, &open, AccessState::Enter),
        (&bob, &open, AccessState::Join),
        (&nobody(), &open, AccessState::Join),
        (&bob, &accounts, AccessState::Join),
        (&guest("Dan"), &accounts, AccessState::SignIn),
        (&nobody(), &accounts, AccessState::SignIn),
        (&bob, &full, AccessState::Full),
        (&ada, &full, AccessState::Enter),
    ] {
        assert_eq!(access(who, room).await, expected, "{}", room.name);
    }
}

async fn mine(svc: &Instance, who: &Person, which: MyRooms) -> ListMyRoomsResponse {
    let request = ListMyRoomsRequest { which: which.into(), ..Default::default() };
    svc.my_rooms().list_my_rooms(who.request(request)).await.unwrap().into_inner()
}

fn names(page: &ListMyRoomsResponse) -> Vec<&str> {
    page.rooms.iter().map(|summary| summary.room.as_ref().unwrap().name.as_str()).collect()
}

#[tokio::test]
async fn a_person_finds_owned_joined_favourite_and_visited_rooms() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob) = (user("Ada"), guest("Bob"));
    let first = svc.try_create(&ada, named("first")).await.unwrap();
    let second = svc.try_create(&ada, named("second")).await.unwrap();
    for room in [&first, &second] {
        svc.join(&bob, &room.id).await.unwrap();
        world.clock.advance(us(1_000_000));
    }
    assert_eq!(names(&mine(&svc, &ada, MyRooms::Owned).await).len(), 2);
    assert_eq!(names(&mine(&svc, &bob, MyRooms::Owned).await), [""; 0]);
    assert_eq!(names(&mine(&svc, &bob, MyRooms::Joined).await), ["second", "first"]);
    assert_eq!(names(&mine(&svc, &bob, MyRooms::Unspecified).await).len(), 2);

    // The latest is at the front; leaving ends the membership, not the history.
    world.clock.advance(us(1_000_000));
    report(&svc, present(&first, 1, &[&bob])).await.unwrap();
    svc.leave(&bob, &second.id).await.unwrap();
    assert_eq!(names(&mine(&svc, &bob, MyRooms::Joined).await), ["first"]);
    let history = mine(&svc, &bob, MyRooms::History).await;
    assert_eq!((names(&history), history.total_size), (vec!["first", "second"], 2));
    assert!(history.rooms.iter().all(|summary| summary.last_seen_at.is_some()));
    let page = ListMyRoomsRequest { which: MyRooms::History.into(), page_size: 1, ..Default::default() };
    let page = svc.my_rooms().list_my_rooms(bob.request(page)).await.unwrap().into_inner();
    let rest = ListMyRoomsRequest {
        which: MyRooms::History.into(),
        page_size: 1,
        page_token: page.next_page_token.clone(),
    };
    let rest = svc.my_rooms().list_my_rooms(bob.request(rest)).await.unwrap().into_inner();
    assert_eq!((names(&page), names(&rest)), (vec!["first"], vec!["second"]));
    assert_eq!(rest.next_page_token, "");

    let favour = AddFavouriteRequest { room: second.code.clone() };
    for _ in 0..2 {
        svc.my_rooms().add_favourite(bob.request(favour.clone())).await.unwrap();
    }
    let favourites = mine(&svc, &bob, MyRooms::Favourites).await;
    assert_eq!((names(&favourites), favourites.rooms[0].favourite), (vec!["second"], true));
    let disfavour = RemoveFavouriteRequest { room: second.id.clone() };
    svc.my_rooms().remove_favourite(bob.request(disfavour)).await.unwrap();
    assert_eq!(names(&mine(&svc, &bob, MyRooms::Favourites).await), [""; 0]);

    let forget = |room: &str| ForgetHistoryRequest { room: room.into() };
    svc.my_rooms().forget_history(bob.request(forget(&second.id))).await.unwrap();
    assert_eq!(names(&mine(&svc, &bob, MyRooms::History).await), ["first"]);
    svc.my_rooms().forget_history(bob.request(forget(""))).await.unwrap();
    assert_eq!(names(&mine(&svc, &bob, MyRooms::History).await), [""; 0]);
    assert_eq!(names(&mine(&svc, &bob, MyRooms::Joined).await), ["first"], "the membership stays");
    let unknown = AddFavouriteRequest { room: "22222222".into() };
    let refused = svc.my_rooms().add_favourite(bob.request(unknown)).await.map(|_| ());
    assert_eq!(refusal(refused), Reason::RoomNotFound);
}
