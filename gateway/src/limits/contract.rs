//! The limits that the contract puts on methods, from their descriptors.

use std::collections::BTreeSet;

use anyhow::{Context as _, ensure};
use prost_reflect::MethodDescriptor;
use proto::common::v1::{Limit, LimitBy};

/// Calls without a token, by address.
pub(crate) const CALLS_WITHOUT_TOKEN: &str = "calls_without_token";
/// Calls with a token, by person.
pub(crate) const CALLS: &str = "calls";
/// Attempts to open a WebSocket with an invalid ticket or token, by address.
pub(crate) const WRONG_TICKETS: &str = "wrong_tickets";
/// Frames of one WebSocket.
pub(crate) const FRAMES: &str = "frames";

/// The limits on a method.
pub(super) fn limits_on(rpc: &MethodDescriptor) -> anyhow::Result<Vec<Limit>> {
    let extension = rpc
        .parent_pool()
        .get_extension_by_name("syncwatch.common.v1.limits")
        .context("the contract lacks syncwatch.common.v1.limits")?;
    let options = rpc.options();
    let values = options.get_extension(&extension);
    let limits = values.as_list().unwrap_or_default().iter().map(|value| {
        let limit: Limit =
            value.as_message().context("a limit is no message")?.transcode_to().context("a limit")?;
        ensure!(
            !limit.name.is_empty() && !limit.message.is_empty() && limit.by() != LimitBy::Unspecified,
            "a limit of {} lacks its name, by or message",
            rpc.full_name()
        );
        Ok(limit)
    });
    limits.collect()
}

/// The names of all limits, which are the keys of their settings.
pub(super) fn names() -> anyhow::Result<BTreeSet<String>> {
    let mut names = BTreeSet::from([CALLS, CALLS_WITHOUT_TOKEN, FRAMES, WRONG_TICKETS].map(str::to_owned));
    for rpc in proto::POOL.services().flat_map(|service| service.methods().collect::<Vec<_>>()) {
        names.extend(limits_on(&rpc)?.into_iter().map(|limit| limit.name));
    }
    Ok(names)
}
