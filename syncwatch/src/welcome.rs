//! The message of `up` when it is ready: its address, its data folder, and how to back it up.

use std::{fmt::Write as _, net::SocketAddr};

use crate::{data_dir::DataDir, say::say, secrets};

/// Addresses of this SyncWatch.
pub(crate) struct Places {
    /// HTTP, for browsers.
    pub(crate) front: SocketAddr,
    /// Health and metrics.
    pub(crate) admin: String,
    /// gRPC of all services, where they run in one process.
    pub(crate) grpc: Option<String>,
}

/// Prints the message and writes the ports to `ports.toml` in the data folder.
pub(crate) fn tell(places: &Places, data_dir: &DataDir, open: bool) -> anyhow::Result<()> {
    let url = format!("http://{}", browsable(places.front));
    let mut ports = format!(
        "# Where this SyncWatch listens since its last start.\nhttp = \"{url}\"\nadmin = \"{}\"\n",
        places.admin
    );
    let mut also = String::new();
    if let Some(grpc) = &places.grpc {
        let _ = writeln!(ports, "grpc = \"{grpc}\"");
        also = format!(", gRPC: {grpc}");
    }
    let file = data_dir.join("ports.toml");
    secrets::write_private(&file, &ports)?;
    say(format_args!("health and metrics: http://{}{also} (kept in {})", places.admin, file.display()));
    say(format_args!("SyncWatch is ready: {url}"));
    say(format_args!(
        "Everything is kept in {data_dir}. To back it up, stop SyncWatch and run: tar -C {} -czf syncwatch-backup.tar.gz .",
        quoted(&data_dir.to_string())
    ));
    if open && std::process::Command::new("xdg-open").arg(&url).spawn().is_err() {
        say("no browser could be opened; open the address above yourself");
    }
    Ok(())
}

/// The address for a browser on this machine.
fn browsable(address: SocketAddr) -> String {
    if address.ip().is_unspecified() || address.ip().is_loopback() {
        format!("localhost:{}", address.port())
    } else {
        address.to_string()
    }
}

/// Quotes a path for a shell.
fn quoted(path: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    if path.chars().all(plain) { path.to_owned() } else { format!("'{}'", path.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_path_is_quoted_for_the_shell() {
        assert_eq!(quoted("/var/lib/syncwatch"), "/var/lib/syncwatch");
        assert_eq!(quoted("/home/ü/it's mine"), r"'/home/ü/it'\''s mine'");
    }
}
