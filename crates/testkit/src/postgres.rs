//! PostgreSQL for a test.

use std::path::{Path, PathBuf};

use pg::{Cluster, ClusterOptions, Durability};
use sqlx::{Connection as _, PgPool};

/// A private server with an empty database. Stops when it is dropped.
pub struct Postgres {
    url: String,
    // Dropped in this order: the server before its folder.
    cluster: Cluster,
    dir: tempfile::TempDir,
}

impl Postgres {
    /// Starts it. The first test on a machine creates the files of an empty server; later tests copy them.
    pub async fn start() -> anyhow::Result<Self> {
        Self::with(Durability::None).await
    }

    /// The same with one that keeps what it committed when it is killed.
    pub async fn start_durable() -> anyhow::Result<Self> {
        Self::with(Durability::Full).await
    }

    async fn with(durability: Durability) -> anyhow::Result<Self> {
        let dir = tempfile::Builder::new().prefix("sw-pg").tempdir()?;
        copy(&template().await?, &dir.path().join("data"))?;
        let cluster =
            Cluster::start(dir.path(), ClusterOptions { durability, ..options(dir.path()) }).await?;
        Ok(Self { url: cluster.database("test").await?, cluster, dir })
    }

    /// The process id of the server.
    pub fn pid(&self) -> anyhow::Result<u32> {
        let lock = std::fs::read_to_string(self.dir.path().join("data/postmaster.pid"))?;
        Ok(lock.lines().next().unwrap_or_default().trim().parse()?)
    }

    /// Starts the server again after it was killed, and waits until it can be used.
    pub async fn revive(&self) {
        let usable = || async {
            while sqlx::PgConnection::connect(&self.url).await.is_err() {
                tokio::task::yield_now().await;
            }
        };
        // Fails as long as processes of the server before still end.
        while self.cluster.keep(usable()).await.is_err() {}
    }

    /// Its URL.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its address, as the settings of services.
    pub fn config(&self) -> pg::Config {
        pg::Config::at(self.url.clone())
    }

    /// A pool for a service, with its schema up to date.
    pub async fn pool(
        &self,
        service: &str,
        migrations: &'static sqlx::migrate::Migrator,
    ) -> anyhow::Result<PgPool> {
        pg::open(&self.config(), service, migrations).await
    }
}

fn options(dir: &Path) -> ClusterOptions {
    ClusterOptions {
        bin_dir: PathBuf::new(),
        durability: Durability::None,
        tied: false,
        log: dir.join("postgres.log"),
    }
}

async fn template() -> anyhow::Result<PathBuf> {
    let template = std::env::temp_dir().join("syncwatch-test-postgres");
    if !template.join("PG_VERSION").exists() {
        let making = tempfile::Builder::new().prefix("sw-pg-template").tempdir()?;
        Cluster::start(making.path(), options(making.path())).await?.stop().await;
        let staged = template.with_extension(std::process::id().to_string());
        copy(&making.path().join("data"), &staged)?;
        // Race: several tests may get here at once. The first rename wins, and all copies are equal.
        if std::fs::rename(&staged, &template).is_err() {
            std::fs::remove_dir_all(&staged)?;
        }
    }
    Ok(template)
}

fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    let status = std::process::Command::new("cp").arg("-a").arg(from).arg(to).status()?;
    anyhow::ensure!(status.success(), "cannot copy {} to {}", from.display(), to.display());
    Ok(())
}
