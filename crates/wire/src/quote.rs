//! Words of a command line that can be pasted into a shell as they stand.

use std::borrow::Cow;

/// One word, in quotes when a shell would not take it as it is.
pub fn word(text: &str) -> Cow<'_, str> {
    let plain = |sign: char| sign.is_alphanumeric() || "-_=+.,:/@%".contains(sign);
    if !text.is_empty() && text.chars().all(plain) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(format!("'{}'", text.replace('\'', r"'\''")))
}

/// Several words, each quoted by itself.
pub fn words<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    words.into_iter().map(word).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use std::process::Command;

    use super::*;

    #[test]
    fn a_shell_reads_what_was_quoted() {
        for text in [
            "Narva",
            "Нарва",
            "",
            "Center \"Narva\" & Söhne",
            "it's",
            "$(reboot)",
            "a\nb",
            "`id`",
            "--x=1,2",
            "~",
            "*",
            "!x",
            "\\",
        ] {
            let script = format!("printf %s {}", word(text));
            let said = Command::new("sh").arg("-c").arg(&script).output().unwrap();
            assert_eq!(String::from_utf8(said.stdout).unwrap(), text, "{script}");
        }
        assert_eq!(word("Narva"), "Narva");
        assert_eq!(words(["a b", "c"]), "'a b' c");
    }
}
