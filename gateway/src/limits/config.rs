//! Section `[limits]` of the settings. The defaults and what each key means are in `config.default.toml`.

use std::{collections::BTreeMap, time::Duration};

use anyhow::{Context as _, bail, ensure};
use ipnet::IpNet;
use runtime::{Check, Mistakes, Section, Settings};
use serde::Deserialize;
use state::Rate;

/// How often people may do what uses resources of others.
#[derive(Debug, Clone)]
pub struct LimitsConfig {
    /// Networks without limits by address.
    pub trusted_networks: Vec<IpNet>,
    /// The guests of one network together may do as much as this many guests.
    pub guests_per_network: u32,
    /// The rate of each limit, by its name.
    pub rates: BTreeMap<String, Rate>,
}

#[derive(Deserialize)]
struct LimitsSection {
    trusted_networks: Vec<IpNet>,
    guests_per_network: u32,
    /// Parsed in `validate`, which names each wrong one.
    #[serde(flatten)]
    rates: BTreeMap<String, serde_json::Value>,
}

impl Section for LimitsSection {
    const NAME: &'static str = "limits";

    fn validate(&self, check: &mut Check) {
        if self.guests_per_network == 0 {
            check.fault("guests_per_network", "is 0; guests could do nothing");
        }
        for (name, rate) in &self.rates {
            check.outcome(name, written(rate));
        }
    }
}

impl LimitsConfig {
    /// Adds the mistakes of the section.
    pub fn check(settings: &Settings, strict: bool, mistakes: &mut Mistakes) {
        settings.check::<LimitsSection>(strict, mistakes);
    }

    /// Reads the section. Refuses a limit without a rate.
    pub fn load(settings: &Settings) -> anyhow::Result<Self> {
        let LimitsSection { trusted_networks, guests_per_network, rates } = settings.checked()?;
        let rates = rates
            .into_iter()
            .map(|(name, rate)| Ok((name, written(&rate)?)))
            .collect::<anyhow::Result<_>>()?;
        let config = Self { trusted_networks, guests_per_network, rates };
        for name in &super::contract::names()? {
            config.rate(name)?;
        }
        Ok(config)
    }

    pub(super) fn rate(&self, name: &str) -> anyhow::Result<Rate> {
        self.rates.get(name).copied().with_context(|| {
            format!("limits.{name} is missing; write it like \"30 per minute, burst 10\", or \"unlimited\"")
        })
    }
}

/// A rate as the settings write it: `30 per minute, burst 10`, or `unlimited`.
fn written(value: &serde_json::Value) -> anyhow::Result<Rate> {
    parse(value.as_str().context("must be a text in quotes, such as \"30 per minute, burst 10\"")?)
}

fn parse(text: &str) -> anyhow::Result<Rate> {
    let text = text.trim();
    if text == "unlimited" {
        return Ok(Rate::UNLIMITED);
    }
    let wrong = "is no rate; write it like \"30 per minute, burst 10\", or \"unlimited\"";
    let (often, burst) = text.split_once(',').map_or((text, None), |(often, burst)| (often, Some(burst)));
    let (amount, period) = often.split_once(" per ").context(wrong)?;
    let amount: u32 = amount.trim().parse().context(wrong)?;
    let period = match period.trim() {
        "second" => Duration::from_secs(1),
        "minute" => Duration::from_mins(1),
        "hour" => Duration::from_hours(1),
        _ => bail!("{wrong}; the periods are second, minute and hour"),
    };
    let burst = match burst {
        Some(burst) => burst.trim().strip_prefix("burst ").context(wrong)?.trim().parse().context(wrong)?,
        None => amount,
    };
    ensure!(amount > 0 && burst > 0, "allows nothing; numbers must be 1 or more");
    ensure!(amount <= 1_000_000 && burst <= 1_000_000, "is more than 1000000; write \"unlimited\"");
    Ok(Rate::new(amount, period, burst))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn load(limits: &Value) -> anyhow::Result<LimitsConfig> {
        LimitsConfig::load(&Settings::load(&[], json!({"limits": limits}))?)
    }

    #[test]
    fn a_rate_is_parsed_from_words() {
        assert_eq!(parse("5 per hour").unwrap(), Rate { interval: Duration::from_mins(12), burst: 5 });
        let chat = Rate { interval: Duration::from_secs(2), burst: 10 };
        assert_eq!(parse(" 30 per minute, burst 10 ").unwrap(), chat);
        assert_eq!(parse("unlimited").unwrap(), Rate::UNLIMITED);
        for wrong in
            ["", "30", "30 per day", "0 per hour", "1 per hour, 5", "-1 per hour", "1 per hour, burst 0"]
        {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn every_limit_has_a_default_and_a_wrong_setting_is_named() {
        let config = load(&json!({"chat": "1 per second", "trusted_networks": ["10.0.0.0/8"]})).unwrap();
        assert_eq!(config.rates["chat"], Rate::new(1, Duration::from_secs(1), 1));
        let error = load(&json!({"chatt": "1 per second"})).unwrap_err().to_string();
        assert!(error.contains("limits.chatt") && error.contains("`chat`"), "{error}");
        let error = load(&json!({"chat": "often"})).unwrap_err().to_string();
        assert!(error.contains("limits.chat ") && error.contains("30 per minute"), "{error}");
        assert!(load(&json!({"chat": 30})).is_err());
    }
}
