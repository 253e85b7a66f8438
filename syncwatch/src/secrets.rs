//! The secrets of an installation: generated once, in a file that only its owner can read.

use std::{
    fs::{self, OpenOptions},
    io::Write as _,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use rand::{RngCore as _, rngs::OsRng};

use crate::data_dir::DataDir;

/// The settings file with the secrets in the data folder. Generates it the first time.
pub(crate) fn file(data_dir: &DataDir) -> anyhow::Result<PathBuf> {
    let path = data_dir.join("secrets.toml");
    make(&path)?;
    Ok(path)
}

/// Generates the secrets of an installation into a file, unless the file exists: secrets in use are never replaced.
/// Returns whether it generated them.
pub(crate) fn make(path: &Path) -> anyhow::Result<bool> {
    let missing = !path.exists();
    if missing {
        write_private(path, &generate())
            .with_context(|| format!("cannot keep the secrets in {}", path.display()))?;
    }
    Ok(missing)
}

fn generate() -> String {
    let auth_svc::Secrets { opaque_setup, signing_key } = auth_svc::generate_secrets();
    let link_secret = media_svc::generate_link_secret();
    let mut token = [0; 32];
    OsRng.fill_bytes(&mut token);
    let token = BASE64_URL_SAFE_NO_PAD.encode(token);
    format!(
        "# The secrets of this installation. Keep a copy in a safe place: without opaque_setup nobody can sign in.\n\n\
         [auth]\nopaque_setup = \"{opaque_setup}\"\nsigning_keys = [\"{signing_key}\"]\n\n\
         [media]\nlink_secret = \"{link_secret}\"\n\n\
         [rpc]\ntoken = \"{token}\"\n"
    )
}

/// Writes a file that only its owner can read, atomically: it is complete, or it does not exist.
pub(crate) fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    let staged = path.with_extension("new");
    let _ = fs::remove_file(&staged);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&staged)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(staged, path)
}
