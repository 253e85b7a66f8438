//! A gateway with its fakes, asked directly or over a socket.

use std::{sync::Arc, time::Duration};

use axum::{Router, body::Body};
use futures::{SinkExt as _, StreamExt as _};
use gateway::{Config, Contract, DataPlane, Deps, Limits, LimitsConfig};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use rpc::RpcChannel;
use runtime::{Clock, Health, Phase, Settings, Shutdown, Tasks};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{Error, Message, client::IntoClientRequest as _, protocol::frame::coding::CloseCode},
};
use tower::ServiceExt as _;

use super::{fakes, keys};

pub(crate) struct World {
    pub(crate) router: Router,
    pub(crate) state: Arc<fakes::State>,
    pub(crate) clock: Clock,
    pub(crate) shutdown: Shutdown,
    tasks: Tasks,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("no JSON: {}", String::from_utf8_lossy(&self.body)))
    }

    /// The reason of an error.
    pub(crate) fn reason(&self) -> String {
        self.json()["error"]["details"][0]["reason"].as_str().unwrap_or_default().to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(|_| (), DataPlane::Local(Router::new()))
    }

    pub(crate) fn configured(change: impl FnOnce(&mut Config)) -> Self {
        Self::with(change, DataPlane::Local(Router::new()))
    }

    /// With these settings of `[limits]`.
    pub(crate) fn limited(limits: &Value) -> Self {
        Self::limited_with(limits, |_| ())
    }

    /// With these settings of `[limits]`, and others of `[gateway]`.
    pub(crate) fn limited_with(limits: &Value, change: impl FnOnce(&mut Config)) -> Self {
        Self::build(json!({"limits": limits}), change, DataPlane::Local(Router::new()))
    }

    /// Without limits on people, for what is done as often as it goes.
    pub(crate) fn unlimited(data_plane: DataPlane) -> Self {
        let defaults = LimitsConfig::load(&Settings::load(&[], json!({})).unwrap()).unwrap();
        let names = defaults.rates.into_keys();
        let limits: serde_json::Map<_, _> = names.map(|name| (name, json!("unlimited"))).collect();
        Self::build(json!({"limits": limits}), |_| (), data_plane)
    }

    /// Where one person may have so many sockets in a room.
    pub(crate) fn with_sockets(most: usize) -> Self {
        let settings = json!({"websocket": {"max_connections_per_user": most}});
        Self::build(settings, |_| (), DataPlane::Local(Router::new()))
    }

    pub(crate) fn with(change: impl FnOnce(&mut Config), data_plane: DataPlane) -> Self {
        Self::build(json!({}), change, data_plane)
    }

    fn build(settings: Value, change: impl FnOnce(&mut Config), data_plane: DataPlane) -> Self {
        Self::serving(Contract::product().unwrap(), None, settings, change, data_plane)
    }

    /// With another contract, and the service that it has besides the product's.
    pub(crate) fn with_contract(contract: Contract, service: (&'static str, RpcChannel)) -> Self {
        Self::serving(contract, Some(service), json!({}), |_| (), DataPlane::Local(Router::new()))
    }

    fn serving(
        contract: Contract,
        service: Option<(&'static str, RpcChannel)>,
        settings: Value,
        change: impl FnOnce(&mut Config),
        data_plane: DataPlane,
    ) -> Self {
        let settings = Settings::load(&[], settings).unwrap();
        let mut config: Config = settings.section("gateway").unwrap();
        change(&mut config);
        let fakes = fakes::State::new();
        let clock = Clock::manual(1_000_000);
        let shutdown = Shutdown::default();
        let mut tasks = Tasks::new(shutdown.clone());
        let deps = Deps {
            contract,
            services: [
                ("syncwatch.auth.v1", fakes::auth().local()),
                ("syncwatch.room.v1", fakes::room(&fakes).local()),
                ("syncwatch.sync.v1", fakes::sync(&fakes).local()),
                ("syncwatch.media.v1", fakes::media(&fakes).local()),
                ("syncwatch.voice.v1", fakes::voice().local()),
            ]
            .into_iter()
            .chain(service)
            .collect(),
            token: testkit::service_token(),
            verifier: keys::verifier(),
            clock: clock.clone(),
            data_plane,
            health: Health::new(Phase::Serving),
            limits: LimitsConfig::load(&settings).unwrap(),
            websocket: settings.section("websocket").unwrap(),
            buckets: futures::executor::block_on(state::connect("")).unwrap().limits,
        };
        let router = gateway::build(&config, deps, &mut tasks).unwrap();
        Self { router, state: fakes, clock, shutdown, tasks }
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let (parts, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: body.collect().await.unwrap().to_bytes().to_vec(),
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn call(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> Answer {
        let mut request =
            Request::builder().method(method).uri(path).header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        let token = format!("Bearer {}", keys::token("ann"));
        self.call(Method::POST, path, &[("authorization", &token)], body).await
    }

    /// Serves the gateway on a free port; gives `127.0.0.1:…`.
    pub(crate) async fn serve(&self) -> String {
        self.serve_within(Limits::new(10_000)).await
    }

    pub(crate) async fn serve_within(&self, limits: Limits) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        tokio::spawn(gateway::serve_http(listener, self.router.clone(), limits, self.shutdown.soft()));
        address
    }

    /// A socket as `name`, before its hello.
    pub(crate) async fn dial(&self, address: &str, name: &str, protocol: &str) -> Socket {
        let mut request = format!("ws://{address}/ws/rooms/{}", fakes::ROOM).into_client_request().unwrap();
        let headers = request.headers_mut();
        headers.insert("authorization", format!("Bearer {}", keys::token(name)).parse().unwrap());
        if !protocol.is_empty() {
            headers.insert("sec-websocket-protocol", protocol.parse().unwrap());
        }
        Socket(tokio_tungstenite::connect_async(request).await.unwrap().0)
    }

    /// A socket that was not opened, as `name`.
    pub(crate) async fn refused(&self, address: &str, name: &str) -> Answer {
        let mut request = format!("ws://{address}/ws/rooms/{}", fakes::ROOM).into_client_request().unwrap();
        request
            .headers_mut()
            .insert("authorization", format!("Bearer {}", keys::token(name)).parse().unwrap());
        refused(request).await
    }

    /// A socket as `name`, after its welcome.
    pub(crate) async fn enter(&self, address: &str, name: &str, observe: &[&str]) -> Socket {
        let mut socket = self.dial(address, name, "").await;
        socket.say(&json!({"id": "h", "hello": {"protocolVersion": 1, "observe": observe}})).await;
        let welcome = socket.hear().await;
        assert_eq!(welcome["id"], "h", "{welcome}");
        assert!(welcome["welcome"].is_object(), "{welcome}");
        socket
    }

    pub(crate) async fn finish(self) {
        self.shutdown.begin();
        self.tasks.finish().await;
    }
}

/// Why a socket could not be opened.
pub(crate) async fn refused(request: http::Request<()>) -> Answer {
    match tokio_tungstenite::connect_async(request).await {
        Err(Error::Http(response)) => {
            let (parts, body) = response.into_parts();
            Answer { status: parts.status, headers: parts.headers, body: body.unwrap_or_default() }
        }
        other => panic!("it was not refused: {other:?}"),
    }
}

pub(crate) struct Socket(pub(crate) WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    pub(crate) async fn say(&mut self, frame: &Value) {
        self.0.send(Message::text(frame.to_string())).await.unwrap();
    }

    pub(crate) async fn next(&mut self) -> Message {
        loop {
            let next =
                tokio::time::timeout(Duration::from_mins(1), self.0.next()).await.expect("nothing comes");
            match next.expect("the socket ended").expect("the socket broke") {
                Message::Ping(_) | Message::Pong(_) => {}
                message => return message,
            }
        }
    }

    pub(crate) async fn hear(&mut self) -> Value {
        match self.next().await {
            Message::Text(text) => serde_json::from_str(&text).unwrap(),
            other => panic!("no frame: {other:?}"),
        }
    }

    /// The next frame that `wanted` likes, leaving out others.
    pub(crate) async fn until(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        loop {
            let frame = self.hear().await;
            if wanted(&frame) {
                return frame;
            }
        }
    }

    /// Calls an RPC.
    pub(crate) async fn call(&mut self, id: &str, method: &str, body: &Value) -> Value {
        self.ask(json!({"id": id, "call": {"method": method, "body": body}})).await
    }

    /// Says something in the chat.
    pub(crate) async fn chat(&mut self, id: &str, text: &str) -> Value {
        let body = json!({"room": fakes::ROOM, "text": text, "clientMessageId": id});
        self.call(id, "syncwatch.room.v1.ChatService/SendMessage", &body).await
    }

    /// The answer to a frame.
    pub(crate) async fn ask(&mut self, frame: Value) -> Value {
        self.say(&frame).await;
        self.until(|answer| answer["id"] == frame["id"]).await
    }

    pub(crate) async fn closed(&mut self) -> CloseCode {
        loop {
            match self.next().await {
                Message::Close(Some(frame)) => return frame.code,
                Message::Close(None) => panic!("closed without a code"),
                _ => {}
            }
        }
    }
}
