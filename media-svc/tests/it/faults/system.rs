//! Two replicas of media-svc, a worker, PostgreSQL and a store, each of which can be killed or cut off, and comes back.

use std::{path::Path, sync::Arc};

use anyhow::Context as _;
use media_svc::{
    Built, Config, Deps, MIGRATIONS, RenditionsConfig, StoreConfig, UploadsConfig, build,
    generate_link_secret, open_blobs,
};
use proto::auth::v1::{GetJwksRequest, GetJwksResponse};
use rpc::RpcChannel;
use runtime::{Clock, Settings, Tasks};
use serde_json::json;
use sqlx::PgPool;
use testkit::{
    Fake, Postgres, S3_ACCESS_KEY, S3_BUCKET, S3_SECRET_KEY, S3Server, SERVICE_TOKEN, TestKeys,
    service_token, tokens,
};
use tokio::sync::{mpsc, watch};

use super::{line::Line, plan::Fault, process::Process, stage::Stage};
use crate::room::Room;

/// Counts every segment that counts as made, also one that counts twice.
const COUNTING: &str = "CREATE TABLE public.published (asset uuid, generation integer, index integer, at timestamptz);
    CREATE FUNCTION public.note_published() RETURNS trigger SECURITY DEFINER LANGUAGE plpgsql AS $$ BEGIN
      INSERT INTO public.published VALUES (NEW.asset_id, NEW.generation, NEW.index, clock_timestamp());
      RETURN NEW;
    END $$;
    CREATE TRIGGER note_published AFTER INSERT ON media.segments FOR EACH ROW EXECUTE FUNCTION public.note_published();";

/// The running system.
pub(super) struct System {
    pub(super) stage: Stage,
    pub(super) room: Room,
    pub(super) store: S3Server,
    /// As the superuser, to look and to let time pass.
    pub(super) pool: PgPool,
    /// Addresses of the replicas over plain HTTP.
    pub(super) http: [String; 2],
    /// Addresses of their RPCs.
    pub(super) grpc: [String; 2],
    /// Address of the metrics of the first replica.
    pub(super) admin: String,
    pub(super) replicas: [Process; 2],
    worker: Process,
    postgres: Postgres,
    store_line: Line,
    media_line: Line,
    /// Faults that nobody has mended yet.
    hurt: watch::Sender<usize>,
    settings: std::path::PathBuf,
    _dir: tempfile::TempDir,
}

