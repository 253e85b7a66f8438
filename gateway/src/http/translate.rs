//! A call over HTTP to a protobuf request: what stands in the path, the query and the body. What is unknown is refused
//! by name.

use anyhow::Context as _;
use bytes::Bytes;
use prost_reflect::MessageDescriptor;
use rpc::{Error, Reason};

use super::routes::Endpoint;
use crate::json::{self, Field, MessageId, ReadError, Reader};

/// What a request is made of.
pub(crate) struct RequestShape {
    message: MessageId,
    /// The fields that the path names, by their names there.
    in_path: Vec<(String, &'static Field)>,
    has_body: bool,
}

impl RequestShape {
    pub(crate) fn of(endpoint: &Endpoint) -> anyhow::Result<Self> {
        let message = message(&endpoint.rpc.input())?;
        let in_path = endpoint.parameters.iter().map(|parameter| {
            let field = message.field(parameter.name()).context("no such field")?;
            Ok((parameter.name().to_owned(), field))
        });
        Ok(Self { message, in_path: in_path.collect::<anyhow::Result<_>>()?, has_body: endpoint.has_body })
    }

    /// The request that a call means.
    pub(crate) fn read<'a>(
        &self,
        path: impl Iterator<Item = (&'a str, &'a str)>,
        query: Option<&str>,
        body: &Bytes,
    ) -> Result<Reader, Error> {
        let mut reader = Reader::new(self.message);
        for (name, value) in path {
            if let Some((_, field)) = self.in_path.iter().find(|(in_path, _)| in_path == name) {
                reader.fix(field, value).map_err(refusal)?;
            }
        }
        let query = query.unwrap_or_default();
        if self.has_body {
            if let Some((name, _)) = url::form_urlencoded::parse(query.as_bytes()).next() {
                return Err(unknown_query(&name));
            }
            if !body.is_empty() {
                reader.json(body).map_err(refusal)?;
            }
        } else if body.is_empty() {
            self.read_query(query, &mut reader)?;
        } else {
            return Err(Error::new(
                Reason::MalformedBody,
                "this call takes no body; give its fields in the query",
            ));
        }
        Ok(reader)
    }

    fn read_query(&self, query: &str, reader: &mut Reader) -> Result<(), Error> {
        if query.is_empty() {
            return Ok(());
        }
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let field = self
                .message
                .field(&name)
                .filter(|field| {
                    !field.is_map() && !self.in_path.iter().any(|(_, other)| std::ptr::eq(*other, *field))
                })
                .ok_or_else(|| unknown_query(&name))?;
            if !field.is_list() && reader.was_given(field) {
                return Err(Error::new(Reason::InvalidField, format!("the query has {name} twice")));
            }
            reader.text(field, &value).map_err(refusal)?;
        }
        Ok(())
    }
}

/// The message of a descriptor.
pub(crate) fn message(descriptor: &MessageDescriptor) -> anyhow::Result<MessageId> {
    json::message_id(descriptor.full_name()).with_context(|| format!("no message {}", descriptor.full_name()))
}

fn unknown_query(name: &str) -> Error {
    let name: String = name.chars().take(64).collect();
    Error::new(Reason::InvalidField, format!("the query has {name:?}, which this call does not take"))
}

/// Fault in a request, as its sender sees it.
pub(crate) fn refusal(error: ReadError) -> Error {
    match error {
        ReadError::NoObject(what) => {
            Error::new(Reason::MalformedBody, format!("the body is not a JSON object: {what}"))
        }
        ReadError::Field(field, what) => {
            Error::new(Reason::MalformedBody, format!("{field}: {what}")).with("field", field)
        }
        ReadError::Contradiction(name) => Error::new(
            Reason::InvalidField,
            format!("{name} in the body is not the one in the path; leave it out"),
        ),
    }
}
