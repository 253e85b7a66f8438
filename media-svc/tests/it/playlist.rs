//! Items: adding them, and finding their bytes.

use proto::{
    common::v1::Reason,
    media::v1::{AddItemRequest, GetPlaybackInfoRequest, add_item_request::From},
    room::v1::{MediaFormat, source},
};
use rpc::Context;
use testkit::{guest, user};

use crate::{
    host::Host,
    room::{CODE, ROOM},
    world::{START_US, World, refusal},
};

fn film() -> AddItemRequest {
    AddItemRequest { room: CODE.into(), from: Some(From::TestFilm(true)), ..Default::default() }
}

fn link(url: String) -> AddItemRequest {
    AddItemRequest { room: CODE.into(), from: Some(From::Url(url)), ..Default::default() }
}

async fn add(
    world: &World,
    context: &Context,
    request: AddItemRequest,
) -> rpc::Result<proto::room::v1::Item> {
    Ok(world.client.clone().add_item(context.request(request)).await?.into_inner().item.unwrap())
}

#[tokio::test]
async fn an_added_link_is_last_and_belongs_to_its_adder() {
    let (world, host, ada) = (World::start().await, Host::start().await, guest("Ada"));
    let request = AddItemRequest { request_id: "once".into(), ..link(host.link("/vod.m3u8")) };
    let item = add(&world, &ada, request).await.unwrap();
    assert_eq!((item.id.as_str(), item.title.as_str()), ("item_1", "127.0.0.1/vod.m3u8"));
    let (appended, by) = world.room.state().appended.remove(0);
    assert_eq!((appended.room.as_str(), appended.request_id.as_str()), (CODE, "once"));
    assert_eq!(appended.source.unwrap().format(), MediaFormat::Hls);
    assert_eq!(by, ada.identity.unwrap().subject_id);
}

#[tokio::test]
async fn a_given_title_wins() {
    let (world, host, ada) = (World::start().await, Host::start().await, user("Ada"));
    let request = AddItemRequest { title: " Film   night ".into(), ..link(host.link("/film.mp4")) };
    assert_eq!(add(&world, &ada, request).await.unwrap().title, "Film night");
    assert_eq!(
        add(&world, &ada, AddItemRequest { title: "   ".into(), ..film() }).await.unwrap().title,
        "Test film"
    );
}

#[tokio::test]
async fn a_missing_permission_is_reported_before_any_request() {
    let (world, host) = (World::start().await, Host::start().await);
    world.room.state().permissions.clear();
    assert_eq!(
        refusal(add(&world, &guest("Ada"), link(host.link("/film.mp4"))).await),
        Reason::PermissionMissing
    );
    assert_eq!(
        refusal(add(&world, &guest("Stranger"), link(host.link("/film.mp4"))).await),
        Reason::NotAMember
    );
    let elsewhere = AddItemRequest { room: "zzzzzzzz".into(), ..link(host.link("/film.mp4")) };
    assert_eq!(refusal(add(&world, &guest("Ada"), elsewhere).await), Reason::RoomNotFound);
    assert_eq!(refusal(add(&world, &Context::background(), film()).await), Reason::Unauthenticated);
    assert_eq!(host.asked(), [""; 0]);
    assert!(world.room.state().appended.is_empty());
}

#[tokio::test]
async fn an_unplayable_link_is_not_added() {
    let (world, host) = (World::start().await, Host::start().await);
    assert_eq!(refusal(add(&world, &guest("Ada"), link(host.link("/page"))).await), Reason::SourceNotVideo);
    let nothing = AddItemRequest { from: Some(From::TestFilm(false)), ..film() };
    assert_eq!(refusal(add(&world, &guest("Ada"), nothing).await), Reason::InvalidField);
    assert!(world.room.state().appended.is_empty());
}

#[tokio::test]
async fn playback_info_is_the_link_itself_or_a_signed_url_of_the_film() {
    let (world, host, ada) = (World::start().await, Host::start().await, guest("Ada"));
    let direct = add(&world, &ada, link(host.link("/film.mp4"))).await.unwrap();
    let film = add(&world, &ada, film()).await.unwrap();
    assert_eq!(film.title, "Test film");
    assert!(matches!(film.source.unwrap().kind, Some(source::Kind::TestFilm(_))));
    let info =
        |item_id: &str| ada.request(GetPlaybackInfoRequest { room: CODE.into(), item_id: item_id.into() });

    let playback = world.client.clone().get_playback_info(info(&direct.id)).await.unwrap().into_inner();
    assert_eq!(
        (playback.url.as_str(), playback.expires_at.as_ref()),
        (host.link("/film.mp4").as_str(), None)
    );
    assert_eq!(playback.format(), MediaFormat::Progressive);

    let playback = world.client.clone().get_playback_info(info(&film.id)).await.unwrap().into_inner();
    let subject = &ada.identity.as_ref().unwrap().subject_id;
    assert!(
        playback.url.starts_with(&format!("/media/film/test.mp4?room={ROOM}&sub={subject}&exp=")),
        "{}",
        playback.url
    );
    let good_for_s = playback.expires_at.unwrap().seconds - START_US / 1_000_000;
    assert!((6 * 3600..=6 * 3600 + 600).contains(&good_for_s), "{good_for_s}");
}

#[tokio::test]
async fn playback_info_needs_a_member_and_an_existing_item() {
    let (world, ada) = (World::start().await, guest("Ada"));
    let film = add(&world, &ada, film()).await.unwrap();
    let ask = |context: Context, item_id: &str| {
        let request = context.request(GetPlaybackInfoRequest { room: ROOM.into(), item_id: item_id.into() });
        let mut client = world.client.clone();
        async move { client.get_playback_info(request).await }
    };
    assert_eq!(refusal(ask(guest("Stranger"), &film.id).await), Reason::NotAMember);
    assert_eq!(refusal(ask(ada.clone(), "item_none").await), Reason::ItemNotFound);
    assert!(ask(ada, &film.id).await.is_ok());
}
