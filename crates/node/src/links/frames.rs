//! Frames of the sync engine, to and from the wire. Every bound is checked before anything is
//! allocated for what it bounds.

use std::collections::BTreeMap;
use std::sync::Arc;

use hospes_domain::fold::is_hidden;
use hospes_domain::{CenterId, CircleId, Kind, NodeId, RecordId, RecordKey, Timestamp};
use hospes_sync::alarm::{Alarm, Cause};
use hospes_sync::frame::{
    Announce, Changes, Frame, Heads, Hello, Introduction, Item, Part, Ping, Range, Ranges,
    RecordHeads, Summary,
};
use hospes_sync::vouch::Vouch;
use hospes_sync::{Author, Body, ChangeHash, Lanes, SignedChange};
use hospes_wire::{limits, peer};
use prost::Message as _;
use prost::encoding::{DecodeContext, decode_key, skip_field};

/// Why a frame of the other side is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidFrame {
    /// A frame without content, or of a sort that this release does not know.
    #[error("a frame of an unknown sort")]
    Unknown,
    /// A field of the wrong size or with an impossible value.
    #[error("the field {0} of a frame is not valid")]
    Field(&'static str),
    /// More of something than a frame may have.
    #[error("{what}: {actual} in one frame, at most {limit} are accepted")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// How much there is.
        actual: usize,
        /// How much there may be.
        limit: usize,
    },
    /// Changes that do not decompress to what the frame says.
    #[error("the changes of a frame cannot be unpacked")]
    Packed,
}

type Checked<T> = Result<T, InvalidFrame>;

/// A frame as it goes out.
pub fn to_wire(frame: Frame) -> peer::Frame {
    use peer::frame::Body as Wire;
    let body = match frame {
        Frame::Hello(hello) => Wire::Hello(peer::Hello {
            protocol_min: hello.protocol_min,
            protocol_max: hello.protocol_max,
            features: hello.features,
            software: hello.software,
            nonce: hello.nonce.to_vec(),
            roster: hello.roster.to_vec(),
            clock: hello.clock.0,
        }),
        Frame::Roster(introductions) => Wire::Roster(roster_to_wire(introductions, false)),
        Frame::RosterPart(introductions) => Wire::Roster(roster_to_wire(introductions, true)),
        Frame::Vouches(vouches) => Wire::Vouches(peer::Vouches {
            vouches: vouches.into_iter().map(vouch_to_wire).collect(),
        }),
        Frame::Summary(summary) => Wire::Summary(peer::Summary {
            circle: summary.circle.0.to_vec(),
            count: summary.count,
            fingerprint: summary.fingerprint.to_be_bytes().to_vec(),
            sent: summary.sent,
            admitted: summary.admitted,
        }),
        Frame::Ranges(ranges) => Wire::Ranges(peer::Ranges {
            circle: ranges.circle.0.to_vec(),
            lower: ranges.lower,
            ranges: ranges.ranges.into_iter().map(range_to_wire).collect(),
            last: ranges.last,
        }),
        Frame::Heads(heads) => Wire::Heads(peer::Heads {
            circle: heads.circle.0.to_vec(),
            answer: heads.answer,
            records: heads
                .records
                .into_iter()
                .map(|(id, records)| peer::IdentifierHeads {
                    id: id.0.to_vec(),
                    records: records.into_iter().map(record_heads_to_wire).collect(),
                })
                .collect(),
        }),
        Frame::Changes(changes) => Wire::Changes(pack(&changes)),
        Frame::Announce(announce) => Wire::Announce(peer::Announce {
            number: announce.number,
            circle: announce.circle.0.to_vec(),
            items: items_to_wire(&announce.items),
        }),
        Frame::Lazy(lanes) => Wire::Lazy(peer::Lazy { lanes: lanes.0 }),
        Frame::Ack { through } => Wire::Ack(peer::Ack { through }),
        Frame::Ping(Ping { number, clock }) => Wire::Ping(peer::Ping { number, clock: clock.0 }),
        Frame::Pong(number) => Wire::Pong(peer::Pong { number }),
        Frame::Bye(reason) => Wire::Bye(peer::Bye { reason: shortened(&reason, limits::NOTE) }),
        Frame::Alarms(alarms) => {
            Wire::Alarms(peer::Alarms { alarms: alarms.into_iter().map(alarm_to_wire).collect() })
        }
    };
    peer::Frame { body: Some(body) }
}

