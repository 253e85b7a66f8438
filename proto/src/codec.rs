//! Protobuf over gRPC, with the contract's validation rules checked where a message is decoded: one place for every
//! service, so that no handler sees a request that breaks them.

use std::{collections::HashMap, marker::PhantomData};

use prost::Message;
use tonic::{
    Code, Status,
    codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder},
};
use tonic_types::{ErrorDetails, StatusExt as _};

use crate::rules::{Checked, Violations};

/// Domain of every `ErrorInfo` that we send.
pub const ERROR_DOMAIN: &str = "syncwatch";

/// `INVALID_ARGUMENT` that names each field at fault.
pub fn violations(violations: &Violations) -> Status {
    let mut details = ErrorDetails::with_error_info("INVALID_FIELD", ERROR_DOMAIN, HashMap::new());
    for (field, what) in &violations.0 {
        details.add_bad_request_violation(field, what);
    }
    let summary: Vec<_> = violations.0.iter().map(|(field, what)| format!("{field} {what}")).collect();
    Status::with_error_details(Code::InvalidArgument, summary.join("; "), details)
}

/// Encodes `T` and decodes `U`.
#[derive(Debug, Clone, Copy)]
pub struct CheckedCodec<T, U>(PhantomData<(T, U)>);

impl<T, U> Default for CheckedCodec<T, U> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<T, U> Codec for CheckedCodec<T, U>
where
    T: Message + Send + 'static,
    U: Message + Default + Checked + Send + 'static,
{
    type Encode = T;
    type Decode = U;
    type Encoder = ProtoEncoder<T>;
    type Decoder = CheckedDecoder<U>;

    fn encoder(&mut self) -> Self::Encoder {
        ProtoEncoder(PhantomData)
    }

    fn decoder(&mut self) -> Self::Decoder {
        CheckedDecoder(PhantomData)
    }
}

/// Encodes `T`.
#[derive(Debug)]
pub struct ProtoEncoder<T>(PhantomData<T>);

impl<T: Message> Encoder for ProtoEncoder<T> {
    type Item = T;
    type Error = Status;

    fn encode(&mut self, item: T, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        item.encode(buffer).map_err(|error| Status::internal(format!("cannot encode a message: {error}")))
    }
}

/// Decodes `U` and checks it.
#[derive(Debug)]
pub struct CheckedDecoder<U>(PhantomData<U>);

impl<U: Message + Default + Checked> Decoder for CheckedDecoder<U> {
    type Item = U;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<U>, Status> {
        let message = U::decode(buffer).map_err(|error| {
            // Such as a string that is not UTF-8; the error names the message and the field.
            let details = ErrorDetails::with_error_info("MALFORMED_BODY", ERROR_DOMAIN, HashMap::new());
            Status::with_error_details(
                Code::InvalidArgument,
                format!("cannot decode the message: {error}"),
                details,
            )
        })?;
        message.check().map_err(|error| violations(&error))?;
        Ok(Some(message))
    }
}

#[cfg(test)]
mod tests {
    use tonic_types::StatusExt as _;

    use super::violations;
    use crate::{
        auth::v1::{LoginRequest, RegisterRequest},
        provider::v1::LoginRequest as ProviderLoginRequest,
        realtime::v1::{Call, ClientFrame, Hello, client_frame},
        room::v1::{
            AcknowledgeEventsRequest, CreateRoomRequest, GetRoomRequest, SendMessageRequest,
            TransferRoomRequest,
        },
        rules::Checked,
        sync::v1::{Command, Seek, SetRate, command::Action},
    };

    /// Case A8: PostgreSQL takes no U+0000, so no string of a request may have one: plain fields, lists, maps, frames.
    #[test]
    fn control_characters_are_rejected_by_field() {
        let field = |message: &dyn Checked| {
            let mut fields = message.check().unwrap_err().0;
            assert_eq!(fields.len(), 1, "{fields:?}");
            fields.remove(0).0
        };
        let nul = || "a\0b".to_owned();
        let login = LoginRequest { username: nul(), password: "x".into() };
        assert_eq!(field(&login), "username");
        let login = LoginRequest { username: "ada".into(), password: nul() };
        assert_eq!(field(&login), "password");
        let register = RegisterRequest { username: "ada\0".into(), password: "correct horse".into() };
        assert_eq!(field(&register), "username");
        assert_eq!(field(&GetRoomRequest { room: "\u{85}".into(), ..Default::default() }), "room");
        let transfer = TransferRoomRequest { room: "x".into(), subject_id: nul() };
        assert_eq!(field(&transfer), "subject_id");
        let events = AcknowledgeEventsRequest { event_ids: vec!["a".into(), nul()], group: String::new() };
        assert_eq!(field(&events), "event_ids[1]");
        let fields = [("user".to_owned(), nul())].into();
        assert_eq!(field(&ProviderLoginRequest { fields }), "fields");
        let call = Call { method: nul(), body: None };
        let frame = ClientFrame { id: "x".into(), kind: Some(client_frame::Kind::Call(call)) };
        assert_eq!(field(&frame), "call.method");
        let chat = |text: &str| SendMessageRequest {
            room: "x".into(),
            text: text.into(),
            client_message_id: "x".into(),
            ..Default::default()
        };
        assert_eq!(field(&chat("a\0b")), "text");
        assert!(chat("two\nlines").check().is_ok(), "a pattern may allow what its field needs");
    }

    #[test]
    fn a_violation_names_the_field_by_its_path() {
        let command = Command {
            id: "12345678".into(),
            action: Some(Action::Seek(Seek { position_us: -1 })),
            ..Default::default()
        };
        let frame = ClientFrame { id: "x".into(), kind: Some(client_frame::Kind::Command(command)) };
        let status = violations(&frame.check().unwrap_err());
        let fields: Vec<_> =
            status.get_details_bad_request().unwrap().field_violations.into_iter().map(|v| v.field).collect();
        assert_eq!(fields, ["command.seek.position_us"]);
    }

    #[test]
    fn every_kind_of_rule_is_checked() {
        let rate = |rate| Command {
            id: "12345678".into(),
            action: Some(Action::SetRate(SetRate { rate })),
            ..Default::default()
        };
        assert!(rate(4.0).check().is_ok());
        assert!(rate(f64::NAN).check().is_err());
        assert!(rate(f64::INFINITY).check().is_err());
        assert!(
            Command { id: "12345678".into(), ..Default::default() }.check().is_err(),
            "an action is required"
        );
        let room = |name: &str, visibility| CreateRoomRequest {
            name: name.into(),
            visibility,
            ..Default::default()
        };
        assert!(room("Film night 🎬", 1).check().is_ok());
        assert!(room("tab\there", 0).check().is_err(), "control characters");
        assert!(room(&"x".repeat(81), 0).check().is_err(), "too long");
        assert!(room("x", 99).check().is_err(), "an unknown enum value");
        let hello = Hello { observe: vec![1; 65], ..Default::default() };
        assert!(hello.check().is_err(), "too many entries");
    }
}
