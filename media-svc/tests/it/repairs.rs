//! Segments that the store has lost.

use proto::{
    common::v1::Reason,
    media::v1::{RepairUploadRequest, RepairUploadResponse, UploadState},
    transcode::v1::{FailTaskRequest, task},
};

use crate::{
    films::{Film, admin, encoded, plan, range},
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

/// Takes from the store so many of the 44 segments.
fn lose(world: &World, film: &Film, count: usize) {
    let folder = world.blob_dir.path().join(format!("hls/{}/1", film.asset));
    let renditions = ["v0", "v1", "v2", "a0"];
    for (rendition, index) in renditions.iter().flat_map(|it| (0..11).map(move |n| (it, n))).take(count) {
        std::fs::remove_file(folder.join(format!("{rendition}/{index}.m4s"))).unwrap();
    }
}

/// Gives a film the bytes of its original.
async fn store_original(world: &World, film: &Film) {
    let key = format!("originals/{}/{}", film.id, ids::PartId::new());
    world.put(&key, &[0; 1000]);
    let query =
        sqlx::query("INSERT INTO media.upload_parts (upload_id, start, size, key) VALUES ($1, 0, 1000, $2)");
    query.bind(film.id.uuid()).bind(key).execute(&world.pool).await.unwrap();
}

// Case M16.
#[tokio::test]
async fn a_film_that_lost_most_segments_is_encoded_again_under_new_urls() {
    let world = World::start().await;
    let film = world.planned("user_a", encoded(58)).await;
    store_original(&world, &film).await;
    world.work_off().await;
    lose(&world, &film, 23);
    assert_eq!(repair(&world, &film).await.unwrap().missing, 23);
    assert_eq!(world.state(&film).await, (UploadState::Pending, 0, false, String::new()));
    let queue = world.queue_of_tasks();
    let probe = queue.lease("worker").await.unwrap();
    assert!(matches!(probe.kind, Some(task::Kind::Probe(_))), "it is examined first: {probe:?}");
    assert!(!queue.complete(&probe, Some(encoded(58))).await);
    let task = queue.lease("worker").await.unwrap();
    assert_eq!(plan(&task).generation, 2);
    let given_back = FailTaskRequest { released: true, ..FailTaskRequest::default() };
    assert!(!queue.fail(&task, given_back).await);
    assert_eq!(world.work_off().await.len(), 22);
    assert_eq!(world.state(&film).await.0, UploadState::Ready);
    let removals: Vec<String> =
        sqlx::query_scalar("SELECT prefix FROM media.removals").fetch_all(&world.pool).await.unwrap();
    assert_eq!(removals, [format!("hls/{}/1/", film.asset)], "what is left of the old one");
}

#[tokio::test]
async fn half_of_the_segments_are_made_again_alone() {
    let world = World::start().await;
    let film = world.planned("user_a", encoded(58)).await;
    store_original(&world, &film).await;
    world.work_off().await;
    lose(&world, &film, 22);
    assert_eq!(repair(&world, &film).await.unwrap().missing, 22);
    assert_eq!(world.work_off().await.len(), 22, "the second half of the renditions is of the same layers");
    assert_eq!(world.state(&film).await.0, UploadState::Ready);
}

#[tokio::test]
async fn without_its_original_nothing_is_encoded_again_as_a_whole() {
    let world = World::start().await;
    let film = world.planned("user_a", encoded(58)).await;
    world.work_off().await;
    lose(&world, &film, 23);
    assert_eq!(repair(&world, &film).await.unwrap().missing, 23);
    assert_eq!(world.state(&film).await, (UploadState::Processing, 100, true, String::new()));
}

#[tokio::test]
async fn a_lost_segment_is_noticed_when_somebody_asks_for_it() {
    let world = World::start().await;
    let film = world.planned("user_a", encoded(58)).await;
    world.work_off().await;
    let (queue, wait) = (world.queue_of_tasks(), std::time::Duration::from_secs(8));
    assert_eq!(queue.wait(&film, "v1", 3, std::time::Duration::ZERO).await, Ok(()), "it is there");
    let folder = world.blob_dir.path().join(format!("hls/{}/1", film.asset));
    for (lost, index) in [("v1/3.m4s", 3), ("v0/init.mp4", -1)] {
        std::fs::remove_file(folder.join(lost)).unwrap();
        let rendition = &lost[..2];
        let (made, waited) = tokio::join!(
            async {
                loop {
                    if let Some(task) = queue.lease("worker").await {
                        let indexes: Vec<_> = range(&task).collect();
                        assert_eq!(indexes, [index.max(0)]);
                        world.make(&task, &indexes).await;
                        return queue.complete(&task, None).await;
                    }
                }
            },
            queue.wait(&film, rendition, index, wait),
        );
        assert_eq!((made, waited), (false, Ok(())), "{lost}");
        assert!(folder.join(lost).exists());
        assert_eq!(world.state(&film).await.0, UploadState::Ready);
    }
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
