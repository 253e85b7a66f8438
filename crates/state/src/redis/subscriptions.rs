//! The connection for deliveries, shared by all subscribers of the process.

use std::{collections::HashMap, time::Duration};

use futures::{StreamExt as _, stream::BoxStream};
use redis::{Client, Msg, aio::PubSubSink};
use tokio::{
    sync::{broadcast, mpsc, oneshot},
    time::{Instant, interval_at, timeout},
};

use super::RESPONSE_TIMEOUT;
use crate::{Delivery, Error, Result, deliveries};

/// Time between two attempts to connect, and between two removals of channels without subscribers.
const UPKEEP: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

type Reply = oneshot::Sender<broadcast::Receiver<Delivery>>;

/// Sends requests to the task that owns the connection. The task ends when this is dropped.
pub(super) struct Subscriptions(mpsc::Sender<(String, Reply)>);

impl Subscriptions {
    pub(super) fn start(client: Client) -> Self {
        let (wishes, inbox) = mpsc::channel(1024);
        tokio::spawn(run(client, inbox));
        Self(wishes)
    }

    /// Returns when Redis has confirmed the subscription, so that everything published from then on arrives.
    pub(super) async fn subscribe(&self, channel: String) -> Result<BoxStream<'static, Delivery>> {
        let gone = || Error::new("the connection that listens to Redis is down");
        let (reply, receiver) = oneshot::channel();
        let wish = async {
            self.0.send((channel, reply)).await.map_err(|_| gone())?;
            receiver.await.map_err(|_| gone())
        };
        Ok(deliveries::stream(timeout(RESPONSE_TIMEOUT, wish).await.map_err(|_| gone())??))
    }
}

type Channels = HashMap<String, broadcast::Sender<Delivery>>;

/// Keeps the connection until nobody can subscribe any more.
async fn run(client: Client, mut inbox: mpsc::Receiver<(String, Reply)>) {
    let (mut channels, mut pause) = (Channels::new(), Duration::from_millis(50));
    loop {
        match listen(&client, &mut inbox, &mut channels, &mut pause).await {
            Ok(()) => return,
            Err(error) => {
                tracing::warn!(%error, retry_in_ms = pause.as_millis(), "the connection that listens to Redis broke");
            }
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

async fn listen(
    client: &Client,
    inbox: &mut mpsc::Receiver<(String, Reply)>,
    channels: &mut Channels,
    pause: &mut Duration,
) -> Result<()> {
    let connection = timeout(RESPONSE_TIMEOUT, client.get_async_pubsub()).await.map_err(Error::new)??;
    let (mut sink, mut messages) = connection.split();
    give_up_unheard(channels);
    if !channels.is_empty() {
        confirmed(sink.subscribe(channels.keys().collect::<Vec<_>>())).await?;
        // Deliveries may have been published while the connection was down.
        for sender in channels.values() {
            let _ = sender.send(Delivery::Lost);
        }
    }
    *pause = Duration::from_millis(50);
    let mut upkeep = interval_at(Instant::now() + UPKEEP, UPKEEP);
    loop {
        tokio::select! {
            message = messages.next() => hand_out(channels, &message.ok_or_else(|| Error::new("Redis closed the connection"))?),
            wish = inbox.recv() => match wish {
                Some((channel, reply)) => subscribe(&mut sink, channels, channel, reply).await?,
                None => return Ok(()),
            },
            _ = upkeep.tick() => keep_up(&mut sink, channels).await?,
        }
    }
}

async fn subscribe(
    sink: &mut PubSubSink,
    channels: &mut Channels,
    channel: String,
    reply: Reply,
) -> Result<()> {
    if let Some(sender) = channels.get(&channel) {
        let _ = reply.send(sender.subscribe());
        return Ok(());
    }
    let sender = deliveries::channel();
    let receiver = sender.subscribe();
    // Stored before the confirmation, so that a request that fails with the connection is repeated on the next one.
    channels.insert(channel.clone(), sender);
    confirmed(sink.subscribe(channel)).await?;
    let _ = reply.send(receiver);
    Ok(())
}

async fn keep_up(sink: &mut PubSubSink, channels: &mut Channels) -> Result<()> {
    // A connection to a machine that vanished looks open. Only an answer shows that it works.
    confirmed(sink.ping::<redis::Value>()).await?;
    let unheard = give_up_unheard(channels);
    if !unheard.is_empty() {
        confirmed(sink.unsubscribe(unheard)).await?;
    }
    Ok(())
}

async fn confirmed<T>(answer: impl Future<Output = redis::RedisResult<T>>) -> Result<T> {
    Ok(timeout(RESPONSE_TIMEOUT, answer).await.map_err(Error::new)??)
}

fn give_up_unheard(channels: &mut Channels) -> Vec<String> {
    let unheard: Vec<_> = channels
        .iter()
        .filter(|(_, sender)| sender.receiver_count() == 0)
        .map(|(name, _)| name.clone())
        .collect();
    for channel in &unheard {
        channels.remove(channel);
    }
    unheard
}

/// `e<seq>:<payload>` or `n<payload>`, as `append.lua` publishes.
fn hand_out(channels: &Channels, message: &Msg) {
    let Some(sender) = channels.get(message.get_channel_name()) else { return };
    let delivery = match message.get_payload_bytes() {
        [b'n', notice @ ..] => Some(Delivery::Notice(notice.to_vec().into())),
        [b'e', event @ ..] => event.iter().position(|byte| *byte == b':').and_then(|end| {
            let seq = std::str::from_utf8(&event[..end]).ok()?.parse().ok()?;
            Some(Delivery::Event { seq, payload: event[end + 1..].to_vec().into() })
        }),
        _ => None,
    };
    let _ = sender.send(delivery.unwrap_or(Delivery::Lost));
}
