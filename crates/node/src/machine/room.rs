//! Room on the disk of the data folder.

use std::path::Path;

/// Bytes below which an admin is warned: the write-ahead log alone may take 16 MiB, and a bulletin must
/// still get through while somebody looks for what to delete.
pub(crate) const LITTLE: u64 = 100 * 1024 * 1024;

/// Bytes of the database and its log for each byte of a list that is imported, at the very least: the
/// change, what is shown, and what is searched, each first in the log and then in the database.
const OF_A_LIST: u64 = 4;

/// Bytes that may still be written beside this file by a program that is not root; `None` when the
/// system does not tell.
pub(crate) fn free(file: &Path) -> Option<u64> {
    let room = rustix::fs::statvfs(file).ok()?;
    Some(room.f_bavail.saturating_mul(room.f_frsize))
}

/// Why a list of so many bytes has clearly no place; `None` when it may have.
pub(crate) fn too_little(list: u64, free: Option<u64>) -> Option<String> {
    let needed = list.saturating_mul(OF_A_LIST);
    let free = free.filter(|free| *free < needed)?;
    Some(format!(
        "nothing was saved: this list needs about {} MiB on the disk of the node, and there are {}; \
         make room there first, or split the list",
        needed.div_ceil(1024 * 1024),
        free / (1024 * 1024)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_refused_when_there_is_clearly_no_room_for_it() {
        let mib = 1024 * 1024;
        let told = too_little(10 * mib, Some(12 * mib)).unwrap_or_default();
        assert!(told.contains("needs about 40 MiB") && told.contains("there are 12;"), "{told}");
        assert_eq!(too_little(10 * mib, Some(40 * mib)), None);
        assert_eq!(too_little(10 * mib, None), None);
        assert_eq!(too_little(0, Some(0)), None);
    }

    #[test]
    fn the_disk_of_this_test_has_room() {
        assert!(free(&std::env::temp_dir()).is_some_and(|free| free > 0));
        assert_eq!(free(Path::new("/nowhere/at/all")), None);
    }
}
