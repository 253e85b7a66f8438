//! Section `[postgres]` of the settings.

use std::str::FromStr as _;

use anyhow::Context as _;
use runtime::{Check, Secret, Section};
use serde::Deserialize;
use sqlx::postgres::PgConnectOptions;

/// Address and login of the database, and the size of the pools.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Config {
    /// `postgres://user:password@host:port/database`, or with `?host=/run/postgresql` for a Unix socket.
    pub url: Secret,
    /// Instead of `url`: the host, or the folder of the Unix socket.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// The login.
    pub user: String,
    /// Its password, without any escaping.
    pub password: Secret,
    /// The database.
    pub database: String,
    /// Connections of the pool of each service.
    pub max_connections: u32,
}

impl Config {
    /// The database at a URL.
    pub fn at(url: impl Into<String>) -> Self {
        Self { url: Secret::new(url), max_connections: 8, ..Self::default() }
    }

    /// Whether a database is named. Otherwise `syncwatch up` starts one.
    pub fn names_a_server(&self) -> bool {
        !self.url.is_empty() || !self.host.is_empty()
    }

    /// How to connect. The error does not repeat the URL, which may hold a password.
    pub(crate) fn options(&self) -> anyhow::Result<PgConnectOptions> {
        if !self.url.is_empty() {
            let url = self.url.expose();
            return PgConnectOptions::from_str(url)
                .ok()
                .filter(|_| url.starts_with("postgres://") || url.starts_with("postgresql://"))
                .context(
                    "postgres.url is not a URL such as postgres://user:password@host:5432/database; a password with \
                     characters such as # / ? % belongs into postgres.password, with postgres.host instead of the URL",
                );
        }
        let options = PgConnectOptions::new_without_pgpass()
            .port(self.port)
            .username(&self.user)
            .password(self.password.expose())
            .database(&self.database);
        Ok(if self.host.starts_with('/') { options.socket(&self.host) } else { options.host(&self.host) })
    }
}

impl Section for Config {
    const NAME: &'static str = "postgres";

    fn validate(&self, check: &mut Check) {
        check.range("max_connections", &self.max_connections, &(1..=1000));
        if !self.url.is_empty() {
            check.outcome("url", self.options());
        }
        if !self.url.is_empty() && !self.host.is_empty() {
            check.fault("host", "cannot be set beside postgres.url; keep one of the two");
        }
        if self.host.is_empty() && !self.password.is_empty() {
            check.fault("password", "is set without postgres.host, to which it belongs");
        }
        if !self.host.is_empty() {
            check.range("port", &self.port, &(1..=u16::MAX));
            for (key, value) in [("user", &self.user), ("database", &self.database)] {
                if value.is_empty() {
                    check.fault(key, "is empty, but postgres.host is set");
                }
            }
        }
        if check.strict() && !self.names_a_server() {
            check.fault(
                "url",
                "is empty, and so is postgres.host; only `syncwatch up` brings a database along",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use runtime::{Secret, ensure_valid};

    use sqlx::ConnectOptions as _;

    use super::Config;

    // Case O15.
    #[test]
    fn a_password_with_any_characters_can_be_set_separately() {
        let config = Config {
            host: "db.example.org".into(),
            port: 5433,
            user: "sync watch".into(),
            password: Secret::new("p#a/s?s%w@rd"),
            database: "syncwatch".into(),
            ..Config::at("")
        };
        ensure_valid(&config).unwrap();
        let options = config.options().unwrap();
        assert_eq!((options.get_host(), options.get_port()), ("db.example.org", 5433));
        assert_eq!((options.get_username(), options.get_database()), ("sync watch", Some("syncwatch")));
        // sqlx has no getter for it; its URL escapes it.
        assert_eq!(options.to_url_lossy().password(), Some("p%23a%2Fs%3Fs%25w%40rd"));
    }

    // Case O15.
    #[test]
    fn a_bad_url_is_named_by_its_setting_and_not_shown() {
        for url in ["postgres://u:p#a/s?s%w@rd@host/db", "mysql://u:p#a@host", "p#a/s?s%w@rd"] {
            let error = format!("{:#}", ensure_valid(&Config::at(url)).unwrap_err());
            assert!(error.contains("postgres.url") && error.contains("postgres.password"), "{error}");
            assert!(!error.contains("p#a"), "{error}");
            let error = format!("{:?}", Config::at(url).options().unwrap_err());
            assert!(!error.contains("p#a"), "{error}");
        }
        let both = Config { host: "db".into(), ..Config::at("postgres://db/x") };
        assert!(ensure_valid(&both).unwrap_err().to_string().contains("postgres.host"));
    }
}
