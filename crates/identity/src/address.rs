//! Where a node of a center is dialed: `host:port`, as it stands in center files and lists of peers.

use std::net::{Ipv4Addr, Ipv6Addr};

/// Longest address, in bytes.
const LONGEST: usize = 256;

/// An address in its one form; what is wrong with it otherwise, to be read behind the address.
///
/// At most 256 bytes: an IPv4 address, an IPv6 address in brackets or a name, a colon and a port of
/// 1 to 65535.
pub fn parse(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.len() > LONGEST {
        return Err(format!("has {} bytes, at most {LONGEST} are allowed", text.len()));
    }
    let Some((host, port)) = text.rsplit_once(':') else {
        return Err("has no port; write it as 192.0.2.7:7443".to_owned());
    };
    let port = port.parse::<u16>().ok().filter(|port| *port > 0);
    let Some(port) = port else {
        return Err("has a port that is not 1..=65535".to_owned());
    };
    let host = host.to_ascii_lowercase();
    if let Some(inner) = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        return match inner.parse::<Ipv6Addr>() {
            Ok(ip) => Ok(format!("[{ip}]:{port}")),
            Err(_) => Err("is not an IPv6 address in brackets".to_owned()),
        };
    }
    if host.contains(':') {
        return Err("needs brackets around an IPv6 address, as in [2001:db8::7]:7443".to_owned());
    }
    if host.parse::<Ipv4Addr>().is_ok() || is_name(&host) {
        return Ok(format!("{host}:{port}"));
    }
    Err("has a host that is neither an IP address nor a name".to_owned())
}

/// A DNS or onion name of labels of letters, digits and hyphens, that cannot be taken for a
/// mistyped IP address.
fn is_name(host: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let last = host.rsplit('.').next().unwrap_or_default();
    host.split('.').all(label) && last.bytes().any(|b| b.is_ascii_alphabetic())
}

/// Whether dialing an address asks a name server, which then knows whom this node looks for.
pub fn asks_a_name_server(address: &str) -> bool {
    let host = address.rsplit_once(':').map_or(address, |(host, _)| host);
    let is_ip = host.starts_with('[') || host.parse::<Ipv4Addr>().is_ok();
    !is_ip && host != "localhost" && !host.ends_with(".onion")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn an_address_is_a_host_and_a_port() {
        for (text, expected) in [
            ("192.0.2.7:7443", Ok("192.0.2.7:7443")),
            (" 127.0.0.1:1 ", Ok("127.0.0.1:1")),
            ("[2001:DB8::0007]:7443", Ok("[2001:db8::7]:7443")),
            ("localhost:7443", Ok("localhost:7443")),
            ("Node.Example.org:7443", Ok("node.example.org:7443")),
            ("abcdefghijklmnop.onion:7443", Ok("abcdefghijklmnop.onion:7443")),
            ("192.0.2.7", Err("has no port; write it as 192.0.2.7:7443")),
            ("192.0.2.7:0", Err("has a port that is not 1..=65535")),
            ("192.0.2.7:70000", Err("has a port that is not 1..=65535")),
            ("192.0.2:7443", Err("has a host that is neither an IP address nor a name")),
            ("192.0.2.700:7443", Err("has a host that is neither an IP address nor a name")),
            (":7443", Err("has a host that is neither an IP address nor a name")),
            ("a b:7443", Err("has a host that is neither an IP address nor a name")),
            (
                "http://a:7443",
                Err("needs brackets around an IPv6 address, as in [2001:db8::7]:7443"),
            ),
            (
                "2001:db8::7:7443",
                Err("needs brackets around an IPv6 address, as in [2001:db8::7]:7443"),
            ),
            ("[2001:db8::zz]:7443", Err("is not an IPv6 address in brackets")),
        ] {
            let found = parse(text);
            assert_eq!(found.as_deref().map_err(String::as_str), expected, "{text:?}");
        }
    }

    #[test]
    fn only_a_dns_name_tells_a_name_server() {
        for (address, expected) in [
            ("192.0.2.7:7443", false),
            ("[2001:db8::7]:7443", false),
            ("localhost:7443", false),
            ("abcdefghijklmnop.onion:7443", false),
            ("node.example.org:7443", true),
        ] {
            assert_eq!(asks_a_name_server(address), expected, "{address}");
        }
    }
}
