//! Limits on people. The contract declares the limits of each method and whose calls count together; the settings have the
//! rates. This module alone enforces them, for HTTP calls and WebSocket frames alike, because the gateway knows person,
//! network and room of each call.

mod config;
pub(crate) mod contract;
mod words;

use std::{fmt::Write as _, net::IpAddr, sync::Arc, time::Duration};

use prost_reflect::MethodDescriptor;
use proto::common::v1::{Identity, Limit, LimitBy, SubjectKind};
use rpc::{Error, Reason, network};
use state::{Rate, RateLimit};

pub use self::config::LimitsConfig;
use self::contract::{CALLS, CALLS_WITHOUT_TOKEN, FRAMES, WRONG_TICKETS};
use crate::address::is_among;

/// Who calls, from where, and for which room.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caller<'a> {
    pub(crate) address: Option<IpAddr>,
    pub(crate) identity: Option<&'a Identity>,
    /// The room as the request names it; empty when it names none.
    pub(crate) room: &'a str,
}

/// Enforces the limits.
pub(crate) struct Limits {
    buckets: Arc<dyn RateLimit>,
    config: LimitsConfig,
    calls: Rule,
    calls_without_token: Rule,
    wrong_tickets: Rule,
    frames: Rate,
}

/// A limit with its rate.
#[derive(Debug, Clone)]
struct Rule {
    limit: Limit,
    rate: Rate,
}

/// The limits on one method.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rules {
    rules: Vec<Rule>,
}

impl Limits {
    pub(crate) fn new(config: LimitsConfig, buckets: Arc<dyn RateLimit>) -> anyhow::Result<Self> {
        let rule = |name: &str, by: LimitBy, message: &str| {
            let limit = Limit { name: name.to_owned(), by: by.into(), message: message.to_owned() };
            anyhow::Ok(Rule { rate: config.rate(name)?, limit })
        };
        let calls = rule(CALLS, LimitBy::Person, "you are making too many calls")?;
        let message = "too many calls without a token come from your network";
        let calls_without_token = rule(CALLS_WITHOUT_TOKEN, LimitBy::Address, message)?;
        let message = "too many attempts with wrong tickets come from your network";
        let wrong_tickets = rule(WRONG_TICKETS, LimitBy::Address, message)?;
        let frames = config.rate(FRAMES)?;
        Ok(Self { buckets, config, calls, calls_without_token, wrong_tickets, frames })
    }

    /// How often one WebSocket may send a frame.
    pub(crate) fn frames(&self) -> Rate {
        self.frames
    }

    /// The limits on a method.
    pub(crate) fn rules(&self, rpc: &MethodDescriptor) -> anyhow::Result<Rules> {
        let rules = contract::limits_on(rpc)?.into_iter().map(|limit| {
            let rate = self.config.rate(&limit.name)?;
            Ok(Rule { limit, rate })
        });
        Ok(Rules { rules: rules.collect::<anyhow::Result<_>>()? })
    }

    /// Counts a call against the limits of its method and then against those on all calls. A caller above both gets the limit
    /// of the method, which tells more.
    pub(crate) fn call(&self, rules: &Rules, caller: &Caller<'_>) -> Result<(), Error> {
        self.frame(rules, caller)?;
        if caller.identity.is_some() {
            self.take(&self.calls, caller)
        } else if rules.rules.iter().any(|rule| rule.limit.by() == LimitBy::Address) {
            Ok(())
        } else {
            self.take(&self.calls_without_token, caller)
        }
    }

    /// Counts a frame that stands for a method against the limits of the method alone, since frames have their own limit.
    pub(crate) fn frame(&self, rules: &Rules, caller: &Caller<'_>) -> Result<(), Error> {
        rules.rules.iter().try_for_each(|rule| self.take(rule, caller))
    }

    /// Refuses an address that sent too many invalid tickets. Counts nothing.
    pub(crate) fn check_tickets(&self, address: IpAddr) -> Result<(), Error> {
        let Some(network) = self.limited(Some(address)) else { return Ok(()) };
        let Rule { limit, rate } = &self.wrong_tickets;
        let checked = self.buckets.check(&key("ip", network, &limit.name), *rate);
        checked.map_err(|wait| refusal(limit, "network", "", wait))
    }

