//! What this service does for the chat: lines about the playback, and reactions that float over the film.

use proto::{
    room::v1::{SystemEventKind, room_event::Kind},
    sync::v1::{FloatRequest, subscribe_response::Delivery},
};
use rpc::{Context, Reason, reason_of};
use testkit::{guest, user};

use crate::{
    over_both,
    world::{Instance, World, pause, play, seek},
};

over_both! {
    what_people_do_to_the_playback_is_told_in_the_chat,
    a_reaction_floats_to_everyone_and_is_not_stored,
}

// Rows 4.4.1-6 to 4.4.1-8.
async fn what_people_do_to_the_playback_is_told_in_the_chat(world: World) {
    let instance = world.start_with_item().await;
    let (anna, ben) = (user("Anna"), user("Ben"));
    instance.act(&anna, play()).await;
    instance.act(&ben, seek(5_000_000)).await;
    instance.act(&anna, pause()).await;
    let id = |who: &Context| who.identity.as_ref().unwrap().subject_id.clone();
    // Lines come in one round of the task or in several.
    let lines = world.rooms.lines(4).await;
    let told: Vec<_> = lines.iter().map(|line| (line.kind(), line.subject_id.clone())).collect();
    assert_eq!(
        told,
        [
            (SystemEventKind::ItemStarted, String::new()),
            (SystemEventKind::Play, id(&anna)),
            (SystemEventKind::Seek, id(&ben)),
            (SystemEventKind::Pause, id(&anna)),
        ]
    );
    assert_eq!((lines[0].item_id.as_str(), lines[2].position_us), ("item_1", 5_000_000));
}

async fn float(instance: &Instance, who: &Context) -> Result<(), tonic::Status> {
    let request = FloatRequest { room: instance.room.clone(), key: "🎉".into() };
    instance.reactions().float(who.request(request)).await.map(|_| ())
}

async fn a_reaction_floats_to_everyone_and_is_not_stored(world: World) {
    let instance = world.start().await;
    let beside = world.start_beside(&instance).await;
    let mut streams = [instance.subscribe(0).await, beside.subscribe(0).await];
    for stream in &mut streams {
        stream.snapshot().await;
    }
    let (anna, viewer) = (user("Anna"), guest("Viewer"));
    world.rooms.shows_only(&viewer);
    let refused = float(&instance, &viewer).await.unwrap_err();
    assert_eq!(reason_of(&refused), Some(Reason::PermissionMissing));
    float(&instance, &anna).await.unwrap();
    for stream in &mut streams {
        let Delivery::RoomEvent(event) = stream.next().await else { panic!("another delivery") };
        let Some(Kind::ReactionFloated(reaction)) = event.kind else { panic!("{event:?}") };
        assert_eq!((reaction.key.as_str(), reaction.display_name.as_str()), ("🎉", "Anna"));
    }
}
