//! Checks a file before libav opens it.

use std::{
    fs::File,
    io::ErrorKind,
    path::{Path, PathBuf},
};

use crate::error::{Error, Result};

/// The absolute path of a readable file. libav takes `http:` or `concat:` at the start of a path for a
/// protocol; an absolute path has neither.
pub(crate) fn readable(path: &Path) -> Result<PathBuf> {
    let shown = path.display();
    let unreadable = |why: String| Error::Unreadable(why);
    let found = path.canonicalize().and_then(|path| Ok((path.metadata()?, path)));
    let (metadata, absolute) = found.map_err(|error| {
        unreadable(match error.kind() {
            ErrorKind::NotFound => format!("there is no file {shown}"),
            _ => format!("cannot read {shown}: {error}"),
        })
    })?;
    // A pipe may never end, and devices are not for probing.
    if !metadata.is_file() {
        return Err(unreadable(format!("{shown} is no file")));
    }
    if metadata.len() == 0 {
        return Err(Error::NotMedia(format!("{shown} is empty")));
    }
    File::open(&absolute).map_err(|error| unreadable(format!("cannot read {shown}: {error}")))?;
    if absolute.to_str().is_none() {
        return Err(unreadable(format!("the path of {shown} is not UTF-8; rename the file")));
    }
    Ok(absolute)
}