impl System {
    pub(super) async fn start() -> anyhow::Result<Arc<Self>> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (dir, room, stage) = (tempfile::tempdir()?, Room::new(), Stage::new());
        let watching = stage.clone();
        let store = S3Server::with(move |parts| watching.stored(parts)).await;
        let target = store.endpoint.trim_start_matches("http://").to_owned();
        let store_line = Line::to(vec![target]).await?;
        let postgres = Postgres::start_durable().await?;
        // Below those that connections take, so that they stay free while a process is dead.
        let free: Vec<String> = (0..7)
            .map(|_| Ok(format!("127.0.0.1:{}", testkit::free_port()?)))
            .collect::<anyhow::Result<_>>()?;
        let grpc = [free[0].clone(), free[1].clone()];
        let http = [free[2].clone(), free[3].clone()];
        let media_line = Line::to(grpc.to_vec()).await?;
        let common = format!(
            "[store]\nkind = \"s3\"\ns3_endpoint = \"http://{}\"\ns3_bucket = \"{S3_BUCKET}\"\ns3_path_style = true\n\
             s3_access_key = \"{S3_ACCESS_KEY}\"\ns3_secret_key = \"{S3_SECRET_KEY}\"\n[rpc]\ntoken = \"{SERVICE_TOKEN}\"\n\
             [log]\nlevel = \"info\"\n[services]\nroom = \"{}\"\nauth = \"{}\"\nmedia = \"http://{}\"\n",
            store_line.address,
            testkit::serve(&room.service()).await?,
            testkit::serve(&keys()).await?,
            media_line.address,
        );
        let secret = generate_link_secret();
        // One layer, so that an index names a segment.
        let of_replica = |number: usize, admin: &str| {
            format!(
                "{common}[postgres]\nurl = {:?}\n[uploads]\nper_hour = 10000\nbandwidth_bytes_per_s = 1000000000\n\
                 burst_bytes = 1000000000\n[renditions]\nsegment_s = 2\neven_loudness = false\n[media]\ngrpc_listen = {:?}\nhttp_listen = {:?}\n\
                 admin_listen = {admin:?}\nlink_secret = {secret:?}\noembed = false\n",
                postgres.url(),
                grpc[number],
                http[number],
            )
        };
        let replica = async |number: usize| {
            let config = of_replica(number, &free[4 + number]);
            let program = env!("CARGO_BIN_EXE_media-svc").into();
            let listens = vec![grpc[number].clone(), http[number].clone()];
            Process::start(program, &format!("media-svc-{number}"), dir.path(), &config, listens).await
        };
        // The schema is there before the replicas are.
        postgres.pool("media-svc", &MIGRATIONS).await?.close().await;
        let pool = PgPool::connect(postgres.url()).await?;
        sqlx::raw_sql(COUNTING).execute(&pool).await?;
        let replicas = [replica(0).await?, replica(1).await?];
        let program = Path::new(env!("CARGO_BIN_EXE_media-svc")).with_file_name("transcode-worker");
        anyhow::ensure!(program.exists(), "transcode-worker is not built; `cargo build --bins` builds it");
        let config = format!(
            "{common}[transcode]\nadmin_listen = {:?}\nmax_jobs = 2\npreset = \"ultrafast\"\n",
            free[6]
        );
        let listens = vec![free[6].clone()];
        let worker = Process::start(program, "transcode-worker", dir.path(), &config, listens).await?;
        let system = Arc::new(Self {
            settings: dir.path().join("media-svc-0.toml"),
            hurt: watch::Sender::default(),
            admin: free[4].clone(),
            stage,
            room,
            store,
            pool,
            http,
            grpc,
            replicas,
            worker,
            postgres,
            store_line,
            media_line,
            _dir: dir,
        });
        system.clone().mend_what_fails();
        Ok(system)
    }

    /// Lets things fail when the stage says so, and mends them.
    fn mend_what_fails(self: Arc<Self>) {
        let (failed, mut to_mend) = mpsc::unbounded_channel();
        let system = Arc::downgrade(&self);
        self.stage.arm(move |fault| {
            let Some(system) = system.upgrade() else { return };
            system.hurt.send_modify(|hurt| *hurt += 1);
            match fault {
                Fault::ReplicaDies(number) => system.replicas[number].kill(),
                Fault::WorkerDies => system.worker.kill(),
                Fault::DatabaseDies => {
                    if let Ok(pid) = system.postgres.pid() {
                        let _ = std::process::Command::new("kill").arg("-9").arg(pid.to_string()).status();
                    }
                }
                Fault::StoreIsCut(refusals) => system.store_line.cut(refusals),
                Fault::WorkerIsCut(refusals) => system.media_line.cut(refusals),
                Fault::ClientLeaves | Fault::StoreRefuses(_) | Fault::StoreLosesAnswer => {}
            }
            let _ = failed.send(fault);
        });
        let system = Arc::downgrade(&self);
        tokio::spawn(async move {
            while let Some(fault) = to_mend.recv().await {
                let Some(system) = system.upgrade() else { return };
                match fault {
                    Fault::ReplicaDies(number) => system.replicas[number].revive().await.unwrap(),
                    Fault::WorkerDies => system.worker.revive().await.unwrap(),
                    Fault::DatabaseDies => system.postgres.revive().await,
                    _ => {}
                }
                system.hurt.send_modify(|hurt| *hurt -= 1);
            }
        });
    }

    /// Waits until everything that was killed runs again.
    pub(super) async fn mended(&self) {
        let _ = self.hurt.subscribe().wait_for(|hurt| *hurt == 0).await;
    }

    /// Lets the time pass that nobody wants to wait for: leases of workers that are dead end, and the pauses before further attempts
    /// are over.
    pub(super) async fn let_time_pass(&self) -> anyhow::Result<()> {
        let Some(worker) = self.worker.pid() else { return Ok(()) };
        let leases =
            "UPDATE media.tasks SET leased_until = now() WHERE state = 2 AND worker NOT LIKE '%/' || $1";
        sqlx::query(leases).bind(worker.to_string()).execute(&self.pool).await?;
        if self.stage.store_is_whole() && self.store_line.is_whole() {
            let pauses = "UPDATE media.tasks SET run_after = now() WHERE state = 1 AND run_after > now()";
            sqlx::query(pauses).execute(&self.pool).await?;
        }
        Ok(())
    }

    /// Ends what is left of the faults of a case.
    pub(super) async fn mend(&self) {
        self.stage.calm();
        self.store_line.mend();
        self.media_line.mend();
        self.mended().await;
    }

    /// Last log lines of the processes.
    pub(super) fn logs(&self) -> String {
        let all = [("media-svc 0", &self.replicas[0]), ("media-svc 1", &self.replicas[1])];
        let all = all.into_iter().chain([("transcode-worker", &self.worker)]);
        all.map(|(name, process)| format!("--- {name}\n{}\n", process.tail())).collect::<Vec<_>>().concat()
    }

    /// Stops the replicas and the worker.
    pub(super) fn stop(&self) {
        self.worker.kill();
        self.replicas.iter().for_each(Process::kill);
    }

    /// media-svc in this process, with a clock of its own, on the same database and store.
    pub(super) async fn later(&self, clock: Clock, tasks: &mut Tasks) -> anyhow::Result<axum::Router> {
        let settings = Settings::load(&[self.settings.as_path()], json!({}))?;
        let deps = Deps {
            pool: pg::open(&settings.checked()?, "media-svc", &MIGRATIONS).await?,
            room: self.room.service().local(),
            blobs: open_blobs(&settings.checked::<StoreConfig>()?).await?,
            renditions: settings.checked::<RenditionsConfig>()?,
            uploads: settings.checked::<UploadsConfig>()?,
            clock,
            verifier: tokens::verifier(),
            token: service_token(),
        };
        let Built { uploads, .. } = build(&settings.checked::<Config>()?, deps, tasks)?;
        Ok(uploads)
    }

    /// The RPCs of a replica that runs.
    pub(super) fn channel(&self) -> anyhow::Result<RpcChannel> {
        let channel = RpcChannel::remote(&format!("http://{}", self.grpc[0])).context("no channel")?;
        Ok(channel.as_service(&service_token()))
    }
}

/// An auth-svc that gives the key of the tests.
fn keys() -> rpc::Service {
    let answer = |_, _: GetJwksRequest| std::future::ready(Ok(GetJwksResponse { keys: vec![tokens::jwk()] }));
    let keys = Fake::default().on("syncwatch.auth.v1.AuthService/GetJwks", answer);
    keys.service(TestKeys::verifier()).unwrap()
}