/// A frame as it came in.
pub fn from_wire(frame: peer::Frame) -> Checked<Frame> {
    use peer::frame::Body as Wire;
    Ok(match frame.body.ok_or(InvalidFrame::Unknown)? {
        Wire::Hello(hello) => Frame::Hello(Hello {
            protocol_min: hello.protocol_min,
            protocol_max: hello.protocol_max,
            features: hello.features,
            software: spoken(&hello.software, 64),
            nonce: bytes16(&hello.nonce, "nonce")?,
            roster: bytes16(&hello.roster, "roster")?,
            clock: Timestamp(hello.clock),
        }),
        Wire::Roster(roster) => {
            at_most("introductions", roster.introductions.len(), limits::INTRODUCTIONS)?;
            let known = roster.introductions.into_iter().map(introduction);
            let known = known.collect::<Checked<Vec<_>>>()?;
            if roster.more { Frame::RosterPart(known) } else { Frame::Roster(known) }
        }
        Wire::Summary(summary) => Frame::Summary(Summary {
            circle: circle(&summary.circle)?,
            count: summary.count,
            fingerprint: u128::from_be_bytes(bytes16(&summary.fingerprint, "fingerprint")?),
            sent: summary.sent,
            admitted: summary.admitted,
        }),
        Wire::Ranges(ranges) => {
            at_most("ranges", ranges.ranges.len(), limits::RANGES_PER_FRAME)?;
            let items: usize = ranges.ranges.iter().map(items_in).sum();
            at_most("items", items, limits::ITEMS_PER_FRAME)?;
            Frame::Ranges(Ranges {
                circle: circle(&ranges.circle)?,
                lower: ranges.lower,
                ranges: ranges.ranges.into_iter().map(range).collect::<Checked<_>>()?,
                last: ranges.last,
            })
        }
        Wire::Heads(heads) => {
            at_most("identifiers", heads.records.len(), limits::HEADS_PER_FRAME)?;
            Frame::Heads(Heads {
                circle: circle(&heads.circle)?,
                answer: heads.answer,
                records: heads.records.into_iter().map(identifier_heads).collect::<Checked<_>>()?,
            })
        }
        Wire::Changes(changes) => Frame::Changes(unpack(&changes)?),
        Wire::Announce(announce) => {
            let count = announce.items.len() / ITEM;
            at_most("announced records", count, limits::ANNOUNCED_PER_FRAME)?;
            Frame::Announce(Announce {
                number: announce.number,
                circle: circle(&announce.circle)?,
                items: items(&announce.items)?,
            })
        }
        Wire::Lazy(lazy) => Frame::Lazy(Lanes(lazy.lanes)),
        Wire::Ack(ack) => Frame::Ack { through: ack.through },
        Wire::Ping(ping) => Frame::Ping(Ping { number: ping.number, clock: Timestamp(ping.clock) }),
        Wire::Pong(pong) => Frame::Pong(pong.number),
        Wire::Bye(bye) => Frame::Bye(spoken(&bye.reason, limits::NOTE)),
        Wire::Vouches(vouches) => {
            at_most("vouches", vouches.vouches.len(), limits::VOUCHES_PER_FRAME)?;
            Frame::Vouches(vouches.vouches.iter().map(vouch).collect::<Checked<_>>()?)
        }
        Wire::Alarms(alarms) => {
            at_most("alarms", alarms.alarms.len(), limits::ALARMS_PER_FRAME)?;
            Frame::Alarms(alarms.alarms.iter().map(alarm).collect::<Checked<_>>()?)
        }
    })
}

/// Most bytes that unpacking a frame takes besides the frame itself.
pub fn unpacked(frame: &peer::Frame) -> usize {
    match &frame.body {
        // The batch, and the changes that are made of it.
        Some(peer::frame::Body::Changes(changes)) => {
            2 * (changes.batch_size as usize).min(limits::CHANGES_UNPACKED)
        }
        _ => 0,
    }
}

fn roster_to_wire(introductions: Vec<Introduction>, more: bool) -> peer::Roster {
    let to_wire = |known: Introduction| peer::Introduction {
        center: known.center.0.to_vec(),
        node: known.node.0.to_vec(),
        epoch: known.epoch,
        center_certificate: known.center_certificate,
        node_certificate: known.node_certificate,
    };
    peer::Roster { introductions: introductions.into_iter().map(to_wire).collect(), more }
}

fn vouch_to_wire(vouch: Vouch) -> peer::Vouch {
    peer::Vouch {
        issuer: vouch.issuer.0.to_vec(),
        node: vouch.node.0.to_vec(),
        epoch: vouch.epoch,
        number: vouch.number,
        centers: vouch.centers.iter().flat_map(|center| center.0).collect(),
        signature: vouch.signature.to_vec(),
    }
}

