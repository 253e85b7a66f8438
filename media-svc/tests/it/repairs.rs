//! Segments that the store has lost.

use proto::{
    common::v1::Reason,
    media::v1::{RepairUploadRequest, RepairUploadResponse, UploadState},
};

use crate::{
    films::{Film, admin, encoded},
    world::World,
};

async fn repair(world: &World, film: &Film) -> rpc::Result<RepairUploadResponse> {
    let request = RepairUploadRequest { upload_id: film.id.to_string() };
    Ok(world.queue_of_tasks().admin.clone().repair_upload(admin().request(request)).await?.into_inner())
}

#[tokio::test]
async fn lost_segments_are_made_again_and_nothing_else() {
    let world = World::start().await;
    let film = world.planned("user_a", encoded(58)).await;
    world.work_off().await;
    assert_eq!(world.state(&film).await.0, UploadState::Ready);
    // 2, 2, then nine of 6 s: eleven segments of three pictures and a track of sound.
    let whole = repair(&world, &film).await.unwrap();
    assert_eq!((whole.expected, whole.missing), (44, 0));
    assert_eq!(world.state(&film).await.0, UploadState::Ready, "nothing changed");
    assert!(world.queue_of_tasks().lease("worker").await.is_none());

    let folder = world.blob_dir.path().join(format!("hls/{}/1", film.asset));
    for lost in ["v1/3.m4s", "v2/3.m4s", "v2/4.m4s", "v1/8.m4s", "a0/0.m4s", "plan.pb", "storyboard/0.jpg"] {
        std::fs::remove_file(folder.join(lost)).unwrap();
    }
    assert_eq!(repair(&world, &film).await.unwrap().missing, 5);
    assert_eq!(world.state(&film).await, (UploadState::Processing, 100, true, String::new()));
    assert!(folder.join("plan.pb").exists());
    let made = world.work_off().await;
    let mut keys: Vec<_> = made.keys().copied().collect();
    keys.sort_unstable();
    assert_eq!(keys, [(0, 0), (1, 3), (1, 4), (1, 8)]);
    assert_eq!(world.state(&film).await.0, UploadState::Ready);
    assert_eq!(repair(&world, &film).await.unwrap().missing, 0);
}

#[tokio::test]
async fn a_film_that_lost_everything_is_transcoded_again() {
    let world = World::start().await;
    let film = world.planned("user_a", encoded(58)).await;
    world.work_off().await;
    std::fs::remove_dir_all(world.blob_dir.path().join(format!("hls/{}", film.asset))).unwrap();
    assert_eq!(repair(&world, &film).await.unwrap().missing, 44 + 4, "the init segments too");
    assert_eq!(world.work_off().await.len(), 22);
    assert_eq!(world.state(&film).await.0, UploadState::Ready);
}

#[tokio::test]
async fn what_is_not_made_yet_is_not_missing() {
    let world = World::start().await;
    let film = world.planned("user_a", encoded(58)).await;
    let task = world.queue_of_tasks().lease("worker").await.unwrap();
    world.make(&task, &[0, 1]).await;
    assert_eq!(repair(&world, &film).await.unwrap().missing, 0);
    assert!(!world.make(&task, &[2]).await.lost, "the work goes on");
    let none = Film { id: ids::UploadId::new(), asset: ids::AssetId::new() };
    let refused = repair(&world, &none).await.unwrap_err();
    assert_eq!(rpc::reason_of(&refused), Some(Reason::UploadNotFound));
}
