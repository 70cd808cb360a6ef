//! Section 4: signed changes, and how they lie in a batch.

use anyhow::{Context as _, Result, ensure};
use hospes_wire::peer;
use prost::Message as _;

use super::certificates::{Key, signed};
use super::names::{Author, Digest, Record, digest, sha256};

/// A change as it travels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Of which record.
    pub record: Record,
    /// Of which generation.
    pub generation: u32,
    /// By whom.
    pub author: Author,
    /// Its chunk; nothing for a tombstone.
    pub chunk: Option<Vec<u8>>,
    /// The author's signature.
    pub signature: [u8; 64],
}

impl Change {
    /// A change that is signed here and now.
    pub fn sign(
        key: &Key,
        record: Record,
        generation: u32,
        author: Author,
        chunk: Option<Vec<u8>>,
    ) -> Self {
        let mut change = Self { record, generation, author, chunk, signature: [0; 64] };
        change.signature = key.sign(&change.digest());
        change
    }

    /// What is signed.
    pub fn digest(&self) -> Digest {
        digest(&self.record, self.generation, &self.author, self.chunk.as_deref())
    }

    /// Its name.
    pub fn name(&self) -> Digest {
        match &self.chunk {
            Some(chunk) => sha256(&[chunk.get(8..).unwrap_or_default()]),
            None => self.digest(),
        }
    }

    /// Whether the key of its author has signed it.
    pub fn is_signed_by(&self, key: &[u8; 32]) -> bool {
        signed(key, &self.digest(), &self.signature)
    }
}

/// Changes in a frame.
pub fn pack(number: u64, changes: &[Change]) -> Result<peer::Changes> {
    let mut batch = peer::ChangeBatch::default();
    for (place, change) in (0..).zip(changes) {
        let (record, author) = (&change.record, &change.author);
        // A table may name the same thing twice: each change gets lines of its own.
        batch.authors.push(peer::Author {
            center: author.center.to_vec(),
            node: author.node.to_vec(),
            epoch: author.epoch,
            writer: author.writer.to_vec(),
        });
        batch.stewards.extend(record.steward);
        batch.circles.extend(record.circle);
        batch.ids.extend(record.number);
        batch.signatures.extend(change.signature);
        batch.author.push(place);
        batch.steward.push(place);
        batch.circle.push(place);
        batch.kind.push(record.kind.into());
        batch.generation.push(change.generation);
        let chunk = change.chunk.as_deref().unwrap_or_default();
        batch.chunk_size.push(u32::try_from(chunk.len())?);
        batch.chunks.extend_from_slice(chunk);
    }
    let plain = batch.encode_to_vec();
    let batch_size = u32::try_from(plain.len())?;
    Ok(peer::Changes { number, batch: zstd::bulk::compress(&plain, 3)?.into(), batch_size })
}

/// The changes of a frame.
pub fn unpack(frame: &peer::Changes) -> Result<Vec<Change>> {
    let size = usize::try_from(frame.batch_size)?;
    ensure!(size <= 1024 * 1024, "a batch of {size} bytes");
    let plain = zstd::bulk::decompress(&frame.batch, size)?;
    ensure!(plain.len() == size, "a batch of another size");
    let batch = peer::ChangeBatch::decode(plain.as_slice())?;
    let (stewards, circles) = (pieces::<32>(&batch.stewards)?, pieces::<16>(&batch.circles)?);
    let (ids, signatures) = (pieces::<16>(&batch.ids)?, pieces::<64>(&batch.signatures)?);
    let mut chunks = batch.chunks.as_slice();
    let mut changes = Vec::new();
    for (place, (number, signature)) in ids.into_iter().zip(signatures).enumerate() {
        let author = batch.authors.get(cell(&batch.author, place)?).context("no author")?;
        let size = cell(&batch.chunk_size, place)?;
        let (chunk, rest) = chunks.split_at_checked(size).context("a chunk is cut off")?;
        chunks = rest;
        let of = |table: &[[u8; 32]], column: &[u32]| -> Result<Digest> {
            table.get(cell(column, place)?).copied().context("no such line")
        };
        changes.push(Change {
            record: Record {
                number,
                steward: of(&stewards, &batch.steward)?,
                kind: u8::try_from(cell(&batch.kind, place)?)?,
                circle: *circles.get(cell(&batch.circle, place)?).context("no circle")?,
            },
            generation: u32::try_from(cell(&batch.generation, place)?)?,
            author: Author {
                center: author.center.as_slice().try_into()?,
                node: author.node.as_slice().try_into()?,
                epoch: author.epoch,
                writer: author.writer.as_slice().try_into()?,
            },
            chunk: (!chunk.is_empty()).then(|| chunk.to_vec()),
            signature,
        });
    }
    ensure!(chunks.is_empty(), "bytes after the last chunk");
    Ok(changes)
}

fn cell(column: &[u32], place: usize) -> Result<usize> {
    Ok(usize::try_from(*column.get(place).context("a column is too short")?)?)
}

/// Pieces of one length, one after the other.
pub fn pieces<const N: usize>(bytes: &[u8]) -> Result<Vec<[u8; N]>> {
    let (pieces, rest) = bytes.as_chunks::<N>();
    ensure!(rest.is_empty(), "{} bytes are no pieces of {N}", bytes.len());
    Ok(pieces.to_vec())
}