fn vouch(vouch: &peer::Vouch) -> Checked<Vouch> {
    let named = vouch.centers.chunks(32);
    at_most("centers", named.len(), limits::CENTERS_PER_VOUCH)?;
    let vouch = Vouch {
        issuer: center(&vouch.issuer)?,
        node: node(&vouch.node)?,
        epoch: vouch.epoch,
        number: vouch.number,
        centers: named.map(center).collect::<Checked<_>>()?,
        signature: signature(&vouch.signature)?,
    };
    if vouch.is_well_formed() { Ok(vouch) } else { Err(InvalidFrame::Field("centers")) }
}

fn signature(bytes: &[u8]) -> Checked<[u8; 64]> {
    bytes.try_into().map_err(|_| InvalidFrame::Field("signature"))
}

fn alarm_to_wire(alarm: Alarm) -> peer::Alarm {
    peer::Alarm {
        accused: alarm.accused.0.to_vec(),
        cause: u32::from(alarm.cause.number()),
        made_at: alarm.made_at.0,
        issuer: alarm.issuer.0.to_vec(),
        node: alarm.node.0.to_vec(),
        epoch: alarm.epoch,
        signature: alarm.signature.to_vec(),
    }
}

fn alarm(alarm: &peer::Alarm) -> Checked<Alarm> {
    Ok(Alarm {
        accused: center(&alarm.accused)?,
        cause: Cause::of(u8::try_from(alarm.cause).map_err(|_| InvalidFrame::Field("cause"))?),
        made_at: Timestamp(alarm.made_at),
        issuer: center(&alarm.issuer)?,
        node: node(&alarm.node)?,
        epoch: alarm.epoch,
        signature: signature(&alarm.signature)?,
    })
}

fn range_to_wire(range: Range) -> peer::Range {
    let part = match range.part {
        Part::Settled => None,
        Part::Fingerprint { count, fingerprint } => {
            Some(peer::range::Part::Fingerprint(peer::Fingerprint {
                count,
                fingerprint: fingerprint.to_be_bytes().to_vec(),
            }))
        }
        Part::Items(items) => {
            Some(peer::range::Part::Items(peer::Items { items: items_to_wire(&items) }))
        }
    };
    peer::Range { upper: range.upper, part }
}

fn items_to_wire(items: &[Item]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(items.len() * ITEM);
    for item in items {
        bytes.extend_from_slice(&item.id.0);
        bytes.extend_from_slice(&item.state.to_be_bytes());
    }
    bytes
}

fn items(bytes: &[u8]) -> Checked<Vec<Item>> {
    pieces::<ITEM>(bytes, "items")?
        .map(|bytes| {
            let (id, state) = bytes.split_at(16);
            let state = state.iter().fold(0u64, |sum, byte| (sum << 8) | u64::from(*byte));
            Ok(Item { id: record_id(id)?, state })
        })
        .collect()
}

/// Bytes of an item on the wire: identifier and state.
const ITEM: usize = 24;

fn items_in(range: &peer::Range) -> usize {
    match &range.part {
        Some(peer::range::Part::Items(items)) => items.items.len() / ITEM,
        _ => 0,
    }
}

fn range(range: peer::Range) -> Checked<Range> {
    let part = match range.part {
        None => Part::Settled,
        Some(peer::range::Part::Fingerprint(part)) => Part::Fingerprint {
            count: part.count,
            fingerprint: u128::from_be_bytes(bytes16(&part.fingerprint, "fingerprint")?),
        },
        Some(peer::range::Part::Items(part)) => Part::Items(items(&part.items)?),
    };
    Ok(Range { upper: range.upper, part })
}

fn record_heads_to_wire(record: RecordHeads) -> peer::RecordHeads {
    peer::RecordHeads {
        steward: record.steward.0.to_vec(),
        kind: u32::from(record.kind.number()),
        generation: record.generation,
        heads: record.heads.iter().flat_map(|head| head.0).collect(),
    }
}

fn identifier_heads(heads: peer::IdentifierHeads) -> Checked<(RecordId, Vec<RecordHeads>)> {
    at_most("records", heads.records.len(), limits::HEADS_PER_RECORD)?;
    let records = heads
        .records
        .into_iter()
        .map(|record| {
            let heads = pieces::<32>(&record.heads, "heads")?;
            at_most("heads", heads.len(), limits::HEADS_PER_RECORD)?;
            Ok(RecordHeads {
                steward: center(&record.steward)?,
                kind: kind(record.kind)?,
                generation: record.generation,
                heads: heads.map(|hash| ChangeHash(*hash)).collect(),
            })
        })
        .collect::<Checked<_>>()?;
    Ok((record_id(&heads.id)?, records))
}

