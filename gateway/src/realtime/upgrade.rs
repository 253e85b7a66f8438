//! Who may open a WebSocket. Everything that can be refused is refused before the upgrade, as an HTTP error.

use std::{net::IpAddr, sync::Arc, time::Duration};

use axum::{
    Extension,
    extract::{Path, Query, State, WebSocketUpgrade, ws::rejection::WebSocketUpgradeRejection},
    response::{IntoResponse as _, Response},
};
use edge::ApiError;
use http::{
    HeaderMap, HeaderValue, StatusCode,
    header::{AUTHORIZATION, HOST, ORIGIN},
};
use proto::{
    common::v1::Identity,
    room::v1::{CreateTicketRequest, GetAccessResponse, RedeemTicketRequest},
};
use rpc::{Context, Error, Reason, TraceParent};
use serde::Deserialize;
use tonic::{Code, Status};

use super::{
    frames::Format,
    session::{self, Admitted},
    shared::{Realtime, Slot},
    socket::Socket,
};
use crate::{
    address::Origin,
    limits::{Caller, Rules},
};

/// Upper bound of a frame to a client, such as a large response of a call.
const LARGEST_OUT: usize = 16 * 1024 * 1024;

type Upgrade = Result<WebSocketUpgrade, WebSocketUpgradeRejection>;

/// The query of the address.
#[derive(Default, Deserialize)]
pub(crate) struct Address {
    #[serde(default)]
    room: String,
    #[serde(default)]
    ticket: String,
}

/// `/ws/rooms/{room}`
pub(crate) async fn by_path(
    State(realtime): State<Arc<Realtime>>,
    Path(room): Path<String>,
    Query(address): Query<Address>,
    Extension(trace): Extension<TraceParent>,
    Extension(origin): Extension<Origin>,
    headers: HeaderMap,
    upgrade: Upgrade,
) -> Response {
    open(realtime, Address { room, ..address }, &headers, upgrade, (trace, origin.address)).await
}

/// `/api/v1/syncplay/ws?room=…`
pub(crate) async fn by_query(
    State(realtime): State<Arc<Realtime>>,
    Query(address): Query<Address>,
    Extension(trace): Extension<TraceParent>,
    Extension(origin): Extension<Origin>,
    headers: HeaderMap,
    upgrade: Upgrade,
) -> Response {
    open(realtime, address, &headers, upgrade, (trace, origin.address)).await
}

async fn open(
    realtime: Arc<Realtime>,
    address: Address,
    headers: &HeaderMap,
    upgrade: Upgrade,
    (trace, from): (TraceParent, IpAddr),
) -> Response {
    match admit(realtime, address, headers, upgrade, (trace, from)).await {
        Ok(response) => response,
        Err(status) => ApiError::new(status, trace).into_response(),
    }
}

async fn admit(
    realtime: Arc<Realtime>,
    address: Address,
    headers: &HeaderMap,
    upgrade: Upgrade,
    (trace, from): (TraceParent, IpAddr),
) -> Result<Response, Status> {
    check_origin(&realtime, headers)?;
    let mut upgrade = upgrade.map_err(|rejection| {
        Error::new(
            Reason::ProtocolUnsupported,
            format!("this path needs a WebSocket handshake: {}", rejection.body_text()),
        )
    })?;
    let format = choose_format(&mut upgrade)?;
    let slot = Slot::take(&realtime).ok_or_else(|| {
        Error::new(
            Reason::DependencyUnavailable,
            "this server has reached its connection limit; try again later",
        )
        .retry_after(Duration::from_secs(5))
    })?;
    let limits = &realtime.admission.limits;
    limits.check_tickets(from)?;
    let identified = identify(&realtime, address, headers, (trace, from)).await;
    let (identity, access) = identified.inspect_err(|status| {
        // An outage of a service is no wrong ticket.
        if status.code() == Code::Unauthenticated {
            limits.wrong_ticket(from);
        }
    })?;
    // Each opening is a call of its person.
    let caller = Caller { address: Some(from), identity: Some(&identity), room: "" };
    limits.call(&Rules::default(), &caller)?;
    let room_id = access.room.as_ref().map(|room| room.id.as_str()).unwrap_or_default();
    let place = realtime.people.enter(room_id, &identity.subject_id)?;
    let admitted = Box::new(Admitted { identity, access, address: Some(from), place });
    if *realtime.stopping.borrow() {
        let error = Error::new(Reason::DependencyUnavailable, "this server is shutting down; reconnect");
        return Err(error.retry_after(Duration::from_secs(1)).into());
    }
    // A frame above the limit is still read, up to twice the limit, so that its sender gets a reason.
    let largest_in = realtime.max_frame_bytes.saturating_mul(2);
    let upgrade = upgrade
        .read_buffer_size(realtime.websocket.read_buffer_size)
        .write_buffer_size(realtime.websocket.write_buffer_size)
        .max_write_buffer_size(LARGEST_OUT)
        .max_message_size(largest_in)
        .max_frame_size(largest_in);
    Ok(upgrade.on_upgrade(move |socket| {
        let Realtime { frames, clock, max_frame_bytes, .. } = &*realtime;
        let socket = Socket::new(socket, format, frames.clone(), clock.clone(), *max_frame_bytes);
        session::run(realtime, socket, admitted, slot)
    }))
}

