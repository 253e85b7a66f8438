//! Section `[store]` of the settings: where media is kept.

use std::{path::PathBuf, sync::Arc};

use anyhow::Context as _;
use runtime::{Check, Secret, Section};
use serde::Deserialize;
use url::Url;

use crate::{Blobs, FsStore, S3Store};

/// Kind of a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Files below a folder.
    Folder,
    /// A bucket of S3, or of a store with the same API.
    S3,
}

/// Access of a process to the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Only reads, so that credentials without other rights suffice.
    Read,
    /// Reads and writes.
    ReadWrite,
}

/// Settings of the store; the defaults are in `config.default.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Which store is used.
    pub kind: Kind,
    /// Folder of the kind `folder`.
    pub folder: PathBuf,
    /// Base URL of the S3 API. Empty: AWS, in `s3_region`.
    pub s3_endpoint: String,
    /// Region that requests are signed for.
    pub s3_region: String,
    /// The bucket, which exists and belongs to this installation alone.
    pub s3_bucket: String,
    /// Whether the bucket is named in the path of a URL instead of its host.
    pub s3_path_style: bool,
    /// Id of the access key.
    pub s3_access_key: Secret,
    /// The access key's secret.
    pub s3_secret_key: Secret,
    /// Base URL at which browsers reach the bucket. Empty: they do not.
    pub s3_public_endpoint: String,
}

impl Config {
    /// Opens the store. Fails when it does not do what `access` needs; the error says which setting to look at.
    pub async fn open(&self, access: Access) -> anyhow::Result<Blobs> {
        match self.kind {
            Kind::Folder => {
                let store = FsStore::open(&self.folder).await.with_context(|| {
                    format!(
                        "cannot keep media in {}; choose another folder with store.folder",
                        self.folder.display()
                    )
                })?;
                Ok(Arc::new(store))
            }
            Kind::S3 => {
                let store = S3Store::open(self, access).await.with_context(|| {
                    format!(
                        "cannot keep media in the bucket `{}`; see the settings store.s3_*",
                        self.s3_bucket
                    )
                })?;
                Ok(Arc::new(store))
            }
        }
    }

    fn validate_s3(&self, check: &mut Check) {
        for (key, endpoint) in
            [("s3_endpoint", &self.s3_endpoint), ("s3_public_endpoint", &self.s3_public_endpoint)]
        {
            if !endpoint.is_empty() && !is_base_url(endpoint) {
                check.fault(
                    key,
                    "is not a URL such as https://s3.example.org: scheme, host and port, and nothing behind them",
                );
            }
        }
        if self.s3_region.is_empty() {
            check.fault("s3_region", "is empty; stores without regions take \"us-east-1\"");
        }
        if self.s3_bucket.is_empty() {
            check.fault("s3_bucket", "is empty; name the bucket");
        } else if !is_bucket_name(&self.s3_bucket) {
            check.fault("s3_bucket", "is not a bucket name: 3 to 63 of a-z, 0-9, `-` and `.`");
        }
        for (key, secret) in [("s3_access_key", &self.s3_access_key), ("s3_secret_key", &self.s3_secret_key)]
        {
            if secret.is_empty() {
                check.fault(key, "is empty; name a file with it in its ..._FILE variable");
            } else if !secret.expose().bytes().all(|byte| byte.is_ascii_graphic()) {
                check.fault(key, "has a space or another character that no access key has");
            }
        }
    }
}

impl Section for Config {
    const NAME: &'static str = "store";

    fn validate(&self, check: &mut Check) {
        match self.kind {
            Kind::Folder => {
                if self.folder.as_os_str().is_empty() {
                    check.fault("folder", "is empty; name a folder");
                }
                if !self.s3_bucket.is_empty() {
                    check.fault("s3_bucket", "is set, but store.kind is \"folder\"; set store.kind = \"s3\"");
                }
            }
            Kind::S3 => self.validate_s3(check),
        }
    }
}

/// Scheme, host and port alone: the bucket and the key come behind them.
fn is_base_url(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
            && url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
    })
}

fn is_bucket_name(text: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.');
    let outer =
        |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    (3..=63).contains(&text.len())
        && text.bytes().all(inner)
        && outer(text.bytes().next())
        && outer(text.bytes().last())
        && !text.contains("..")
}

#[cfg(test)]
mod tests {
    use runtime::{Secret, ensure_valid};

    use super::{Config, Kind};

    fn s3() -> Config {
        Config {
            kind: Kind::S3,
            folder: "data/blobs".into(),
            s3_endpoint: "https://s3.example.org:9000".into(),
            s3_region: "us-east-1".into(),
            s3_bucket: "syncwatch-media".into(),
            s3_path_style: true,
            s3_access_key: Secret::new("access"),
            s3_secret_key: Secret::new("hunter2"),
            s3_public_endpoint: String::new(),
        }
    }

    fn mistakes(config: &Config) -> String {
        ensure_valid(config).map_or_else(|error| error.to_string(), |()| String::new())
    }

    #[test]
    fn a_complete_section_has_no_mistakes() {
        assert_eq!(mistakes(&s3()), "");
        let aws = Config { s3_endpoint: String::new(), s3_path_style: false, ..s3() };
        assert_eq!(mistakes(&aws), "");
        let folder = Config { kind: Kind::Folder, s3_bucket: String::new(), ..s3() };
        assert_eq!(mistakes(&folder), "");
    }

    #[test]
    fn every_mistake_is_named_and_no_secret_is_shown() {
        let config = Config {
            s3_endpoint: "s3.example.org".into(),
            s3_public_endpoint: "https://u:hunter2@s3.example.org/bucket".into(),
            s3_region: String::new(),
            s3_bucket: "My_Bucket".into(),
            s3_access_key: Secret::new(""),
            s3_secret_key: Secret::new("hunter2 hunter2"),
            ..s3()
        };
        let found = mistakes(&config);
        for key in
            ["s3_endpoint", "s3_public_endpoint", "s3_region", "s3_bucket", "s3_access_key", "s3_secret_key"]
        {
            assert!(found.contains(&format!("store.{key} ")), "{key}: {found}");
        }
        assert!(!found.contains("hunter2"), "{found}");
        assert!(!format!("{:?}", s3()).contains("hunter2"));
    }

    #[test]
    fn a_bucket_without_its_kind_is_a_mistake() {
        let found = mistakes(&Config { kind: Kind::Folder, folder: "".into(), ..s3() });
        assert!(found.contains("store.s3_bucket") && found.contains("store.folder"), "{found}");
    }

    #[test]
    fn bucket_names_follow_the_rules_of_s3() {
        for name in ["abc", "a.b-c.1", &"x".repeat(63)] {
            assert!(super::is_bucket_name(name), "{name}");
        }
        for name in ["ab", "-ab", "ab-", "a..b", "a/b", "ABC", "a_b", &"x".repeat(64)] {
            assert!(!super::is_bucket_name(name), "{name}");
        }
    }
}
