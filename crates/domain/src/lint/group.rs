//! Groups of digits, as they stand in a text.

/// A group of digits and what stands before it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Group<'t> {
    pub digits: &'t str,
    pub start: usize,
    pub end: usize,
    /// What separates it from the group before.
    pub gap: &'t str,
    /// A plus sign stands right before it, or brackets around it.
    pub marked: bool,
}

impl Group<'_> {
    pub fn len(&self) -> usize {
        self.digits.len()
    }

    pub fn number(&self) -> u32 {
        self.digits.parse().unwrap_or(u32::MAX)
    }

    pub fn is_day(&self) -> bool {
        self.len() <= 2 && (1..=31).contains(&self.number())
    }

    pub fn is_month(&self) -> bool {
        self.len() <= 2 && (1..=12).contains(&self.number())
    }

    pub fn is_year(&self) -> bool {
        self.len() == 4 && (1900..=2100).contains(&self.number())
    }
}

/// The groups of a text, in order.
pub(super) fn groups(text: &str) -> Vec<Group<'_>> {
    let mut groups = Vec::new();
    let mut from = 0;
    let mut start = None;
    let ends = text.char_indices().chain([(text.len(), ' ')]);
    for (index, c) in ends {
        match (start, c.is_ascii_digit()) {
            (None, true) => start = Some(index),
            (Some(first), false) => {
                let gap = text.get(from..first).unwrap_or_default();
                let rest = text.get(index..).unwrap_or_default();
                let bracket = gap.ends_with('(') && rest.starts_with(')');
                let digits = text.get(first..index).unwrap_or_default();
                let mut group = Group { digits, start: first, end: index, gap, marked: false };
                // An area code is in brackets. A year in them, or a day, is a remark.
                group.marked = gap.ends_with('+') || (bracket && !group.is_year());
                groups.push(group);
                (from, start) = (index, None);
            }
            _ => {}
        }
    }
    groups
}
