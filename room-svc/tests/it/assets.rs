use ids::AssetId;
use proto::room::v1::{
    AppendItemRequest, Item, ItemDuration, ItemPreparation, ListAssetsInUseRequest, PreparationState,
    RemoveItemRequest, Source, TestFilmSource, UpdateAssetRequest, UploadSource, room_event::Kind, source,
};

use crate::world::{Instance, Outcome, Person, World, asset_of, fields_at_fault, nobody, sent, user};

async fn update(svc: &Instance, asset_id: &str, duration_us: i64) -> Outcome<()> {
    let request =
        UpdateAssetRequest { asset_id: asset_id.to_owned(), duration_us, ..UpdateAssetRequest::default() };
    svc.playlist().update_asset(nobody().request(request)).await.map(|_| ())
}

/// Adds an item of an asset whose length may be known.
async fn append(svc: &Instance, who: &Person, room: &str, asset_id: &str, duration_us: i64) -> Item {
    let kind = Some(source::Kind::TestFilm(TestFilmSource {}));
    let request = AppendItemRequest {
        room: room.to_owned(),
        title: "film".to_owned(),
        source: Some(Source { kind, ..Source::default() }),
        asset_id: asset_id.to_owned(),
        duration_us,
        ..AppendItemRequest::default()
    };
    svc.playlist().append_item(who.request(request)).await.unwrap().into_inner().item.unwrap()
}

#[tokio::test]
async fn a_measured_length_is_stored_and_announced_once() {
    let world = World::start().await;
    let svc = world.instance().await;
    let ada = user("Ada");
    let (room, other) = (svc.create(&ada).await.id, svc.create(&ada).await.id);
    let film = svc.append(&ada, &room, "film", "").await.unwrap().id;
    let live = svc.append(&ada, &room, "live", "").await.unwrap().id;
    let gone = svc.append(&ada, &room, "gone", "").await.unwrap().id;
    let elsewhere = svc.append(&ada, &other, "film", "").await.unwrap();
    assert_eq!(elsewhere.asset_id, asset_of("film"), "two items of the same link share an asset");
    let request = RemoveItemRequest { room: room.clone(), item_id: gone.clone() };
    svc.playlist().remove_item(ada.request(request)).await.unwrap();
    let version = svc.items(&ada, &room).await.version;
    let mut reader = svc.read("test").await;
    reader.take(7).await;

    update(&svc, &asset_of("film"), 120_000_000).await.unwrap();
    update(&svc, &asset_of("gone"), 7).await.unwrap();
    update(&svc, &AssetId::new().to_string(), 9).await.unwrap();
    update(&svc, &asset_of("film"), 120_000_000).await.unwrap();
    let list = svc.items(&ada, &room).await;
    let stored: Vec<_> = list.items.iter().map(|item| (item.id.as_str(), item.duration_us)).collect();
    assert_eq!((stored, list.version), (vec![(film.as_str(), 120_000_000), (live.as_str(), 0)], version));

    let mut events = reader.take(2).await;
    events.sort_by_key(|event| event.room_id != room);
    let measured = |item: &str, duration_us| {
        Some(Kind::ItemMeasured(ItemDuration { item_id: item.to_owned(), duration_us, preparation: None }))
    };
    assert_eq!(events[0].kind, measured(&film, 120_000_000));
    assert_eq!((&events[1].room_id, &events[1].kind), (&other, &measured(&elsewhere.id, 120_000_000)));
    svc.say(&ada, &room, "hello", "1").await.unwrap();
    assert!(sent(&reader.next().await.unwrap()).is_some(), "and no more");
}

#[tokio::test]
async fn an_item_of_a_known_asset_has_its_length_at_once() {
    let world = World::start().await;
    let svc = world.instance().await;
    let ada = user("Ada");
    let room = svc.create(&ada).await.id;
    let asset = AssetId::new().to_string();
    let item = append(&svc, &ada, &room, &asset, 5_000_000).await;
    assert_eq!((item.asset_id, item.duration_us), (asset.clone(), 5_000_000));
    // The host has another film at the link now.
    update(&svc, &asset, 6_000_000).await.unwrap();
    assert_eq!(svc.items(&ada, &room).await.items[0].duration_us, 6_000_000);
}

#[tokio::test]
async fn items_older_than_assets_keep_working() {
    let world = World::start().await;
    let svc = world.instance().await;
    let ada = user("Ada");
    let room = svc.create(&ada).await.id;
    // As a media-svc of the version before adds one, and as the upgrade leaves one that was measured.
    let unknown = append(&svc, &ada, &room, "", 0).await;
    let known = append(&svc, &ada, &room, "", 0).await;
    let pool = world.postgres.pool("room-svc", &room_svc::MIGRATIONS).await.unwrap();
    let id: ids::ItemId = known.id.parse().unwrap();
    let query = sqlx::query("UPDATE room.items SET duration_us = 5 WHERE id = $1").bind(id.uuid());
    assert_eq!(query.execute(&pool).await.unwrap().rows_affected(), 1);
    let fresh = svc.append(&ada, &room, "film", "").await.unwrap();

    update(&svc, &fresh.asset_id, 7).await.unwrap();
    let items = svc.items(&ada, &room).await.items;
    let listed: Vec<_> = items.iter().map(|item| (item.id.as_str(), item.duration_us)).collect();
    assert_eq!(listed, [(unknown.id.as_str(), 0), (&known.id, 5), (&fresh.id, 7)]);
    assert_eq!((items[0].asset_id.as_str(), items[1].asset_id.as_str()), ("", ""));
    let request = RemoveItemRequest { room: room.clone(), item_id: unknown.id };
    svc.playlist().remove_item(ada.request(request)).await.unwrap();
    assert_eq!(svc.items(&ada, &room).await.items.len(), 2);
}

