//! `hospes`, the command line of a center.

use std::process::ExitCode;

fn main() -> ExitCode {
    hospes_admin::run()
}
