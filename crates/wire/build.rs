//! Generates the protocol code from `proto/` without a `protoc` on the machine.

use std::path::PathBuf;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?).join("../../proto");
    let files = [
        "hospes/peer/v1/peer.proto",
        "hospes/local/v1/directory.proto",
        "hospes/admin/v1/admin.proto",
    ];
    println!("cargo:rerun-if-changed={}", root.display());
    let descriptors = protox::compile(files, [&root])?;
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    // For server reflection on the local listener, and for the review of every peer field.
    std::fs::write(out.join("descriptors.bin"), prost_bytes(&descriptors)?)?;
    tonic_prost_build::configure()
        // Deterministic order: the same record is the same bytes.
        .btree_map(".")
        .bytes(".hospes.peer.v1.Changes.batch")
        .compile_fds(descriptors)?;
    Ok(())
}

fn prost_bytes(
    descriptors: &protox::prost_reflect::prost_types::FileDescriptorSet,
) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    use protox::prost_reflect::prost::Message as _;
    Ok(descriptors.encode_to_vec())
}