fn introduction(known: peer::Introduction) -> Checked<Introduction> {
    for (certificate, name) in [
        (&known.center_certificate, "center_certificate"),
        (&known.node_certificate, "node_certificate"),
    ] {
        if certificate.len() > limits::CERTIFICATE {
            return Err(InvalidFrame::Field(name));
        }
    }
    Ok(Introduction {
        center: center(&known.center)?,
        node: node(&known.node)?,
        epoch: known.epoch,
        center_certificate: known.center_certificate,
        node_certificate: known.node_certificate,
    })
}

/// Compression level of changes on their way: beyond it the time grows and the size hardly falls.
const LEVEL: i32 = 3;

fn pack(changes: &Changes) -> peer::Changes {
    let mut batch = peer::ChangeBatch::default();
    let mut authors: BTreeMap<Author, u32> = BTreeMap::new();
    let mut stewards: BTreeMap<CenterId, u32> = BTreeMap::new();
    let mut circles: BTreeMap<CircleId, u32> = BTreeMap::new();
    for change in &changes.changes {
        let next = authors.len() as u32;
        let author = *authors.entry(change.author).or_insert_with(|| {
            batch.authors.push(peer::Author {
                center: change.author.center.0.to_vec(),
                node: change.author.node.0.to_vec(),
                epoch: change.author.epoch,
                writer: change.author.writer.to_vec(),
            });
            next
        });
        let next = stewards.len() as u32;
        let steward = *stewards.entry(change.key.steward).or_insert_with(|| {
            batch.stewards.extend_from_slice(&change.key.steward.0);
            next
        });
        let next = circles.len() as u32;
        let circle = *circles.entry(change.key.circle).or_insert_with(|| {
            batch.circles.extend_from_slice(&change.key.circle.0);
            next
        });
        batch.ids.extend_from_slice(&change.key.id.0);
        batch.signatures.extend_from_slice(&change.signature);
        batch.author.push(author);
        batch.steward.push(steward);
        batch.circle.push(circle);
        batch.kind.push(u32::from(change.key.kind.number()));
        batch.generation.push(change.generation);
        let chunk: &[u8] = match &change.body {
            Body::Chunk(chunk) => chunk,
            Body::Tombstone => &[],
        };
        batch.chunk_size.push(chunk.len() as u32);
        batch.chunks.extend_from_slice(chunk);
    }
    let plain = batch.encode_to_vec();
    // Compressing into memory cannot fail; an empty batch would be refused by the other side.
    let packed = zstd::bulk::compress(&plain, LEVEL).unwrap_or_default();
    peer::Changes { number: changes.number, batch: packed.into(), batch_size: plain.len() as u32 }
}

fn unpack(frame: &peer::Changes) -> Checked<Changes> {
    let size = frame.batch_size as usize;
    at_most("bytes of changes", size, limits::CHANGES_UNPACKED)?;
    let plain = zstd::bulk::decompress(&frame.batch, size).map_err(|_| InvalidFrame::Packed)?;
    if plain.len() != size {
        return Err(InvalidFrame::Packed);
    }
    at_most("authors", authors_in(&plain)?, limits::AUTHORS_PER_FRAME)?;
    let batch = peer::ChangeBatch::decode(plain.as_slice()).map_err(|_| InvalidFrame::Packed)?;
    let ids = pieces::<16>(&batch.ids, "ids")?;
    let count = ids.len();
    at_most("changes", count, limits::CHANGES_PER_FRAME)?;
    let columns = [
        batch.author.len(),
        batch.steward.len(),
        batch.circle.len(),
        batch.kind.len(),
        batch.generation.len(),
        batch.chunk_size.len(),
    ];
    if columns.iter().any(|column| *column != count) {
        return Err(InvalidFrame::Field("columns"));
    }
    let authors: Vec<Author> = batch.authors.iter().map(author).collect::<Checked<_>>()?;
    let stewards: Vec<CenterId> =
        pieces::<32>(&batch.stewards, "stewards")?.map(|bytes| CenterId(*bytes)).collect();
    let circles: Vec<CircleId> =
        pieces::<16>(&batch.circles, "circles")?.map(|bytes| CircleId(*bytes)).collect();
    let mut signatures = pieces::<64>(&batch.signatures, "signatures")?;
    if signatures.len() != count {
        return Err(InvalidFrame::Field("signatures"));
    }
    let mut chunks = batch.chunks.as_slice();
    let columns = batch
        .author
        .iter()
        .zip(&batch.steward)
        .zip(&batch.circle)
        .zip(&batch.kind)
        .zip(&batch.generation)
        .zip(&batch.chunk_size);
    let mut changes = Vec::with_capacity(count);
    for (id, (((((author, steward), circle), number), generation), chunk_size)) in ids.zip(columns)
    {
        let (chunk, rest) =
            chunks.split_at_checked(*chunk_size as usize).ok_or(InvalidFrame::Field("chunks"))?;
        chunks = rest;
        changes.push(Arc::new(SignedChange {
            key: RecordKey {
                circle: *at(&circles, *circle, "circle")?,
                id: record_id(id)?,
                steward: *at(&stewards, *steward, "steward")?,
                kind: kind(*number)?,
            },
            generation: *generation,
            author: *at(&authors, *author, "author")?,
            body: if chunk.is_empty() { Body::Tombstone } else { Body::Chunk(chunk.to_vec()) },
            signature: *signatures.next().ok_or(InvalidFrame::Field("signatures"))?,
        }));
    }
    if !chunks.is_empty() {
        return Err(InvalidFrame::Field("chunks"));
    }
    Ok(Changes { number: frame.number, changes })
}

