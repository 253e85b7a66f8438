//! Real processes that fail at seeded moments while films are sent, examined, queued and encoded. Whatever fails: the file is the
//! one that was sent, its preparing ends, nothing is done twice, and the sweep leaves nothing behind.
//!
//! `make soak` runs 200 seeds. `FAULT_SEED=17` runs that one alone.

mod check;
mod client;
mod films;
mod line;
mod plan;
mod process;
mod stage;
mod system;

use std::{sync::Arc, time::Duration};

use anyhow::{Context as _, ensure};
use proto::{media::v1::UploadState, room::v1::PreparationState};
use runtime::{Clock, Shutdown, Tasks};

use self::{check::Row, client::Sender, films::Film, plan::Plan, system::System};
use crate::uploads_client::{Client, PATH};

/// Seeds of an ordinary run of the tests.
const SEEDS: u64 = 12;
/// A bound for a broken system, not a measure of a working one.
const PATIENCE: Duration = Duration::from_mins(5);
/// How long the preparing of a film is waited for until the time is moved on.
const LOOK_AGAIN: Duration = Duration::from_millis(200);

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().expect("a number"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn films_survive_what_fails_around_them() -> anyhow::Result<()> {
    let seeds: Vec<u64> = match number("FAULT_SEED") {
        Some(seed) => vec![seed],
        None => (0..number("FAULT_SEEDS").unwrap_or(SEEDS)).collect(),
    };
    let dir = tempfile::tempdir()?;
    let films = Film::all(dir.path());
    let system = System::start().await?;
    let (mut people, mut struck) = (Vec::new(), 0);
    for seed in seeds {
        let plan = Plan::of(seed, films.len());
        let person = ids::UserId::new().to_string();
        let outcome = tokio::time::timeout(PATIENCE, case(&system, &films, &plan, &person)).await;
        struck += system.stage.struck().len();
        if let Err(error) = outcome.context("it does not end").flatten() {
            let struck = system.stage.struck();
            anyhow::bail!("{plan:?}\nfailed so far: {struck:?}\n{}\n{error:?}", system.logs());
        }
        people.push(person);
    }
    ensure!(struck >= people.len() / 2, "most moments never come: {struck} of {} cases", people.len());
    says_what_it_removed(&system, &people[0]).await?;
    sweep(&system, &people).await
}

/// Logs and metrics of a process say what its sweep removed.
async fn says_what_it_removed(system: &Arc<System>, person: &str) -> anyhow::Result<()> {
    let expire = "UPDATE media.uploads SET expires_at = now() WHERE owner_id = $1";
    sqlx::query(expire).bind(person).execute(&system.pool).await?;
    sqlx::query("UPDATE media.sweeps SET begun_at = begun_at - interval '1 hour'")
        .execute(&system.pool)
        .await?;
    system.stop();
    system.replicas[0].revive().await?;
    let metrics = format!("http://{}/metrics", system.admin);
    let told = [("syncwatch_media_uploads_total", "expired"), ("syncwatch_media_objects_removed_total", "")];
    let words = [
        "an upload expired and was deleted",
        "uploads were swept",
        "the objects of a deleted upload were removed",
    ];
    let said = async {
        loop {
            let text = reqwest::get(&metrics).await?.text().await?;
            let has = |(name, label): (&str, &str)| {
                text.lines()
                    .any(|line| line.starts_with(name) && line.contains(label) && !line.ends_with(" 0"))
            };
            let log = system.replicas[0].tail();
            if told.into_iter().all(has) && words.iter().all(|words| log.contains(words)) {
                return anyhow::Ok(());
            }
            tokio::task::yield_now().await;
        }
    };
    let said = tokio::time::timeout(PATIENCE, said).await;
    said.context("what was removed is not told").flatten().with_context(|| system.logs())?;
    Ok(())
}

async fn case(system: &Arc<System>, films: &[Film], plan: &Plan, person: &str) -> anyhow::Result<()> {
    let film = &films[plan.film];
    let bytes = film.padded(plan.padding, plan.seed);
    system.stage.set(&plan.faults);
    let sent = Sender::new(system, plan, person)?.send(&bytes, film.name, film.kind).await?;
    // A request of a part at most costs itself. One with all that is left costs the part that is being written, the one that arrives,
    // and what is between the sockets, which nobody here can count.
    if let Some(piece) = plan.piece {
        ensure!(sent.most_again <= piece, "{} bytes were sent again", sent.most_again);
    }
    check::original(system, sent.id, &bytes).await?;

    let mut told = system.room.told.subscribe();
    let row = loop {
        system.mended().await;
        match Row::of(system, sent.id).await {
            Ok(row) if row.has_ended() => break row,
            // The database was killed just now.
            _ => {}
        }
        let _ = tokio::time::timeout(LOOK_AGAIN, told.changed()).await;
        system.mended().await;
        let _ = system.let_time_pass().await;
    };
    system.mend().await;
    ensure!(row.state == UploadState::Ready || !row.failure_reason.is_empty(), "it failed without a reason");
    let ended = match row.state {
        UploadState::Ready => PreparationState::Ready,
        _ => PreparationState::Failed,
    };
    system.room.told_of_upload(&row.asset.to_string(), |told| told.state() == ended).await;
    check::original(system, sent.id, &bytes).await.context("after its preparing")?;
    check::segments(system, &row).await?;
    check::quota(system, &context_of(person)).await
}

fn context_of(person: &str) -> rpc::Context {
    rpc::Context::on_behalf_of(rpc::Identity {
        subject_id: person.to_owned(),
        kind: rpc::SubjectKind::User.into(),
        display_name: "Ada".into(),
        room_id: String::new(),
    })
}

/// A day later the sweep has removed what nobody has. After all films were deleted it leaves nothing at all.
async fn sweep(system: &Arc<System>, people: &[String]) -> anyhow::Result<()> {
    system.stop();
    let clock = Clock::system();
    clock.advance(Duration::from_hours(25));
    work(system, &clock).await?;
    check::owners(system).await?;
    let mut tasks = Tasks::new(Shutdown::default());
    let router = system.later(clock.clone(), &mut tasks).await?;
    for person in people {
        let client = Client::new(&router, person, rpc::ClaimedKind::User);
        let ids: Vec<uuid::Uuid> = sqlx::query_scalar("SELECT id FROM media.uploads WHERE owner_id = $1")
            .bind(person)
            .fetch_all(&system.pool)
            .await?;
        for id in ids {
            let path = format!("{PATH}/{}", ids::UploadId::from(id));
            let answer =
                client.send("DELETE", &path, &[crate::uploads_client::TUS], axum::body::Body::empty()).await;
            ensure!(answer.status == 204, "{}: {}", answer.status, answer.reason());
        }
    }
    drop(tasks);
    clock.advance(Duration::from_hours(25));
    work(system, &clock).await?;
    check::owners(system).await?;
    let left =
        sqlx::query_scalar::<_, i64>("SELECT count(*) FROM media.uploads").fetch_one(&system.pool).await?;
    ensure!(left == 0, "{left} uploads are left");
    Ok(())
}

/// Lets the background work of media-svc run four times, an hour apart, each time until it has swept and removed all that is due.
async fn work(system: &Arc<System>, clock: &Clock) -> anyhow::Result<()> {
    // Two passes for each removal, and more where rooms had to be told first.
    for _ in 0..4 {
        clock.advance(Duration::from_mins(61));
        let mut tasks = Tasks::new(Shutdown::default());
        let begun = clock.now();
        let _router = system.later(clock.clone(), &mut tasks).await?;
        let is_done = "SELECT NOT EXISTS (SELECT FROM media.removals WHERE run_after <= $1)
            AND EXISTS (SELECT FROM media.sweeps WHERE name = 'uploads' AND ended_at >= $1)";
        while !sqlx::query_scalar::<_, bool>(is_done).bind(begun).fetch_one(&system.pool).await? {
            tokio::task::yield_now().await;
        }
    }
    Ok(())
}
