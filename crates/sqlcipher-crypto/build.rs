//! Gives the build of SQLCipher the headers of AWS-LC, with the one interface that they lack.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// The header at whose end our addition stands.
const HMAC: &str = "hmac.h";

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=evp_mac.h");
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?);
    let include = out.join("include");
    let headers = aws_lc()?.join("openssl");
    copy(&headers, &include.join("openssl"))?;
    let mut hmac = fs::read_to_string(headers.join(HMAC))?;
    hmac.push_str(&fs::read_to_string("evp_mac.h")?);
    fs::write(include.join("openssl").join(HMAC), hmac)?;
    println!("cargo:include={}", include.display());
    Ok(())
}

/// The headers of AWS-LC. The variable has the version in its name: `DEP_AWS_LC_0_47_0_INCLUDE`.
fn aws_lc() -> io::Result<PathBuf> {
    let include = env::vars_os().find_map(|(name, value)| {
        let name = name.to_str()?;
        let ours = name.starts_with("DEP_AWS_LC_") && name.ends_with("_INCLUDE");
        ours.then(|| PathBuf::from(value))
    });
    include.ok_or_else(|| io::Error::other("aws-lc-sys does not say where its headers are"))
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &to)?;
        } else if !to.exists() || fs::read(entry.path())? != fs::read(&to)? {
            fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}
