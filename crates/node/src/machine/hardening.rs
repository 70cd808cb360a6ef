//! What the process gives up at its start: core dumps, being read by other processes of its user,
//! and swap where that is allowed.

use std::fs;
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::Path;

use rustix::fs::Mode;
use rustix::process::{DumpableBehavior, Resource, Rlimit};

/// Keeps keys out of core dumps and other processes. What the system does not allow is left out:
/// the database is encrypted all the same.
pub fn apply() {
    // Files of this process are its owner's only, whatever folder they are put into.
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    let _ = rustix::process::setrlimit(Resource::Core, none);
    let _ = rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable);
}

/// Makes a folder that only its owner can look into. One that is there must be ours; what others may do
/// in it is taken from them.
pub fn make_private_folder(path: &Path) -> io::Result<()> {
    if !path.is_dir() {
        return fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
    }
    let (found, own) = (fs::metadata(path)?, rustix::process::geteuid().as_raw());
    if found.uid() != own {
        // Its owner could put another folder in its place at any time.
        return Err(io::Error::new(
            io::ErrorKind::PermissionDenied,
            format!("it belongs to user {}, and the node runs as user {own}", found.uid()),
        ));
    }
    let others = found.mode() & 0o077;
    if others != 0 {
        fs::set_permissions(path, fs::Permissions::from_mode(found.mode() & !0o077))?;
        tracing::warn!(
            folder = %path.display(),
            "others could look into the data folder, or write there; now only its owner can"
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().mode() & 0o777
    }

    #[test]
    fn a_data_folder_is_its_owners_only_whatever_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("a/b");
        make_private_folder(&data).unwrap();
        assert_eq!(mode(&data), 0o700);
        for before in [0o777, 0o770, 0o701, 0o755, 0o700] {
            fs::set_permissions(&data, fs::Permissions::from_mode(before)).unwrap();
            make_private_folder(&data).unwrap();
            assert_eq!(mode(&data), 0o700, "{before:o}");
        }
    }

    #[test]
    fn a_data_folder_of_somebody_else_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("theirs");
        make_private_folder(&data).unwrap();
        if !rustix::process::geteuid().is_root() {
            // Nobody else may give a folder away; the root of the file system is not ours either.
            assert!(make_private_folder(Path::new("/")).is_err());
            return;
        }
        std::os::unix::fs::chown(&data, Some(12_345), None).unwrap();
        let error = make_private_folder(&data).unwrap_err();
        assert_eq!(error.to_string(), "it belongs to user 12345, and the node runs as user 0");
    }
}
