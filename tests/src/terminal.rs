//! A person at a terminal: what is shown on it, and what is typed.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use hospes_stage::programs::Programs;
use hospes_stage::stage::Center;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use crate::operator::SETTINGS;
use crate::theatre::PATIENCE;

const ROWS: u16 = 24;

/// A command that runs on a terminal of its own.
pub struct Terminal {
    program: Child,
    keyboard: File,
    screen: Receiver<Vec<u8>>,
    seen: Vec<u8>,
    /// Up to where something was waited for.
    read: usize,
}

impl Terminal {
    /// Starts the command line of a center on a terminal with so many columns.
    pub fn open(center: &Center, words: &[&str], columns: u16) -> Result<Self> {
        let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY)?;
        grantpt(&terminal)?;
        unlockpt(&terminal)?;
        let name = ptsname(&terminal, Vec::new())?.into_string()?;
        let side = OpenOptions::new().read(true).write(true).open(&name)?;
        let size = Winsize { ws_row: ROWS, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&side, size)?;
        // Passwords are asked for on the terminal that controls the program.
        let mut command = Command::new("setsid");
        command.args(["--ctty", "--wait"]).arg(&Programs::find()?.cli);
        command.arg("--data").arg(&center.data).args(words).env("TERM", "xterm");
        for name in SETTINGS {
            command.env_remove(name);
        }
        command.stdin(Stdio::from(side.try_clone()?)).stdout(side.try_clone()?).stderr(side);
        let program = command.spawn().context("failed to start setsid")?;
        drop(command);
        let keyboard = File::from(terminal);
        let mut screen = keyboard.try_clone()?;
        let (send, receive) = channel();
        std::thread::spawn(move || {
            let mut part = [0; 4096];
            // The terminal fails to be read when nobody is at its other side any more.
            while let Ok(length @ 1..) = screen.read(&mut part) {
                if send.send(part.get(..length).unwrap_or_default().to_vec()).is_err() {
                    return;
                }
            }
        });
        Ok(Self { program, keyboard, screen: receive, seen: Vec::new(), read: 0 })
    }

    /// Waits until something is shown; what was shown since the last time, with it.
    pub fn until(&mut self, text: &str) -> Result<String> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let shown = self.since();
            if let Some(at) = shown.find(text) {
                let end = at + text.len();
                self.read += end;
                return Ok(shown.get(..end).unwrap_or_default().to_owned());
            }
            match self.screen.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(part) => self.seen.extend(part),
                Err(_) => bail!("{text:?} is not shown, but:\n{shown}"),
            }
        }
    }

    /// Types a line.
    pub fn enter(&mut self, line: &str) -> Result<()> {
        Ok(self.keyboard.write_all(format!("{line}\r").as_bytes())?)
    }

    /// Presses Ctrl-C.
    pub fn interrupt(&mut self) -> Result<()> {
        Ok(self.keyboard.write_all(b"\x03")?)
    }

    /// Waits until the command ends; its exit code, and all that was ever shown.
    pub fn end(mut self) -> Result<(i32, String)> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.screen.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(part) => self.seen.extend(part),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => bail!("it does not end:\n{}", self.since()),
            }
        }
        let code = self.program.wait()?.code().unwrap_or(-1);
        Ok((code, plain(&self.seen)))
    }

    fn since(&self) -> String {
        let shown = plain(&self.seen);
        shown.get(self.read..).unwrap_or_default().to_owned()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

/// What is shown, without the codes that move and colour, with plain line ends.
fn plain(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes).replace("\r\n", "\n");
    let mut plain = String::with_capacity(text.len());
    let mut signs = text.chars();
    while let Some(sign) = signs.next() {
        match sign {
            '\u{1b}' => {
                // "ESC [ 1 ; 2 m": it ends with its first letter.
                signs.by_ref().find(|sign| sign.is_ascii_alphabetic());
            }
            sign => plain.push(sign),
        }
    }
    plain
}