/// How many authors a batch names, counted before they are made: an empty one takes two bytes here
/// and fifty times as many in memory.
fn authors_in(mut batch: &[u8]) -> Checked<usize> {
    /// Number of the field in the batch.
    const AUTHORS: u32 = 1;
    let mut count = 0;
    while !batch.is_empty() {
        let (number, kind) = decode_key(&mut batch).map_err(|_| InvalidFrame::Packed)?;
        count += usize::from(number == AUTHORS);
        skip_field(kind, number, &mut batch, DecodeContext::default())
            .map_err(|_| InvalidFrame::Packed)?;
    }
    Ok(count)
}

fn author(author: &peer::Author) -> Checked<Author> {
    Ok(Author {
        center: center(&author.center)?,
        node: node(&author.node)?,
        epoch: author.epoch,
        writer: bytes16(&author.writer, "writer")?,
    })
}

fn at<'a, T>(list: &'a [T], index: u32, name: &'static str) -> Checked<&'a T> {
    list.get(index as usize).ok_or(InvalidFrame::Field(name))
}

fn at_most(what: &'static str, actual: usize, limit: usize) -> Checked<()> {
    if actual > limit { Err(InvalidFrame::TooMany { what, actual, limit }) } else { Ok(()) }
}

/// The fixed-size pieces that a field is made of.
fn pieces<'a, const N: usize>(
    bytes: &'a [u8],
    name: &'static str,
) -> Checked<impl ExactSizeIterator<Item = &'a [u8; N]>> {
    let (pieces, rest) = bytes.as_chunks::<N>();
    if rest.is_empty() { Ok(pieces.iter()) } else { Err(InvalidFrame::Field(name)) }
}

fn bytes16(bytes: &[u8], name: &'static str) -> Checked<[u8; 16]> {
    bytes.try_into().map_err(|_| InvalidFrame::Field(name))
}

fn circle(bytes: &[u8]) -> Checked<CircleId> {
    CircleId::from_slice(bytes).map_err(|_| InvalidFrame::Field("circle"))
}

fn center(bytes: &[u8]) -> Checked<CenterId> {
    CenterId::from_slice(bytes).map_err(|_| InvalidFrame::Field("center"))
}

fn node(bytes: &[u8]) -> Checked<NodeId> {
    NodeId::from_slice(bytes).map_err(|_| InvalidFrame::Field("node"))
}

fn record_id(bytes: &[u8]) -> Checked<RecordId> {
    RecordId::from_slice(bytes).map_err(|_| InvalidFrame::Field("id"))
}

fn kind(number: u32) -> Checked<Kind> {
    u8::try_from(number)
        .ok()
        .and_then(|number| Kind::from_number(number).ok())
        .ok_or(InvalidFrame::Field("kind"))
}

/// Words of a peer for a line of a log or a screen: nothing in them begins another line or hides.
fn spoken(text: &str, limit: usize) -> String {
    shortened(text, limit).chars().map(|c| if is_hidden(c) { ' ' } else { c }).collect()
}

/// At most `limit` bytes of a text, cut between characters.
fn shortened(text: &str, limit: usize) -> String {
    let end = (0..=limit.min(text.len())).rev().find(|at| text.is_char_boundary(*at));
    text.get(..end.unwrap_or(0)).unwrap_or_default().to_owned()
}