    /// Counts an invalid ticket or token.
    pub(crate) fn wrong_ticket(&self, address: IpAddr) {
        // The caller refuses this attempt in any case.
        let _ = self.take(&self.wrong_tickets, &Caller { address: Some(address), identity: None, room: "" });
    }

    fn take(&self, rule: &Rule, caller: &Caller<'_>) -> Result<(), Error> {
        let Rule { limit, rate } = rule;
        match (limit.by(), caller.identity) {
            (LimitBy::Person, Some(person)) => {
                self.buckets
                    .take(&key("user", &person.subject_id, &limit.name), *rate)
                    .map_err(|wait| refusal(limit, "person", "", wait))?;
                let Some(address) = self.limited(caller.address) else { return Ok(()) };
                if person.kind() != SubjectKind::Guest {
                    return Ok(());
                }
                // Otherwise each new guest would have a new bucket.
                let together = rate.times(self.config.guests_per_network);
                self.buckets
                    .take(&key("guests", address, &limit.name), together)
                    .map_err(|wait| refusal(limit, "network", " (all guests of your network together)", wait))
            }
            (LimitBy::Room, _) if !caller.room.is_empty() => self
                .buckets
                .take(&key("room", caller.room, &limit.name), *rate)
                .map_err(|wait| refusal(limit, "room", "", wait)),
            // Without a person there is nobody to count for, and the method refuses the call.
            (LimitBy::Person, None) | (LimitBy::Room | LimitBy::Unspecified, _) => Ok(()),
            (LimitBy::Address, _) => {
                let Some(address) = self.limited(caller.address) else { return Ok(()) };
                self.buckets
                    .take(&key("ip", address, &limit.name), *rate)
                    .map_err(|wait| refusal(limit, "network", "", wait))
            }
        }
    }

    /// The network to count for; none for a trusted one.
    fn limited(&self, address: Option<IpAddr>) -> Option<IpAddr> {
        address.filter(|address| !is_among(&self.config.trusted_networks, *address)).map(network)
    }
}

/// `rl:ip:203.0.113.7` and `rl:user:user_…` for all calls, with the limit's name behind it for the others.
fn key(kind: &str, who: impl std::fmt::Display, limit: &str) -> String {
    let mut key = String::with_capacity(80);
    let _ = write!(key, "rl:{kind}:{who}");
    if limit != CALLS && limit != CALLS_WITHOUT_TOKEN {
        key.push(':');
        key.push_str(limit);
    }
    key
}

fn refusal(limit: &Limit, by: &'static str, whose: &str, wait: Duration) -> Error {
    let name = limit.name.clone();
    metrics::counter!("syncwatch_limits_refused_total", "limit" => name, "by" => by).increment(1);
    let message = format!("{}{whose}; try again in {}", limit.message, words::duration(wait));
    Error::new(Reason::RateLimited, message).with("limit", &limit.name).with("by", by).retry_after(wait)
}

#[cfg(test)]
mod tests {
    use runtime::Settings;
    use serde_json::{Value, json};
    use tonic::Status;
    use tonic_types::StatusExt as _;

    use super::*;

    fn rules_of(limits: &Limits, service: &str, method: &str) -> Rules {
        let service = proto::POOL.get_service_by_name(service).unwrap();
        let rpc = service.methods().find(|rpc| rpc.name() == method).unwrap();
        limits.rules(&rpc).unwrap()
    }

    async fn limits(settings: Value) -> Limits {
        let settings = Settings::load(&[], json!({"limits": settings})).unwrap();
        let buckets = state::connect("").await.unwrap().limits;
        Limits::new(LimitsConfig::load(&settings).unwrap(), buckets).unwrap()
    }

    fn person(kind: SubjectKind, id: &str) -> Identity {
        Identity { subject_id: id.into(), kind: kind.into(), ..Default::default() }
    }

