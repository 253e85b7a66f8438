//! Debian's nginx, which serves a folder with `sendfile`.

use std::{
    fs,
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::ensure;

const TIMEOUT: Duration = Duration::from_mins(1);

/// Processes of nginx that serve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Workers {
    /// The one process.
    One,
    /// A process for each core, below the one that was started.
    EachCore,
}

pub(crate) struct Nginx {
    process: Child,
    pub(crate) address: SocketAddr,
}

impl Nginx {
    /// Serves `root`; keeps its own files in `folder`. `None` when it is not installed.
    pub(crate) fn start(root: &Path, folder: &Path, workers: Workers) -> anyhow::Result<Option<Self>> {
        let places = ["/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx"].map(PathBuf::from);
        let Some(program) = places.into_iter().find(|place| place.is_file()) else { return Ok(None) };
        fs::create_dir_all(folder)?;
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let (root, own) = (root.display(), folder.display());
        let config = folder.join("nginx.conf");
        let processes = match workers {
            Workers::One => "master_process off;",
            // Workers of an nginx that root starts are somebody else by default, who may not read the folder.
            Workers::EachCore => "worker_processes auto; user root;",
        };
        fs::write(
            &config,
            format!(
                "daemon off; {processes} pid {own}/pid; error_log {own}/error.log;\n\
                 events {{ worker_connections 64; }}\n\
                 http {{ sendfile on; tcp_nopush on; access_log off; default_type video/mp4;\n\
                 client_body_temp_path {own}/body; proxy_temp_path {own}/proxy; fastcgi_temp_path {own}/fastcgi;\n\
                 uwsgi_temp_path {own}/uwsgi; scgi_temp_path {own}/scgi;\n\
                 server {{ listen {address}; root {root}; keepalive_requests 1000000000; }} }}\n"
            ),
        )?;
        let process = Command::new(program).arg("-c").arg(&config).stdin(Stdio::null()).spawn()?;
        let nginx = Self { process, address };
        let started = Instant::now();
        while TcpStream::connect(address).is_err() {
            ensure!(started.elapsed() < TIMEOUT, "nginx does not start; see {own}/error.log");
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(Some(nginx))
    }

    pub(crate) fn pid(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // A killed master leaves its workers; asked to end, it ends them.
        let _ = e2e::interrupt(&self.process);
        let _ = self.process.wait();
    }
}
