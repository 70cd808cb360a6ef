//! The screen: the only place that writes to it or reads from it.
//!
//! Results go to the standard output, everything else to the standard error, so that `hospes ... >
//! file` holds results only. Colours and progress bars appear on a terminal and nowhere else.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::time::Duration;

use comfy_table::{ContentArrangement, Table, presets};
use hospes_domain::fold::is_hidden;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::Value as Json;
use zeroize::Zeroizing;

use crate::failure::{Exit, Failure};
use crate::wrap::wrapped;

/// Writes results, notes, tables and questions.
#[derive(Debug, Clone, Copy)]
pub struct Printer {
    json: bool,
    results_on_terminal: bool,
    notes_on_terminal: bool,
    asks: bool,
    colours: bool,
    /// Columns that a line may have, where a person looks.
    width: Option<usize>,
}

/// Wider lines are hard to read.
const WIDEST: usize = 100;

impl Printer {
    /// Looks at where the output goes. `json` prints data for programs.
    pub fn new(json: bool) -> Self {
        let results_on_terminal = io::stdout().is_terminal();
        Self {
            json,
            results_on_terminal,
            notes_on_terminal: io::stderr().is_terminal(),
            asks: io::stdin().is_terminal() && io::stderr().is_terminal(),
            width: Table::new().width().map(|columns| usize::from(columns).min(WIDEST)),
            colours: results_on_terminal
                && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty()),
        }
    }

    /// Whether data is wanted in JSON.
    pub fn is_json(&self) -> bool {
        self.json
    }

    /// Whether there is a person to ask.
    pub fn can_ask(&self) -> bool {
        self.asks
    }

    /// One line of the result.
    pub fn line(&self, text: impl AsRef<str>) {
        out(&format!("{}\n", self.result(text.as_ref())));
    }

    /// A result without what could steer a terminal, in lines that fit.
    fn result(&self, text: &str) -> String {
        let width = self.width.filter(|_| self.results_on_terminal);
        width.map_or_else(|| safe(text), |width| wrapped(&safe(text), width))
    }

    /// The same for what is no result.
    fn remark(&self, text: &str) -> String {
        let width = self.width.filter(|_| self.notes_on_terminal);
        width.map_or_else(|| safe(text), |width| wrapped(&safe(text), width))
    }

    /// A heading over a part of the result.
    pub fn heading(&self, text: impl AsRef<str>) {
        let text = self.result(text.as_ref());
        if self.colours {
            out(&format!("\x1b[1m{text}\x1b[0m\n"));
        } else {
            out(&format!("{text}\n"));
        }
    }

    /// A long text of the result exactly as it is, for scripts: certificates, pages, completions.
    pub fn raw(&self, text: &str) {
        out(text);
    }

    /// A secret that is the result: as a person reads it on a terminal, else on one line.
    pub fn secret_result(&self, rows: &str, line: &str) {
        let text = if self.results_on_terminal { rows } else { line };
        out(&format!("{text}\n"));
    }

    /// Words that are compared by voice, or read aloud, in rows that are said in one breath.
    pub fn words(&self, label: &str, words: &[impl AsRef<str>]) {
        for row in rows_of(label, words) {
            self.line(row);
        }
    }

    /// The same beside the result.
    pub fn words_beside(&self, label: &str, words: &[impl AsRef<str>]) {
        for row in rows_of(label, words) {
            self.note(row);
        }
    }

    /// A value for programs, on lines of its own.
    pub fn json(&self, value: &Json) {
        let text = serde_json::to_string_pretty(value).unwrap_or_default();
        out(&format!("{text}\n"));
    }

    /// A value for programs on exactly one line, for streams.
    pub fn json_line(&self, value: &Json) {
        out(&format!("{value}\n"));
    }

    /// A remark beside the result.
    pub fn note(&self, text: impl AsRef<str>) {
        err(&format!("{}\n", self.remark(text.as_ref())));
    }

    /// Columns under headings; the last column is wrapped on a terminal.
    pub fn table(&self, headings: &[&str], rows: Vec<Vec<String>>) {
        let mut table = Table::new();
        table.load_preset(presets::NOTHING);
        let arrangement = if self.results_on_terminal {
            ContentArrangement::Dynamic
        } else {
            ContentArrangement::Disabled
        };
        table.set_content_arrangement(arrangement);
        table.set_header(headings.iter().map(|heading| heading.to_string()));
        for row in rows {
            table.add_row(row.iter().map(|cell| safe(cell)));
        }
        for column in table.column_iter_mut() {
            column.set_padding((0, 2));
        }
        for line in table.lines() {
            out(&format!("{}\n", line.trim_end()));
        }
    }

    /// Both halves of a failure.
    pub fn failure(&self, failure: &Failure) {
        if self.json {
            let value = serde_json::json!({
                "error": failure.what, "exit": failure.exit as u8, "try": failure.next,
            });
            err(&format!("{value}\n"));
            return;
        }
        err(&format!("{}\n", self.remark(&format!("error: {}", failure.what))));
        for step in &failure.next {
            err(&format!("{}\n", self.remark(&format!("  try: {step}"))));
        }
    }

    /// A bar for work of a known size. Silent when nobody looks.
    pub fn progress(&self, what: &'static str, total: u64) -> ProgressBar {
        let bar = ProgressBar::new(total);
        if !self.notes_on_terminal || self.json {
            bar.set_draw_target(ProgressDrawTarget::hidden());
            return bar;
        }
        if let Ok(style) = ProgressStyle::with_template("{msg} [{bar:30}] {pos}/{len}") {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.set_message(what);
        bar
    }

    /// A turning sign for work of unknown size. Silent when nobody looks.
    pub fn spinner(&self, what: &'static str) -> ProgressBar {
        let bar = ProgressBar::new_spinner();
        if !self.notes_on_terminal || self.json {
            bar.set_draw_target(ProgressDrawTarget::hidden());
            return bar;
        }
        bar.set_message(what);
        bar.enable_steady_tick(Duration::from_millis(120));
        bar
    }

    /// Asks for one line. `instead` says how to answer without a terminal.
    pub fn ask(&self, question: &str, instead: &str) -> Result<Zeroizing<String>, Failure> {
        if !self.asks {
            return Err(nobody_to_ask(question, instead));
        }
        err(&self.remark(question));
        let mut answer = Zeroizing::new(String::with_capacity(1024));
        let read = io::stdin().lock().read_line(&mut answer);
        match read {
            Ok(1..) => Ok(Zeroizing::new(answer.trim().to_owned())),
            _ => Err(Failure::new(Exit::Refused, "no answer was given; nothing was done")),
        }
    }

    /// Asks a question that only "yes" agrees to. `instead` as in [`Printer::ask`].
    pub fn agrees(&self, question: &str, instead: &str) -> Result<bool, Failure> {
        let answer = self.ask(question, instead)?;
        Ok(matches!(answer.to_lowercase().as_str(), "y" | "yes"))
    }

    /// Asks for a secret without showing it. `instead` says how to give it without a terminal.
    pub fn secret(&self, question: &str, instead: &str) -> Result<Zeroizing<String>, Failure> {
        if !self.asks {
            return Err(nobody_to_ask(question, instead));
        }
        rpassword::prompt_password(self.remark(question))
            .map(Zeroizing::new)
            .map_err(|_| Failure::new(Exit::Refused, "no answer was given; nothing was done"))
    }

    /// Wipes the screen and what was scrolled off it, after a secret was shown.
    pub fn wipe_screen(&self) {
        if self.notes_on_terminal {
            err("\x1b[H\x1b[2J\x1b[3J");
        }
    }

    /// Shows a secret to a person: on the terminal, never into a file or pipe.
    pub fn show_secret(&self, text: &str) {
        err(text);
    }
}

