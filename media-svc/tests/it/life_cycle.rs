//! Life of segments, from the first one to their removal.

use std::time::Duration;

use ids::GuestId;
use proto::media::v1::{GetUploadRequest, Upload};
use rpc::ClaimedKind;
use runtime::{Shutdown, Tasks};

use crate::{
    films::{Film, encoded},
    uploads_client::Client,
    world::World,
};

async fn ended_at(world: &World) -> Option<chrono::DateTime<chrono::Utc>> {
    let query = sqlx::query_scalar("SELECT ended_at FROM media.sweeps WHERE name = 'uploads'");
    query.fetch_optional(&world.pool).await.unwrap().flatten()
}

/// Lets another process begin, which sweeps if it is time, and waits until no removal is due.
async fn look(world: &World, sweeps: bool) {
    let mut tasks = Tasks::new(Shutdown::default());
    let _replica = world.replica_in(&mut tasks);
    let due = "SELECT count(*) FROM media.removals WHERE run_after <= $1";
    let now = world.clock.now();
    while (sweeps && ended_at(world).await != Some(now))
        || sqlx::query_scalar::<_, i64>(due).bind(now).fetch_one(&world.pool).await.unwrap() > 0
    {
        tokio::task::yield_now().await;
    }
}

async fn objects(world: &World, film: &Film) -> usize {
    world.blobs.list(&format!("hls/{}/", film.asset), None, 1000).await.unwrap().len()
}

async fn assets(world: &World, film: &Film) -> i64 {
    let query = sqlx::query_scalar("SELECT count(*) FROM media.assets WHERE id = $1");
    query.bind(film.asset.uuid()).fetch_one(&world.pool).await.unwrap()
}

#[tokio::test]
async fn what_was_made_of_a_film_goes_with_its_room_and_stays_with_another() {
    let world = World::start().await;
    let mut films = Vec::new();
    for _ in 0..2 {
        let film = world.planned(&GuestId::new().to_string(), encoded(58)).await;
        world.work_off().await;
        assert!(objects(&world, &film).await > 44);
        world.room.state().used_assets.push(film.asset.to_string());
        films.push(film);
    }
    let [gone, stays] = &films[..] else { panic!() };
    look(&world, true).await;
    // The room of the first one expires.
    world.room.state().used_assets.retain(|asset| *asset == stays.asset.to_string());
    for hours in [1, 25] {
        assert!(objects(&world, gone).await > 0, "it is kept for a day");
        world.clock.advance(Duration::from_hours(hours));
        look(&world, true).await;
    }
    assert_eq!(objects(&world, gone).await, 0);
    assert!(objects(&world, stays).await > 44);
    assert_eq!(assets(&world, gone).await, 1, "rooms may still have to be told");
    sqlx::query("DELETE FROM media.outbox").execute(&world.pool).await.unwrap();
    world.clock.advance(Duration::from_mins(11));
    look(&world, false).await;
    assert_eq!((assets(&world, gone).await, assets(&world, stays).await), (0, 1));
}

#[tokio::test]
async fn the_sweep_runs_every_hour() {
    let world = World::start().await;
    let mut swept = Vec::new();
    for minutes in [0, 58, 2] {
        world.clock.advance(Duration::from_mins(minutes));
        let shutdown = Shutdown::default();
        let mut tasks = Tasks::new(shutdown.clone());
        let _replica = world.replica_in(&mut tasks);
        // It looks once before it ends.
        shutdown.begin();
        tasks.finish().await;
        swept.push(ended_at(&world).await == Some(world.clock.now()));
    }
    assert_eq!(swept, [true, false, true], "whichever process looks");
}

#[tokio::test]
async fn an_upload_says_when_it_was_begun_and_where_it_can_be_watched() {
    let world = World::start().await;
    let owner = ids::UserId::new().to_string();
    let client = Client::new(&world.data_plane, &owner, ClaimedKind::User);
    let film = world.sent(&owner, 1000).await;
    let told = async || -> Upload {
        let request = client.context().request(GetUploadRequest { upload_id: film.id.to_string() });
        world.uploads.clone().get_upload(request).await.unwrap().into_inner().upload.unwrap()
    };
    let before = told().await;
    assert_eq!((before.manifest_url.as_str(), before.progress, before.playable), ("", 0, false));
    assert_eq!(before.created_at.map(|at| at.seconds), Some(world.clock.now().timestamp()));
    let queue = world.queue_of_tasks();
    let probe = queue.lease("worker").await.unwrap();
    assert!(!queue.complete(&probe, Some(encoded(58))).await);
    let task = queue.lease("worker").await.unwrap();
    world.make(&task, &[0, 1, 2]).await;
    let after = told().await;
    assert!(after.playable && after.manifest_url.starts_with("/media/hls/"), "{}", after.manifest_url);
    assert_eq!((after.progress, after.duration_us), (3 * 100 / 22, 58_000_000));
}