/// A POST to the address of a socket tells whether this page may open it. A browser hides from a page why its socket was
/// refused; the page can read this response.
pub(crate) async fn check(
    State(realtime): State<Arc<Realtime>>,
    Extension(trace): Extension<TraceParent>,
    headers: HeaderMap,
) -> Response {
    match check_origin(&realtime, &headers) {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => ApiError::new(error, trace).into_response(),
    }
}

/// Browsers name the page that connects. A page of another site could use the credentials that the browser holds for ours.
fn check_origin(realtime: &Realtime, headers: &HeaderMap) -> Result<(), Error> {
    let text = |name| {
        let value: Option<&HeaderValue> = headers.get(name);
        value.map(|value| value.to_str().unwrap_or_default().chars().take(100).collect::<String>())
    };
    let Some(origin) = text(ORIGIN) else { return Ok(()) };
    let host = text(HOST).unwrap_or_default();
    if is_same_host(&origin, &host) || realtime.origins.contains(&origin) {
        return Ok(());
    }
    if let Some(suppressed) = realtime.refused_origins.due() {
        tracing::warn!(
            origin,
            host,
            suppressed,
            "refused the WebSocket of a page: its origin is not the host of the request; if both are this server, a \
             proxy changes the Host header, and gateway.public_url must name the address that people use"
        );
    }
    let message = format!(
        "the page came from {origin}, and this server was reached as {host}; if both are this server, set \
         gateway.public_url = \"{origin}\"; if it is another website, gateway.cors_origins can allow it"
    );
    Err(Error::new(Reason::OriginNotAllowed, message)
        .with("origin", origin)
        .with("host", host)
        .with("setting", "gateway.public_url"))
}

/// Whether a page of this origin came from the host that the request is sent to. Browsers leave out the default port of a
/// scheme; proxies may add it.
fn is_same_host(origin: &str, host: &str) -> bool {
    let Some((scheme, authority)) = origin.split_once("://") else { return false };
    let default_port = match scheme {
        "https" => ":443",
        "http" => ":80",
        _ => return false,
    };
    let host = host.strip_suffix(default_port).unwrap_or(host);
    authority.eq_ignore_ascii_case(host)
}

/// The first subprotocol of the client that this server speaks; JSON when the client names none.
fn choose_format(upgrade: &mut WebSocketUpgrade) -> Result<Format, Error> {
    let mut asked = false;
    let mut chosen = None;
    for name in upgrade.requested_protocols() {
        asked = true;
        if let Some(format) = Format::of_subprotocol(name.as_bytes()) {
            chosen = Some((format, name.clone()));
            break;
        }
    }
    match chosen {
        Some((format, name)) => {
            upgrade.set_selected_protocol(name);
            Ok(format)
        }
        None if asked => Err(Error::new(
            Reason::ProtocolUnsupported,
            "unknown subprotocol; use syncwatch.v1.json or syncwatch.v1.proto",
        )),
        None => Ok(Format::Json),
    }
}

/// Identifies the person by a ticket, which opens one socket, or by an access token. A token opens the socket by a ticket of
/// its own, so room-svc decides about both in the same way: whether the room is open, and whether there is a seat.
async fn identify(
    realtime: &Realtime,
    address: Address,
    headers: &HeaderMap,
    (trace, from): (TraceParent, IpAddr),
) -> Result<(Identity, GetAccessResponse), Status> {
    let Address { room, mut ticket } = address;
    if room.is_empty() {
        return Err(
            Error::new(Reason::InvalidField, "the room is missing; give its id or code as ?room=").into()
        );
    }
    let mut members = realtime.services.members();
    if ticket.is_empty() {
        let bearer =
            headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
        let Some(token) = bearer else {
            let message = "this needs ?ticket= (POST /api/rooms/{room}/ticket gives one) or an access token";
            return Err(Error::new(Reason::Unauthenticated, message).into());
        };
        let identity = realtime.verifier.verify(token).await?;
        let mut context = Context::on_behalf_of(identity).from_address(Some(from));
        context.trace = trace;
        let request = context.request(CreateTicketRequest { room: room.clone() });
        ticket = members.create_ticket(request).await?.into_inner().ticket;
    }
    let mut context = Context::background().from_address(Some(from));
    context.trace = trace;
    let request = context.request(RedeemTicketRequest { room, ticket });
    let reply = members.redeem_ticket(request).await?.into_inner();
    let (Some(identity), Some(access)) = (reply.identity, reply.access) else {
        return Err(Status::internal("room-svc redeemed a ticket without saying whose it is"));
    };
    Ok((identity, access))
}
