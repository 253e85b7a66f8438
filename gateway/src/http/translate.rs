//! A call over HTTP to a protobuf request: path, query and body. What is unknown is refused by name.

use bytes::Bytes;
use prost_reflect::FieldDescriptor;
use rpc::{Error, Reason};

use crate::{
    contract::Endpoint,
    json::{Field, MessageType, Reader},
};

/// Where the fields of a request come from.
pub(crate) struct RequestShape {
    message: MessageType,
    /// The numbers of the fields that the path names.
    in_path: Vec<u32>,
    has_body: bool,
}

impl RequestShape {
    pub(crate) fn of(endpoint: &Endpoint, message: MessageType) -> Self {
        let in_path = endpoint.parameters.iter().map(FieldDescriptor::number).collect();
        Self { message, in_path, has_body: endpoint.has_body }
    }

    /// The request that a call means.
    pub(crate) fn read<'a>(
        &self,
        path: impl Iterator<Item = (&'a str, &'a str)>,
        query: Option<&str>,
        body: &Bytes,
    ) -> Result<Reader<'_>, Error> {
        let mut reader = Reader::new(&self.message);
        for (name, value) in path {
            if let Some(field) = self.message.field(name).filter(|field| self.is_in_path(field)) {
                reader.fix(field, value)?;
            }
        }
        let query = query.unwrap_or_default();
        if self.has_body {
            if let Some((name, _)) = url::form_urlencoded::parse(query.as_bytes()).next() {
                return Err(unknown_query(&name));
            }
            if !body.is_empty() {
                reader.json(body)?;
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

    fn read_query<'t>(&'t self, query: &str, reader: &mut Reader<'t>) -> Result<(), Error> {
        if query.is_empty() {
            return Ok(());
        }
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let field = self
                .message
                .field(&name)
                .filter(|field| !field.is_map() && !self.is_in_path(field))
                .ok_or_else(|| unknown_query(&name))?;
            if !field.is_list() && reader.was_given(field) {
                return Err(Error::new(Reason::InvalidField, format!("the query has {name} twice")));
            }
            reader.text(field, &value)?;
        }
        Ok(())
    }

    fn is_in_path(&self, field: &Field) -> bool {
        self.in_path.contains(&field.number)
    }
}

fn unknown_query(name: &str) -> Error {
    let name: String = name.chars().take(64).collect();
    Error::new(Reason::InvalidField, format!("the query has {name:?}, which this call does not take"))
}