    fn caller<'a>(address: &str, identity: Option<&'a Identity>) -> Caller<'a> {
        Caller { address: Some(address.parse().unwrap()), identity, room: "room_1" }
    }

    #[tokio::test]
    async fn every_limit_of_the_contract_has_a_rate_and_a_message() {
        let limits = limits(json!({})).await;
        for rpc in proto::POOL.services().flat_map(|service| service.methods().collect::<Vec<_>>()) {
            limits.rules(&rpc).unwrap();
        }
        let chat = rules_of(&limits, "syncwatch.room.v1.ChatService", "SendMessage");
        let names: Vec<_> = chat.rules.iter().map(|rule| rule.limit.name.as_str()).collect();
        assert_eq!(names, ["chat", "room_chat"]);
    }

    #[tokio::test]
    async fn a_refusal_names_the_limit_and_the_retry_delay() {
        let limits = limits(json!({"rooms": "5 per hour"})).await;
        let rules = rules_of(&limits, "syncwatch.room.v1.RoomService", "CreateRoom");
        let ada = person(SubjectKind::User, "user_ada");
        let call = || limits.call(&rules, &caller("192.0.2.1", Some(&ada)));
        for _ in 0..5 {
            call().unwrap();
        }
        let status = Status::from(call().unwrap_err());
        assert_eq!(rpc::reason_of(&status), Some(Reason::RateLimited));
        let metadata = status.get_details_error_info().unwrap().metadata;
        assert_eq!((metadata["limit"].as_str(), metadata["by"].as_str()), ("rooms", "person"));
        assert!(status.message().ends_with("; try again in 12 minutes"), "{}", status.message());
        let wait = status.get_details_retry_info().unwrap().retry_delay.unwrap();
        assert!((700..=720).contains(&wait.as_secs()), "{wait:?}");
    }

    #[tokio::test]
    async fn guests_of_one_network_share_a_larger_bucket_and_accounts_do_not() {
        let limits = limits(json!({"rooms": "1 per hour", "guests_per_network": 3})).await;
        let rules = rules_of(&limits, "syncwatch.room.v1.RoomService", "CreateRoom");
        let made = |kind, address: &str, n: usize| {
            let someone = person(kind, &format!("{kind:?}_{n}"));
            limits.call(&rules, &caller(address, Some(&someone))).is_ok()
        };
        let count = |kind| (0..10).filter(|n| made(kind, "2001:db8::1", *n)).count();
        assert_eq!(count(SubjectKind::Guest), 3);
        assert_eq!(count(SubjectKind::User), 10);
        assert!(!made(SubjectKind::Guest, "2001:db8::2", 20), "another address of the same network");
        assert!(made(SubjectKind::Guest, "2001:db8:0:1::1", 21), "another network");
    }

    #[tokio::test]
    async fn a_limit_by_address_replaces_the_one_on_calls_without_a_token() {
        let settings = json!({"calls_without_token": "1 per hour", "new_guests": "2 per hour"});
        let limits = limits(settings).await;
        let guests = rules_of(&limits, "syncwatch.auth.v1.AuthService", "CreateGuest");
        let nobody = caller("192.0.2.1", None);
        assert!(limits.call(&guests, &nobody).is_ok() && limits.call(&guests, &nobody).is_ok());
        assert!(limits.call(&guests, &nobody).is_err());
        assert!(limits.call(&Rules::default(), &nobody).is_ok());
        assert!(limits.call(&Rules::default(), &nobody).is_err());
        assert!(limits.call(&Rules::default(), &caller("192.0.2.2", None)).is_ok(), "another address");
    }

    #[tokio::test]
    async fn a_trusted_network_has_no_limits_by_address() {
        let settings = json!({"calls_without_token": "1 per hour", "trusted_networks": ["192.0.2.0/24"]});
        let limits = limits(settings).await;
        for _ in 0..5 {
            limits.call(&Rules::default(), &caller("192.0.2.1", None)).unwrap();
        }
        limits.call(&Rules::default(), &caller("198.51.100.1", None)).unwrap();
        assert!(limits.call(&Rules::default(), &caller("198.51.100.1", None)).is_err());
    }
}
