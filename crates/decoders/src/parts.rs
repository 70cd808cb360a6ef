//! Several files in one: a line `=== NAME` before each.

use std::collections::BTreeMap;

const MARK: &[u8] = b"=== ";

/// The files by their names. What stands before the first mark belongs to none.
pub fn parts(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let mut current: Option<String> = None;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        match line.strip_prefix(MARK) {
            Some(name) => {
                let name = String::from_utf8_lossy(name).trim_end().to_owned();
                files.insert(name.clone(), Vec::new());
                current = Some(name);
            }
            None => {
                if let Some(file) = current.as_ref().and_then(|name| files.get_mut(name)) {
                    file.extend_from_slice(line);
                }
            }
        }
    }
    files
}

/// The same files as an archive, not compressed: fuzzers do not guess checksums.
pub fn zip(files: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for (name, data) in files {
        let place = size(archive.len());
        // Version 2.0, no flags, stored, no date; then checksum, sizes and the name's length.
        let mut head = vec![20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0];
        head.extend(checksum(data).to_le_bytes());
        head.extend([size(data.len()), size(data.len())].concat());
        head.extend(short(name.len()));
        head.extend([0, 0]);
        archive.extend(b"PK\x03\x04");
        archive.extend(&head);
        archive.extend(name.as_bytes());
        archive.extend(data);
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&head);
        // No remark, first disk, no attributes.
        directory.extend([0; 10]);
        directory.extend(place);
        directory.extend(name.as_bytes());
    }
    let (place, count) = (size(archive.len()), short(files.len()));
    archive.extend(&directory);
    archive.extend(b"PK\x05\x06\0\0\0\0");
    archive.extend([count, count].concat());
    archive.extend([size(directory.len()), place].concat());
    archive.extend([0, 0]);
    archive
}

fn size(bytes: usize) -> [u8; 4] {
    u32::try_from(bytes).unwrap_or(u32::MAX).to_le_bytes()
}

fn short(count: usize) -> [u8; 2] {
    u16::try_from(count).unwrap_or(u16::MAX).to_le_bytes()
}

/// CRC-32 as archives have it.
fn checksum(bytes: &[u8]) -> u32 {
    let mut sum = u32::MAX;
    for byte in bytes {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = if sum & 1 == 1 { (sum >> 1) ^ 0xedb8_8320 } else { sum >> 1 };
        }
    }
    !sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_told_apart_by_their_marks() {
        let files = parts(b"lost\n=== a.csv\n1\n2\n=== b\n");
        let expected = [("a.csv".to_owned(), b"1\n2\n".to_vec()), ("b".to_owned(), Vec::new())];
        assert_eq!(files, BTreeMap::from(expected));
    }

    #[test]
    fn the_checksum_is_that_of_archives() {
        assert_eq!(checksum(b"123456789"), 0xcbf4_3926);
    }
}
