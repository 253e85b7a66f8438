//! Memory of an idle socket in the process that holds it.

use e2e::{Guest, RoomSocket, Shape, System};
use futures::{StreamExt as _, TryStreamExt as _, stream};

use crate::{fan_out::enter, report::Report, start::resident_mb};

pub(crate) async fn measure(
    report: &mut Report,
    (shape, name): (Shape, &str),
    settings: &[(&str, &str)],
    sockets: u32,
    rooms: u32,
) -> anyhow::Result<()> {
    let per_room = sockets.div_ceil(rooms);
    let system = System::start_with(shape, settings)?;
    // A first round, so that allocations that happen only once do not count.
    drop(room(system.url(), per_room).await?);
    let gateway = system.gateway_pid()?;
    let before = resident_mb(gateway)?;
    let held: Vec<Vec<RoomSocket>> = stream::iter(0..rooms)
        .map(|_| room(system.url(), per_room))
        .buffer_unordered(4)
        .try_collect()
        .await?;
    let held: Vec<_> = held.into_iter().flatten().collect();
    let after = resident_mb(gateway)?;
    #[expect(clippy::cast_precision_loss, reason = "small counts")]
    let each_kib = (after - before) * 1024.0 / held.len() as f64;
    report.idle(name, (held.len(), rooms), each_kib, after);
    Ok(())
}

/// A room of different people, so that state for each person counts too.
async fn room(base: &str, members: u32) -> anyhow::Result<Vec<RoomSocket>> {
    let owner = Guest::arrive(base, "Owner").await?;
    let room = owner.make_room().await?;
    let mut sockets = vec![enter(&owner, &room).await?];
    for _ in 1..members {
        let guest = owner.another("Guest").await?;
        guest.join(&room).await?;
        sockets.push(enter(&guest, &room).await?);
    }
    Ok(sockets)
}
