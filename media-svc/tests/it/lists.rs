//! Lists of links: each has a verdict of its own.

use proto::{
    common::v1::Reason,
    media::v1::{AddItemsRequest, LinkToAdd, LinkVerdict, SourceOutcome},
};
use testkit::guest;

use crate::{
    host::Host,
    room::CODE,
    world::{World, refusal},
};

async fn add(world: &World, who: &str, links: Vec<String>) -> rpc::Result<Vec<LinkVerdict>> {
    let links = links.into_iter().map(|url| LinkToAdd { url, ..LinkToAdd::default() }).collect();
    let request = AddItemsRequest { room: CODE.into(), links, ..AddItemsRequest::default() };
    Ok(world.client.clone().add_items(guest(who).request(request)).await?.into_inner().verdicts)
}

#[tokio::test]
async fn each_link_of_a_list_has_its_own_verdict_in_its_order() {
    let (world, host) = (World::start().await, Host::start().await);
    let paths = ["/film.mp4", "/page", "/status/404", "/song.mp3", "/no-ranges.mp4"];
    let mut links: Vec<_> = paths.iter().map(|path| host.link(path)).collect();
    links.insert(1, "ftp://example.org/film.mp4".into());
    let verdicts = add(&world, "Ada", links).await.unwrap();
    let reasons: Vec<_> = verdicts.iter().map(|verdict| verdict.reason.as_str()).collect();
    assert_eq!(reasons, ["", "SOURCE_SCHEME_UNSUPPORTED", "SOURCE_NOT_VIDEO", "SOURCE_NOT_FOUND", "", ""]);
    assert_eq!(verdicts[0].outcome(), SourceOutcome::PlaysForAll);
    assert_eq!(verdicts[5].outcome(), SourceOutcome::NoJumps);
    assert!(verdicts[2].message.contains("web page") && !verdicts[2].suggestions.is_empty());
    let added: Vec<_> =
        verdicts.iter().filter_map(|verdict| Some(verdict.item.as_ref()?.id.as_str())).collect();
    assert_eq!(added, ["item_1", "item_2", "item_3"]);
}

#[tokio::test]
async fn links_that_do_not_fit_the_playlist_say_so() {
    let (world, host) = (World::start().await, Host::start().await);
    world.room.state().room_for = 1;
    let verdicts = add(&world, "Ada", vec![host.link("/film.mp4"), host.link("/film.webm")]).await.unwrap();
    assert!(verdicts[0].item.is_some());
    assert_eq!((verdicts[1].item.as_ref(), verdicts[1].reason.as_str()), (None, "PLAYLIST_FULL"));
}

// Issue 10, "Bad input": a playlist of 10,000 entries pasted.
#[tokio::test]
async fn a_list_of_ten_thousand_links_is_refused_before_any_request() {
    let (world, host) = (World::start().await, Host::start().await);
    let links = vec![host.link("/film.mp4"); 10_000];
    let refused = add(&world, "Ada", links).await.unwrap_err();
    assert_eq!(rpc::reason_of(&refused), Some(Reason::TooManyLinks));
    assert!(refused.message().contains("10000") && refused.message().contains("50"), "{}", refused.message());
    assert_eq!(host.asked(), [""; 0]);
    world.room.state().permissions.clear();
    assert_eq!(refusal(add(&world, "Ada", vec![host.link("/film.mp4")]).await), Reason::PermissionMissing);
    assert_eq!(refusal(add(&world, "Stranger", vec![host.link("/film.mp4")]).await), Reason::NotAMember);
    assert_eq!(host.asked(), [""; 0]);
}
