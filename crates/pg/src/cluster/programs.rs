//! Finds the PostgreSQL programs that fit the data.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context as _, bail};

/// The programs that a server needs.
const PROGRAMS: [&str; 2] = ["initdb", "postgres"];

/// Where Debian puts each version.
const DEBIAN: &str = "/usr/lib/postgresql";

/// Finds the folder of the programs for `data`. Files of one major version can be read by that version only.
pub(super) fn find(bin_dir: &Path, data: &Path) -> anyhow::Result<PathBuf> {
    let (places, looked) = if bin_dir.as_os_str().is_empty() {
        (installed(), format!("under {DEBIAN} or in PATH"))
    } else {
        (
            vec![std::path::absolute(bin_dir)?],
            format!("in {}, which up.postgres_bin_dir names", bin_dir.display()),
        )
    };
    let mut complete =
        places.into_iter().filter(|place| PROGRAMS.iter().all(|name| place.join(name).is_file())).peekable();
    if complete.peek().is_none() {
        bail!(
            "PostgreSQL is not installed: there is no {} {looked}; install it (Debian: apt-get install postgresql), or name a server with --database-url",
            PROGRAMS.join(" and ")
        );
    }
    let Ok(wanted) = fs::read_to_string(data.join("PG_VERSION")) else {
        return complete.next().context("there are programs");
    };
    let wanted = wanted.trim();
    let mut others = Vec::new();
    for place in complete {
        match version(&place) {
            Some(version) if version == wanted => return Ok(place),
            Some(version) if !others.contains(&version) => others.push(version),
            _ => {}
        }
    }
    bail!(
        "the data in {} are of PostgreSQL {wanted}, but only PostgreSQL {} is installed; install version {wanted} beside it (Debian: apt-get install postgresql-{wanted}), and see docs/data-folder.md for how to upgrade the data",
        data.display(),
        others.join(" and ")
    )
}

/// Debian's own folders come first, the newest version in front: the programs in PATH may be wrappers for another user.
fn installed() -> Vec<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir(DEBIAN)
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let entry = entry.ok()?;
            Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin")))
        })
        .collect();
    versions.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    versions.into_iter().rev().map(|(_, place)| place).chain(std::env::split_paths(&path)).collect()
}

/// The major version of the programs in a folder, as `PG_VERSION` has it: `17`.
fn version(place: &Path) -> Option<String> {
    // The name of a Debian folder shows the version. Running a program for it would slow down each start.
    if let Ok(rest) = place.strip_prefix(DEBIAN)
        && let Some(version) = rest.iter().next()
    {
        return version.to_str().map(str::to_owned);
    }
    let output = Command::new(place.join("postgres")).arg("--version").stdin(Stdio::null()).output().ok()?;
    // "postgres (PostgreSQL) 17.2 (Debian 17.2-1)"
    let said = String::from_utf8_lossy(&output.stdout);
    let number = said.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    Some(number.chars().take_while(char::is_ascii_digit).collect())
}
