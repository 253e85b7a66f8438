//! Section `[redis]` of the settings.

use runtime::{Check, Secret, Section};
use serde::Deserialize;
use url::Url;

/// Address and login of Redis.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Config {
    /// `redis://user:password@host:6379/0`; `rediss://` with TLS.
    pub url: Secret,
    /// Instead of `url`: the host.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// The login; empty: the default one.
    pub user: String,
    /// Its password, without any escaping.
    pub password: Secret,
    /// Whether to use TLS.
    pub tls: bool,
}

impl Config {
    /// Whether a Redis is named. Otherwise state is kept in the memory of the process.
    pub fn names_a_server(&self) -> bool {
        !self.url.is_empty() || !self.host.is_empty()
    }

    /// The URL, built from the parts where there is a host. Empty: no Redis.
    pub fn url(&self) -> anyhow::Result<Secret> {
        if self.host.is_empty() {
            return Ok(self.url.clone());
        }
        let cannot = || anyhow::anyhow!("redis.host is not a host name or an address");
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        let scheme = if self.tls { "rediss" } else { "redis" };
        let mut url = Url::parse(&format!("{scheme}://{host}:{}", self.port)).map_err(|_| cannot())?;
        url.set_username(&self.user).map_err(|()| cannot())?;
        let password = Some(self.password.expose()).filter(|password| !password.is_empty());
        url.set_password(password).map_err(|()| cannot())?;
        Ok(Secret::new(url))
    }
}

impl Section for Config {
    const NAME: &'static str = "redis";

    fn validate(&self, check: &mut Check) {
        if !self.url.is_empty() && redis::Client::open(self.url.expose()).is_err() {
            check.fault(
                "url",
                "is not a URL such as redis://host:6379; a password with characters such as # / ? % belongs into \
                 redis.password, with redis.host instead of the URL",
            );
        }
        if !self.url.is_empty() && !self.host.is_empty() {
            check.fault("host", "cannot be set beside redis.url; keep one of the two");
        }
        if self.host.is_empty() && !self.password.is_empty() {
            check.fault("password", "is set without redis.host, to which it belongs");
        }
        if !self.host.is_empty() {
            check.range("port", &self.port, &(1..=u16::MAX));
            check.outcome("host", self.url());
        }
    }
}

#[cfg(test)]
mod tests {
    use redis::IntoConnectionInfo as _;
    use runtime::{Secret, ensure_valid};

    use super::Config;

    // Case O15.
    #[test]
    fn a_password_with_any_characters_can_be_set_separately() {
        let config = Config {
            host: "fd00::1".into(),
            port: 6380,
            user: "a:b".into(),
            password: Secret::new("p#a/s?s%w@rd"),
            ..Config::default()
        };
        ensure_valid(&config).unwrap();
        let info = config.url().unwrap().expose().into_connection_info().unwrap();
        assert_eq!(info.redis_settings().password(), Some("p#a/s?s%w@rd"));
        assert_eq!(info.redis_settings().username(), Some("a:b"));
    }

    // Case O15.
    #[test]
    fn a_bad_url_is_named_by_its_setting_and_not_shown() {
        let config = Config { url: Secret::new("redis://:p#a/s?s%w@rd@host"), ..Config::default() };
        let error = ensure_valid(&config).unwrap_err().to_string();
        assert!(error.contains("redis.url") && !error.contains("p#a"), "{error}");
    }
}