/// Words that are said in one breath, and fit into a line.
const BREATH: usize = 6;

/// The first row with its label, the others below.
fn rows_of(label: &str, words: &[impl AsRef<str>]) -> Vec<String> {
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    let row = |(number, words): (usize, &[&str])| {
        let label = if number == 0 { label.to_owned() } else { " ".repeat(label.chars().count()) };
        format!("{label}{}", words.join(" "))
    };
    words.chunks(BREATH).enumerate().map(row).collect()
}

fn nobody_to_ask(question: &str, instead: &str) -> Failure {
    let question = question.trim().trim_end_matches(':');
    Failure::new(Exit::Refused, format!("there is no terminal to ask: {question}"))
        .try_next(instead)
}

/// A reader that stopped reading (`| head`) is no error, and there is nobody left to tell.
fn out(text: &str) {
    let mut stdout = io::stdout().lock();
    if stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()).is_err() {
        std::process::exit(i32::from(Exit::Ok as u8));
    }
}

fn err(text: &str) {
    let mut stderr = io::stderr().lock();
    let _ = stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush());
}

/// Text of others without what could steer a terminal or turn its direction. Lines stay lines.
pub fn safe(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' => '\n',
            '\t' => ' ',
            c if is_hidden(c) => '\u{fffd}',
            c => c,
        })
        .collect()
}

