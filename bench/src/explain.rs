//! Measures `ExplainPermission` in a room with custom roles and members who have permissions beyond their role. The goal is
//! 5 ms at the 99th percentile.

use std::{
    io::{self, Write as _},
    time::{Duration, Instant},
};

use e2e::{Guest, Shape, System};
use reqwest::Method;
use serde_json::{Value, json};

use crate::stats::summary;

const ROLES: usize = 50;
const MEMBERS: usize = 60;

/// Prints the distribution of the time of a call, in milliseconds, over one open connection.
pub(crate) async fn measure(settings: &[(&str, &str)], seconds: u64) -> anyhow::Result<()> {
    let system = System::start_with(Shape::One, settings)?;
    let owner = Guest::arrive(system.url(), "Owner").await?;
    let room = owner.make_room().await?;
    let wider = json!({"maxParticipants": 2 * MEMBERS, "updateMask": "maxParticipants"});
    owner.ok(Method::PATCH, &format!("/api/rooms/{room}"), wider).await?;
    for number in 0..ROLES {
        let role = json!({"name": format!("Role {number}"), "added": ["PERMISSION_KICK"]});
        owner.ok(Method::POST, &format!("/api/rooms/{room}/roles"), role).await?;
    }
    let mut asker = None;
    for number in 0..MEMBERS {
        let member = Guest::arrive(system.url(), &format!("Member {number}")).await?;
        member.join(&room).await?;
        let given = json!({"added": ["PERMISSION_CLEAR_PLAYLIST"], "updateMask": "added"});
        owner.ok(Method::PATCH, &format!("/api/rooms/{room}/members/{}", member.id), given).await?;
        asker = Some(member);
    }
    let Some(asker) = asker else { return Ok(()) };
    let path = format!("/api/rooms/{room}/permissions/PERMISSION_CLEAR_PLAYLIST/explanation");
    let mut sample = Vec::new();
    let end = Instant::now() + Duration::from_secs(seconds);
    while Instant::now() < end {
        let begin = Instant::now();
        asker.ok(Method::GET, &path, Value::Null).await?;
        sample.push(begin.elapsed().as_secs_f64() * 1000.0);
    }
    let (summary, _) = summary(sample);
    Ok(writeln!(
        io::stdout().lock(),
        "ExplainPermission, milliseconds: {}",
        serde_json::to_string(&summary)?
    )?)
}
