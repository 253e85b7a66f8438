//! The binding request of STUN (RFC 8489), which tells whether a server answers.

const REQUEST: [u8; 2] = [0x00, 0x01];
const RESPONSE: [u8; 2] = [0x01, 0x01];
const COOKIE: [u8; 4] = 0x2112_A442_u32.to_be_bytes();

/// Identifies a request and its response.
pub(crate) type Transaction = [u8; 12];

/// A request without attributes.
pub(crate) fn binding_request(transaction: Transaction) -> Vec<u8> {
    [&REQUEST[..], &[0, 0], &COOKIE, &transaction].concat()
}

/// Whether a datagram is the successful response to a request.
pub(crate) fn answers(datagram: &[u8], transaction: Transaction) -> bool {
    let Some((header, _)) = datagram.split_at_checked(20) else { return false };
    header[..2] == RESPONSE && header[4..8] == COOKIE && header[8..] == transaction
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_response_to_this_request_counts() {
        let transaction = *b"0123456789ab";
        let mut response = binding_request(transaction);
        assert_eq!(response.len(), 20);
        assert!(!answers(&response, transaction), "an echo is no response");
        response[0] = 1;
        assert!(answers(&response, transaction));
        assert!(!answers(&response, *b"another one."));
        assert!(!answers(&response[..19], transaction));
    }
}
