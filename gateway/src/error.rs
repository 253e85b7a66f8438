//! Faults in JSON, as clients see them.

use rpc::Reason;

use crate::json::ReadError;

impl From<ReadError> for rpc::Error {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::NoObject(what) => {
                Self::new(Reason::MalformedBody, format!("the body is not a JSON object: {what}"))
            }
            ReadError::Field(field, what) => {
                Self::new(Reason::MalformedBody, format!("{field}: {what}")).with("field", field)
            }
            ReadError::Contradiction(name) => Self::new(
                Reason::InvalidField,
                format!("{name} in the body is not the one in the path; leave it out"),
            ),
        }
    }
}
