//! Commands that the programs print for a person to paste.
//!
//! Whatever the programs say in a scenario is read for commands, and each must be one that the command
//! line understands when it is pasted as it stands.

use anyhow::{Result, ensure};

/// What a shell would not take for the end of a command, but a reader does.
const ENDS: [char; 5] = [',', ';', ':', '.', ')'];

/// The words behind `hospes` of every command in a text.
///
/// A command begins where `hospes` stands before one of its subcommands. It ends with the line, at two
/// spaces, before a word in brackets, and with a word that a reader sees as the last one of a part of a
/// sentence, whose comma or full stop is not of the command.
pub fn commands(text: &str) -> Vec<Vec<String>> {
    // The form of a command is no command.
    text.lines().filter(|line| !line.starts_with("Usage:")).flat_map(of_line).collect()
}

/// Fails where a text has a command that cannot be pasted.
pub fn check(text: &str) -> Result<()> {
    let problem = |mut words: Vec<String>| {
        // Where a person puts in a number.
        for word in words.iter_mut().filter(|word| *word == "N") {
            *word = "7".to_owned();
        }
        let why = hospes_admin::misread(&words)?;
        let why = why.lines().take(2).collect::<Vec<_>>().join(" ");
        Some(format!("hospes {}: {why}", words.join(" ")))
    };
    let problems: Vec<String> = commands(text).into_iter().filter_map(problem).collect();
    ensure!(problems.is_empty(), "printed, and no commands: {problems:#?}");
    Ok(())
}

fn of_line(line: &str) -> Vec<Vec<String>> {
    const NAME: &str = "hospes ";
    let mut found = Vec::new();
    let mut rest = line;
    while let Some(at) = rest.find(NAME) {
        let before = rest.get(..at).and_then(|before| before.chars().next_back());
        let after = rest.get(at + NAME.len()..).unwrap_or_default();
        let words = if before.is_none_or(|c| !c.is_alphanumeric() && !"-_/'".contains(c)) {
            words(after)
        } else {
            Vec::new()
        };
        if words.first().is_some_and(|first| hospes_admin::subcommands().contains(first)) {
            found.push(words);
        }
        rest = after;
    }
    found
}

/// The words that a shell makes of the beginning of a text.
fn words(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut signs = text.chars().peekable();
    while signs.peek().is_some_and(|sign| !sign.is_whitespace() && !"(`|>#".contains(*sign)) {
        let mut word = String::new();
        let mut is_quoted = false;
        while let Some(sign) = signs.next_if(|sign| !sign.is_whitespace()) {
            match sign {
                '\'' | '"' if word.is_empty() || sign == '\'' || word.ends_with('=') => {
                    word.extend(signs.by_ref().take_while(|inner| *inner != sign));
                    is_quoted = true;
                }
                '\\' => word.extend(signs.next()),
                // The end of what a text has put between such signs.
                '`' | '"' => {
                    found.push(word);
                    return found;
                }
                sign => {
                    is_quoted = false;
                    word.push(sign);
                }
            }
        }
        let end = word.chars().next_back().filter(|end| !is_quoted && ENDS.contains(end));
        if end.is_some() && !word.ends_with("...") {
            found.push(word.trim_end_matches(ENDS).to_owned());
            return found;
        }
        found.push(word);
        signs.next_if(|sign| *sign == ' ');
    }
    found
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn a_command_is_read_as_a_shell_and_a_reader_do() {
        let read = |text: &str| {
            commands(text).iter().map(|words| words.join("|")).collect::<Vec<_>>().join(" & ")
        };
        for (text, expected) in [
            ("to let it in:  hospes peer resume Riga", "peer|resume|Riga"),
            ("call them; then: hospes peer forget, or: hospes status.", "peer|forget & status"),
            (
                r#"see: hospes peer remove 'Center "N" & Söhne'; now"#,
                "peer|remove|Center \"N\" & Söhne",
            ),
            (r"hospes peer remove 'it'\''s'", "peer|remove|it's"),
            ("  hospes init                     the file", "init"),
            ("(see hospes keys list), and", "keys|list"),
            ("(hospes peer forget empties it)", "peer|forget|empties|it"),
            ("\"hospes quarantine list\" says why", "quarantine|list"),
            ("`hospes center export`", "center|export"),
            ("hospes init --name \"Center Narva\"", "init|--name|Center Narva"),
            (
                "hospes center profile --set name=\"Center Narva\"",
                "center|profile|--set|name=Center Narva",
            ),
            ("hospes keys add --trustees KEY... --yes", "keys|add|--trustees|KEY...|--yes"),
            ("needs a newer hospes to be shown", ""),
            ("sudo -u hospes hospes ...", ""),
            ("the unit hospes-node status", ""),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_command_is_found() {
        assert!(check("see: hospes peer list").is_ok());
        assert!(check("see: hospes peer list NAME").is_err());
        assert!(check("then: hospes peer remove Center Narva").is_err());
    }
}
