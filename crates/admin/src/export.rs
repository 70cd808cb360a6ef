//! Records into files that other programs read.

pub mod hsds;
pub mod markdown;
pub mod table;

/// A cell that no spreadsheet takes for a formula: where one would begin, an apostrophe stands
/// before it. Invisible characters before the sign do not hide it.
pub fn guarded(cell: &str) -> String {
    let invisible = |c: char| {
        c.is_whitespace()
            || c.is_control()
            || matches!(c, '\u{ad}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    // The full-width forms are turned into the signs by some spreadsheets.
    let sign = |c: char| matches!(c, '=' | '+' | '-' | '@' | '|' | '＝' | '＋' | '－' | '＠');
    let begins = cell.chars().next().is_some_and(invisible);
    if begins || cell.trim_start_matches(invisible).starts_with(sign) {
        return format!("'{cell}");
    }
    cell.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for (cell, expected) in [
            ("plain", "plain"),
            ("", ""),
            ("1-2", "1-2"),
            ("=1+1", "'=1+1"),
            ("+372", "'+372"),
            ("-5", "'-5"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\u{200b}=1", "'\u{200b}=1"),
            ("\u{feff}@x", "'\u{feff}@x"),
            ("＝1", "'＝1"),
            ("\r\n=1", "'\r\n=1"),
        ] {
            assert_eq!(guarded(cell), expected, "{cell:?}");
        }
    }
}
