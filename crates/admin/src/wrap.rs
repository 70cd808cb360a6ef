//! Lines as wide as the terminal, broken between words.
//!
//! A terminal breaks where the line is full: in the middle of a word that is to be read aloud, of a
//! date, of a command. Nothing here touches what goes into a file or another program.

/// Columns of a label before its value, at most: `database  12 MiB, …`.
const LONGEST_LABEL: usize = 24;

/// The text with each line that is too long broken between words. What follows a label goes on below
/// its value, and a command is not broken: pasted in two lines, its first half would run.
pub fn wrapped(text: &str, width: usize) -> String {
    let lines: Vec<String> = text.split('\n').map(|line| of_line(line, width)).collect();
    lines.join("\n")
}

fn of_line(line: &str, width: usize) -> String {
    if line.chars().count() <= width {
        return line.to_owned();
    }
    let indent = line.chars().take_while(|c| *c == ' ').count();
    let hang = hang(line, indent).filter(|hang| hang * 2 <= width).unwrap_or(indent);
    let mut wrapped = " ".repeat(indent);
    let mut column = indent;
    let mut begins = true;
    for (gap, unit) in units(line.trim_start_matches(' ')) {
        let length = unit.chars().count();
        if !begins && column + gap + length > width {
            // What is too long for its place below the value begins as the line does.
            column = if hang + length > width { indent } else { hang };
            wrapped.push('\n');
            wrapped.extend(std::iter::repeat_n(' ', column));
        } else if !begins {
            wrapped.extend(std::iter::repeat_n(' ', gap));
            column += gap;
        }
        wrapped.push_str(&unit);
        column += length;
        begins = false;
    }
    // A question ends with the space before its answer.
    let end = line.len() - line.trim_end_matches(' ').len();
    wrapped.extend(std::iter::repeat_n(' ', end));
    wrapped
}

/// Where the value after a label begins.
fn hang(line: &str, indent: usize) -> Option<usize> {
    let text = line.get(indent..)?;
    let label = text.find("  ")?;
    let gap = text.get(label..)?.len() - text.get(label..)?.trim_start_matches(' ').len();
    let hang = indent + text.get(..label)?.chars().count() + gap;
    (label > 0 && hang <= indent + LONGEST_LABEL).then_some(hang)
}

/// What must not be broken, with the spaces before it: words, and whole commands.
fn units(text: &str) -> Vec<(usize, String)> {
    let mut units: Vec<(usize, String)> = Vec::new();
    let mut command = false;
    let mut gap = 0;
    for word in text.split(' ') {
        if word.is_empty() {
            gap += 1;
            continue;
        }
        let led =
            gap >= 2 || units.is_empty() || units.last().is_some_and(|(_, u)| u.ends_with(':'));
        if command && gap == 1 {
            if let Some((_, unit)) = units.last_mut() {
                unit.push(' ');
                unit.push_str(word);
            }
        } else {
            units.push((gap, word.to_owned()));
            command = led && word == "hospes";
        }
        command &= !word.ends_with([',', ';', ')', '.']) || word.ends_with("...");
        gap = 1;
    }
    units
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_long_line_is_broken_between_words_and_goes_on_below_its_value() {
        for (line, expected) in [
            ("short", "short"),
            ("one two three four", "one two three\nfour"),
            ("  one two three", "  one two\n  three"),
            ("words  a bird in the hand", "words  a bird\n       in the\n       hand"),
            ("  id     ABCD-EFGH-", "  id\n  ABCD-EFGH-"),
            ("Which one? yes or no: ", "Which one? yes\nor no: "),
            ("it is open:  hospes peer list", "it is open:\nhospes peer list"),
            ("then: hospes seal, and wait", "then:\nhospes seal,\nand wait"),
        ] {
            assert_eq!(wrapped(line, 14), expected, "{line}");
        }
        assert_eq!(wrapped("a b\nc d", 2), "a\nb\nc\nd");
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_only_what_cannot_be_broken_is_too_long(
            words in proptest::collection::vec("[a-zа-я:]{1,12}", 1..30),
            indent in 0..6_usize,
            width in 12..40_usize,
        ) {
            let line = format!("{}{}", " ".repeat(indent), words.join(" "));
            let wrapped = wrapped(&line, width);
            let back: Vec<&str> = wrapped.split_whitespace().collect();
            prop_assert_eq!(back, words.iter().map(String::as_str).collect::<Vec<_>>());
            for line in wrapped.lines() {
                let fits = line.chars().count() <= width;
                prop_assert!(fits || line.split_whitespace().count() == 1, "{:?}", line);
            }
        }
    }
}
