//! What tests of web pages need and the repository does not hold: a browser, which the system brings,
//! and two checkers, which npm does.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};

use crate::folders::target;
use crate::past::say;
use crate::words::Words;

const HELP: &str = "\
Fetch the checkers of web pages: axe-core (can everybody use a page?) and the Nu Html Checker

Usage: cargo xtask checkers

Needs npm, tar, and for once the network. Tests of pages also need chromium, chromedriver and java.

  -h, --help  Print this";

/// A file of a package of npm.
#[derive(Debug)]
struct Checker {
    /// The package with its version.
    package: &'static str,
    /// The digest of the package, as npm says it.
    integrity: &'static str,
    /// The one file of it that tests use.
    within: &'static str,
    /// Where tests look for it, in the folder that cargo builds in.
    file: &'static str,
}

const CHECKERS: [Checker; 2] = [
    Checker {
        package: "axe-core@4.14.1",
        integrity: "sha512-FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ==",
        within: "package/axe.min.js",
        file: "axe/axe.min.js",
    },
    Checker {
        package: "vnu-jar@26.9.27",
        integrity: "sha512-TkQd5DFfOaWC9ebtvozTsrH2Vaod3jYg+vrOeREzIXxBexLz9+rS2DNtjn7+RPUiZhgli0SghgBX6RJRNea0KA==",
        within: "package/build/dist/vnu.jar",
        file: "vnu/vnu.jar",
    },
];

/// Programs that tests of pages start, and Debian's packages that bring them.
const PROGRAMS: [(&str, &str); 3] = [
    ("/usr/bin/chromium", "chromium"),
    ("/usr/bin/chromedriver", "chromium-driver"),
    ("/usr/bin/java", "default-jre-headless"),
];

/// Fetches the checkers that are not there yet, in the versions that tests were written with.
pub fn run(words: Vec<OsString>) -> Result<()> {
    let mut words = Words::new(words, HELP);
    if let Some(word) = words.next()? {
        return Err(words.unknown(&word));
    }
    for checker in &CHECKERS {
        let package = checker.package;
        if checker.is_there()? {
            say(&format!("{package} is there"));
            continue;
        }
        say(&format!("fetching {package}"));
        checker.fetch().with_context(|| format!("failed to fetch {package}"))?;
    }
    Ok(())
}

/// What tests of pages would do without, one line for each thing that is missing.
pub fn missing() -> Result<Vec<String>> {
    let programs = PROGRAMS.iter().filter(|(path, _)| !Path::new(path).exists());
    let packages: Vec<&str> = programs.map(|(_, package)| *package).collect();
    let mut missing = Vec::new();
    if !packages.is_empty() {
        missing.push(format!("apt-get install --yes {}", packages.join(" ")));
    }
    for checker in &CHECKERS {
        if !checker.is_there()? {
            missing.push("cargo xtask checkers".to_owned());
            break;
        }
    }
    Ok(missing)
}

impl Checker {
    fn place(&self) -> Result<PathBuf> {
        Ok(target()?.join(self.file))
    }

    /// The file that says which version was fetched.
    fn note(&self) -> Result<PathBuf> {
        Ok(self.place()?.with_extension("version"))
    }

    fn is_there(&self) -> Result<bool> {
        let noted = fs::read_to_string(self.note()?).unwrap_or_default();
        Ok(noted == self.package && self.place()?.is_file())
    }

    fn fetch(&self) -> Result<()> {
        let place = self.place()?;
        let folder = place.parent().context("it would lie in no folder")?;
        fs::create_dir_all(folder).with_context(|| format!("make {}", folder.display()))?;
        let mut npm = Command::new("npm");
        npm.args(["pack", "--json", "--fetch-retries=1", "--fetch-timeout=60000", self.package]);
        // What goes wrong is for the reader; what it fetched is for us.
        let output = npm.current_dir(folder).stderr(Stdio::inherit()).output();
        let output = output.context("failed to start npm; is it installed?")?;
        ensure!(output.status.success(), "npm ended with {}", output.status);
        let said = String::from_utf8_lossy(&output.stdout);
        let name = said.split('"').find(|word| word.ends_with(".tgz"));
        let package = folder.join(name.context("npm names no file")?);
        let right = said.split('"').any(|word| word == self.integrity);
        ensure!(right, "its digest is not {}, but npm says:\n{said}", self.integrity);
        let strip = format!("--strip-components={}", self.within.matches('/').count());
        let mut tar = Command::new("tar");
        tar.arg("--extract").arg("--file").arg(&package).arg("--directory").arg(folder);
        let unpacked = tar.args([strip.as_str(), self.within]).status();
        ensure!(unpacked.context("failed to start tar")?.success(), "tar fails");
        fs::remove_file(&package).with_context(|| format!("remove {}", package.display()))?;
        fs::write(self.note()?, self.package).context("failed to note what was fetched")?;
        Ok(())
    }
}
