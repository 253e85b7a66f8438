//! Finds the connection that a STUN binding request is for, before the WebRTC stack looks at it (RFC 8489, RFC 8445).

const COOKIE: [u8; 4] = 0x2112_A442_u32.to_be_bytes();
const USERNAME: u16 = 0x0006;

/// The first half of the request's USERNAME, which is the `ice-ufrag` of the receiver. `None`: the datagram is no request to us.
pub(crate) fn receiver_ufrag(datagram: &[u8]) -> Option<&str> {
    let (header, mut attributes) = datagram.split_at_checked(20)?;
    if header[..2] != [0, 1] || header[4..8] != COOKIE {
        return None;
    }
    while let Some((head, rest)) = attributes.split_at_checked(4) {
        let kind = u16::from_be_bytes([head[0], head[1]]);
        let length = usize::from(u16::from_be_bytes([head[2], head[3]]));
        let value = rest.get(..length)?;
        if kind == USERNAME {
            return std::str::from_utf8(value).ok()?.split_once(':').map(|(receiver, _)| receiver);
        }
        attributes = rest.get(length.next_multiple_of(4)..)?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(attributes: &[u8]) -> Vec<u8> {
        let length = u16::try_from(attributes.len()).unwrap().to_be_bytes();
        [&[0, 1], &length[..], &COOKIE, &[9; 12], attributes].concat()
    }

    #[test]
    fn the_receiver_is_named_before_the_colon() {
        let name = [&[0x80, 0x22, 0, 3], &b"abc\0"[..], &[0, 6, 0, 9], b"ours:them\0\0\0"].concat();
        assert_eq!(receiver_ufrag(&request(&name)), Some("ours"));
        let mut response = request(&name);
        response[0] = 1;
        assert_eq!(receiver_ufrag(&response), None);
        for cut in 0..request(&name).len() - 3 {
            assert_eq!(receiver_ufrag(&request(&name)[..cut]), None, "{cut}");
        }
        assert_eq!(receiver_ufrag(&request(&[0, 6, 0xff, 0xff, b'a'])), None);
        assert_eq!(receiver_ufrag(&[0x80; 100]), None, "RTP");
    }
}
