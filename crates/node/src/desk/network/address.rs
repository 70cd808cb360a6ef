//! Where peers are dialed.

use hospes_identity::address;

use crate::desk::refused::{Refused, invalid};

/// Most addresses of a peer.
const MOST_ADDRESSES: usize = 8;

/// Where a peer is dialed, each `host:port` and once.
pub(crate) fn addresses(given: &[String]) -> Result<Vec<String>, Refused> {
    if given.len() > MOST_ADDRESSES {
        let count = given.len();
        let message =
            format!("addresses: has {count} entries, at most {MOST_ADDRESSES} are allowed");
        return Err(invalid(message));
    }
    let mut addresses: Vec<String> = Vec::with_capacity(given.len());
    for text in given {
        let address = address::parse(text).map_err(|why| {
            let shown: String = text.chars().take(60).collect();
            invalid(format!("addresses: {shown:?} {why}"))
        })?;
        if !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    Ok(addresses)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use hospes_desk::Reason;

    use super::*;

    #[test]
    fn addresses_are_bounded_and_kept_once() {
        let twice = ["192.0.2.7:1".to_owned(), "192.0.2.7:1".to_owned()];
        assert_eq!(addresses(&twice).unwrap(), ["192.0.2.7:1"]);
        let many = vec!["192.0.2.7:1".to_owned(); MOST_ADDRESSES + 1];
        assert_eq!(addresses(&many).unwrap_err().reason, Reason::Invalid);
        let refused = addresses(&["nowhere".to_owned()]).unwrap_err();
        assert_eq!(
            refused.message,
            "addresses: \"nowhere\" has no port; write it as 192.0.2.7:7443"
        );
    }
}
