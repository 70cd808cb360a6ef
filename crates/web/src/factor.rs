//! A second factor on its way to somebody: as a picture, and with codes for the day when it is lost.

use qrcode::{Color, EcLevel, QrCode};
use zeroize::Zeroizing;

use crate::session::same;

/// The rows of a QR code as runs of one color, dark or not, with a quiet zone around them.
pub(crate) fn picture(text: &str) -> Vec<Vec<(bool, usize)>> {
    const QUIET: usize = 4;
    let Ok(code) = QrCode::with_error_correction_level(text, EcLevel::L) else { return Vec::new() };
    let (width, colors) = (code.width(), code.to_colors());
    let full = width + 2 * QUIET;
    let empty = vec![(false, full)];
    let mut rows = vec![empty.clone(); QUIET];
    for row in colors.chunks(width) {
        let mut runs: Vec<(bool, usize)> = vec![(false, QUIET)];
        for color in row {
            let dark = *color == Color::Dark;
            match runs.last_mut() {
                Some((same, length)) if *same == dark => *length += 1,
                _ => runs.push((dark, 1)),
            }
        }
        match runs.last_mut() {
            Some((false, length)) => *length += QUIET,
            _ => runs.push((false, QUIET)),
        }
        rows.push(runs);
    }
    rows.extend(vec![empty; QUIET]);
    // The first row has a cell for each column, so that the table knows how many there are.
    if let Some(first) = rows.first_mut() {
        *first = vec![(false, 1); full];
    }
    rows
}

/// Which of the codes is typed back: another one for each person, the same until it is done.
pub(crate) fn asked_back(codes: &[Zeroizing<String>]) -> usize {
    let first = codes.first().map_or(0, |code| code.bytes().map(usize::from).sum());
    first % codes.len().max(1)
}

/// Whether that one was typed. Signs that look alike are the same.
pub(crate) fn is_typed_back(codes: &[Zeroizing<String>], typed: &str) -> bool {
    let plain = |code: &str| {
        let signs = code.chars().filter(char::is_ascii_alphanumeric);
        signs.map(|c| c.to_ascii_uppercase()).collect::<String>()
    };
    let typed = plain(typed).replace('O', "0").replace(['I', 'L'], "1");
    codes.get(asked_back(codes)).is_some_and(|code| same(&plain(code), &typed))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn a_picture_is_square_and_has_a_quiet_zone() {
        let rows = picture("otpauth://totp/Narva:anna?secret=ABC");
        let widths: std::collections::BTreeSet<usize> =
            rows.iter().map(|row| row.iter().map(|run| run.1).sum()).collect();
        assert_eq!(widths.into_iter().collect::<Vec<_>>(), [rows.len()]);
        assert!(rows[..4].iter().flatten().all(|run| !run.0));
        assert!(rows[4].iter().any(|run| run.0));
    }

    #[test]
    fn one_of_the_codes_is_typed_back_and_no_other() {
        let codes: Vec<Zeroizing<String>> =
            (0..8).map(|n| Zeroizing::new(format!("A1B0-000{n}"))).collect();
        let asked = asked_back(&codes);
        let typed = codes[asked].to_lowercase().replace('0', "o").replace('1', "l");
        assert!(is_typed_back(&codes, &typed));
        assert!(!is_typed_back(&codes, &codes[(asked + 1) % 8]));
        assert!(!is_typed_back(&[], ""));
    }
}
