//! What an idle socket costs the process that holds it.

use e2e::{Guest, RoomSocket, Shape, System};
use futures::{StreamExt as _, stream};
use serde_json::json;

use crate::{report::Report, start::resident_mb};

/// Members of each room.
const PER_ROOM: u32 = 50;

pub(crate) async fn measure(
    report: &mut Report,
    shape: Shape,
    name: &str,
    settings: &[(&str, &str)],
    sockets: u32,
) -> anyhow::Result<()> {
    let system = System::start_with(shape, settings)?;
    // Once through everything, so that what is allocated once does not count.
    drop(room(system.url(), PER_ROOM).await?);
    let gateway = system.gateway_pid()?;
    let before = resident_mb(gateway)?;
    let rooms = sockets.div_ceil(PER_ROOM);
    let held: Vec<_> =
        stream::iter(0..rooms).map(|_| room(system.url(), PER_ROOM)).buffer_unordered(4).collect().await;
    let held: Vec<RoomSocket> =
        held.into_iter().collect::<anyhow::Result<Vec<_>>>()?.into_iter().flatten().collect();
    let after = resident_mb(gateway)?;
    #[expect(clippy::cast_precision_loss, reason = "small counts")]
    let each_kib = (after - before) * 1024.0 / held.len() as f64;
    report.idle(name, held.len(), each_kib, after);
    Ok(())
}

async fn room(base: &str, members: u32) -> anyhow::Result<Vec<RoomSocket>> {
    let owner = Guest::arrive(base, "Owner").await?;
    let room = owner.make_room().await?;
    let mut sockets = Vec::new();
    for _ in 0..members {
        let mut socket = RoomSocket::open(base, &room, &owner.ticket(&room).await?).await?;
        socket.hello(json!({"protocolVersion": 1})).await?;
        sockets.push(socket);
    }
    Ok(sockets)
}
