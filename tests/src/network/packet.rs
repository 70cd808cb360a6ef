//! What the relay has to know of a packet: its wire, and its checksum.

/// Bytes of a VXLAN header.
const VXLAN: usize = 8;
/// Bytes of an Ethernet header.
const ETHERNET: usize = 14;
/// Numbers of protocols inside of IPv4, and where each has its checksum.
const TCP: (u8, usize) = (6, 16);
const UDP: (u8, usize) = (17, 6);

/// The VXLAN identifier of a wire; 0 is none.
pub(super) fn identifier(wire: usize) -> usize {
    wire + 1
}

/// The wire that a packet came over.
pub(super) fn wire_of(packet: &[u8]) -> Option<usize> {
    let header: &[u8; VXLAN] = packet.first_chunk()?;
    let [_, _, _, _, high, middle, low, _] = header.map(usize::from);
    (high << 16 | middle << 8 | low).checked_sub(1)
}

/// Computes the checksum of a packet of TCP or UDP over IPv4. The kernel leaves that to the network
/// card, and there is none here: the other side would throw the packet away.
pub(super) fn complete(packet: &mut [u8]) -> Option<()> {
    let ip = packet.get_mut(VXLAN + ETHERNET..)?;
    let first = *ip.first()?;
    if first >> 4 != 4 {
        return None;
    }
    let (header, length) = (usize::from(first & 15) * 4, usize::from(word(ip.get(2..4)?)));
    let protocol = *ip.get(9)?;
    let place = [TCP, UDP].into_iter().find(|(number, _)| *number == protocol)?.1;
    let pseudo = sum(ip.get(12..20)?) + u64::from(protocol) + (length - header) as u64;
    let segment = ip.get_mut(header..length)?;
    segment.get_mut(place..place + 2)?.fill(0);
    let mut total = pseudo + sum(segment);
    while total > 0xffff {
        total = (total & 0xffff) + (total >> 16);
    }
    let checksum = !(total as u16);
    segment.get_mut(place..place + 2)?.copy_from_slice(&checksum.to_be_bytes());
    Some(())
}

/// The sum of RFC 1071, not folded yet; an odd last byte counts as the higher one of two.
fn sum(bytes: &[u8]) -> u64 {
    bytes.chunks(2).map(|pair| u64::from(word(pair))).sum()
}

fn word(bytes: &[u8]) -> u16 {
    let byte = |at| u16::from(bytes.get(at).copied().unwrap_or(0));
    byte(0) << 8 | byte(1)
}