/// The first `most` characters of a text on one line.
pub fn shortened(text: &str, most: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= most {
        return line;
    }
    let mut short: String = line.chars().take(most.saturating_sub(1)).collect();
    short.push('…');
    short
}

/// How long ago an instant was, in words; "never" for 0.
pub fn ago(milliseconds: i64) -> String {
    if milliseconds <= 0 {
        return "never".to_owned();
    }
    let seconds = jiff::Timestamp::now().as_millisecond().saturating_sub(milliseconds) / 1000;
    match seconds {
        ..0 => "in the future (a clock is wrong)".to_owned(),
        0..10 => "just now".to_owned(),
        seconds => format!("{} ago", span(seconds)),
    }
}

/// How long it is until then, in one or two words.
pub fn left(milliseconds: i64) -> String {
    let now = jiff::Timestamp::now().as_millisecond();
    // Half a second more or less is nothing to a person, and "0 s" is no time.
    match milliseconds.saturating_sub(now).max(0) / 1000 + 1 {
        seconds @ ..120 => format!("{seconds} s"),
        seconds @ 7_200.. => format!("{} h", seconds / 3_600),
        seconds => format!("{} min", seconds / 60),
    }
}

/// Seconds in the unit that people use for them.
pub fn span(seconds: i64) -> String {
    match seconds {
        ..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}

/// Bytes in the unit that people use for them.
pub fn size(bytes: u64) -> String {
    match bytes {
        0..10_240 => format!("{bytes} bytes"),
        10_240..10_485_760 => format!("{} KiB", bytes / 1024),
        _ => format!("{} MiB", bytes / 1_048_576),
    }
}

/// "1 record", "2 records".
pub fn count(number: u64, one: &str, several: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { several })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn text_of_others_cannot_steer_the_terminal() {
        assert_eq!(safe("a\x1b[2Jb\u{202e}c\nd\te"), "a\u{fffd}[2Jb\u{fffd}c\nd e");
    }

    #[test]
    fn a_long_text_is_shortened_to_one_line() {
        assert_eq!(shortened("one\n two   three", 40), "one two three");
        assert_eq!(shortened("абвгд", 4), "абв…");
    }

    #[test]
    fn sizes_and_counts_read_like_speech() {
        assert_eq!(size(900), "900 bytes");
        assert_eq!(size(20_480), "20 KiB");
        assert_eq!(count(1, "record", "records"), "1 record");
        assert_eq!(count(0, "record", "records"), "0 records");
        assert_eq!(ago(0), "never");
    }
}
