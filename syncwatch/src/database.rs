//! The private database of `up`.

use std::{path::PathBuf, sync::Arc};

use anyhow::bail;
use pg::{Cluster, ClusterOptions, Durability};
use runtime::{OnFailure, Process};

use crate::{data_dir::DataDir, say::say};

/// Starts the database and restarts it whenever it ends, until the process is told to stop. Then it keeps running, because
/// the services need it while they stop; [`Cluster::stop`] ends it.
pub(crate) async fn start(process: &mut Process, data_dir: &DataDir) -> anyhow::Result<Arc<Cluster>> {
    say(format_args!("starting the database in {data_dir}"));
    let options = ClusterOptions {
        bin_dir: process.settings.section::<PathBuf>("up.postgres_bin_dir")?,
        durability: Durability::Full,
        tied: true,
        log: data_dir.join("postgres.log"),
    };
    let folder = data_dir.join("postgres");
    let cluster = tokio::select! {
        started = Cluster::start(&folder, options) => Arc::new(started?),
        () = process.shutdown.soft() => bail!("told to stop before the database had started"),
    };
    let kept = cluster.clone();
    process.tasks.spawn("postgres", OnFailure::Restart, move |shutdown| {
        let cluster = kept.clone();
        async move { cluster.keep(shutdown.soft()).await }
    });
    Ok(cluster)
}