#[tokio::test]
async fn impossible_lengths_are_rejected() {
    let world = World::start().await;
    let svc = world.instance().await;
    let ada = user("Ada");
    let room = svc.create(&ada).await.id;
    let item = svc.append(&ada, &room, "film", "").await.unwrap();
    for length in [-1, 604_800_000_001, i64::MAX] {
        assert_eq!(fields_at_fault(update(&svc, &item.asset_id, length).await), ["duration_us"]);
    }
    assert_eq!(fields_at_fault(update(&svc, "item_1", 1).await), ["asset_id"]);
    assert_eq!(svc.items(&ada, &room).await.items[0].duration_us, 0);
    update(&svc, &item.asset_id, 3).await.unwrap();
    update(&svc, &item.asset_id, 0).await.expect("a length that cannot be found out changes nothing");
    assert_eq!(svc.items(&ada, &room).await.items[0].duration_us, 3);
}

fn upload_at(percent: i32, state: PreparationState) -> ItemPreparation {
    ItemPreparation { state: state.into(), percent, ..ItemPreparation::default() }
}

async fn prepare(svc: &Instance, asset_id: &str, preparation: ItemPreparation) {
    let request = UpdateAssetRequest {
        asset_id: asset_id.to_owned(),
        preparation: Some(preparation),
        ..UpdateAssetRequest::default()
    };
    svc.playlist().update_asset(nobody().request(request)).await.unwrap();
}

#[tokio::test]
async fn members_see_how_far_an_upload_is() {
    let world = World::start().await;
    let svc = world.instance().await;
    let ada = user("Ada");
    let room = svc.create(&ada).await.id;
    let asset = AssetId::new().to_string();
    let sending = upload_at(10, PreparationState::Sending);
    let request = AppendItemRequest {
        room: room.clone(),
        title: "film".to_owned(),
        source: Some(Source {
            kind: Some(source::Kind::Upload(UploadSource { upload_id: "upload_1".into() })),
            ..Source::default()
        }),
        asset_id: asset.clone(),
        preparation: Some(sending.clone()),
        ..AppendItemRequest::default()
    };
    let item = svc.playlist().append_item(ada.request(request)).await.unwrap().into_inner().item.unwrap();
    assert_eq!(item.preparation, Some(sending.clone()));
    let mut reader = svc.read("test").await;
    reader.take(2).await;

    prepare(&svc, &asset, sending).await;
    prepare(&svc, &asset, upload_at(40, PreparationState::Sending)).await;
    update(&svc, &asset, 7_000_000).await.unwrap();
    prepare(&svc, &asset, upload_at(0, PreparationState::Processing)).await;
    let mut told = Vec::new();
    for event in reader.take(3).await {
        let Some(Kind::ItemMeasured(measured)) = event.kind else { panic!("{event:?}") };
        assert_eq!(measured.item_id, item.id);
        told.push((measured.duration_us, measured.preparation.map(|it| it.percent)));
    }
    assert_eq!(
        told,
        [(0, Some(40)), (7_000_000, None), (7_000_000, Some(0))],
        "what is the same is not told again"
    );
    let listed = svc.items(&ada, &room).await.items.remove(0);
    assert_eq!(
        (listed.duration_us, listed.preparation.unwrap().state()),
        (7_000_000, PreparationState::Processing)
    );
}

#[tokio::test]
async fn assets_are_in_use_as_long_as_an_open_room_has_them() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, eve) = (user("Ada"), user("Eve"));
    let (room, other) = (svc.create(&ada).await.id, svc.create(&eve).await.id);
    let film = svc.append(&ada, &room, "film", "").await.unwrap();
    let theirs = svc.append(&eve, &other, "theirs", "").await.unwrap();
    let unused = AssetId::new().to_string();
    let asset_ids = vec![film.asset_id.clone(), theirs.asset_id.clone(), unused];
    let used = |member: &str| {
        let request = ListAssetsInUseRequest { asset_ids: asset_ids.clone(), member_id: member.to_owned() };
        let mut playlist = svc.playlist();
        async move {
            let reply = playlist.list_assets_in_use(nobody().request(request)).await.unwrap();
            let mut used = reply.into_inner().asset_ids;
            used.sort();
            used
        }
    };
    let mut both = vec![film.asset_id.clone(), theirs.asset_id.clone()];
    both.sort();
    assert_eq!(used("").await, both);
    assert_eq!(used(&ada.id()).await, [film.asset_id.as_str()]);
    assert_eq!(used("user_nobody").await, [""; 0]);
    let request = RemoveItemRequest { room: room.clone(), item_id: film.id };
    svc.playlist().remove_item(ada.request(request)).await.unwrap();
    assert_eq!(used("").await, [theirs.asset_id.as_str()]);
    assert_eq!(
        fields_at_fault(
            svc.playlist()
                .list_assets_in_use(nobody().request(ListAssetsInUseRequest {
                    asset_ids: vec!["x".into()],
                    ..ListAssetsInUseRequest::default()
                }))
                .await
        ),
        ["asset_id"]
    );
}
