//! A job title as rank and department.
//!
//! Titles are read in English, word by word: at each word the longest phrase of the tables that starts there counts, so
//! that "vice president" is no president, "product owner" no owner, and "directory" no director. The highest rank named
//! wins ("senior director" is a director), and the first department ("sales and marketing" is sales).

use words::{Meaning, PHRASES};

mod words;

/// Seniority, ascending. The number is a feature's value: never reorder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Rank {
    /// A title that says nothing about rank.
    Other = 0,
    Junior = 1,
    Individual = 2,
    Senior = 3,
    Manager = 4,
    Director = 5,
    VicePresident = 6,
    /// C-level, founder, owner, president.
    Chief = 7,
}

impl Rank {
    pub const ALL: [Rank; 8] = [
        Self::Other,
        Self::Junior,
        Self::Individual,
        Self::Senior,
        Self::Manager,
        Self::Director,
        Self::VicePresident,
        Self::Chief,
    ];

    /// Words for a sentence: "rank: vice president".
    pub fn name(self) -> &'static str {
        match self {
            Self::Other => "other",
            Self::Junior => "junior",
            Self::Individual => "individual contributor",
            Self::Senior => "senior",
            Self::Manager => "manager",
            Self::Director => "director",
            Self::VicePresident => "vice president",
            Self::Chief => "C-level or owner",
        }
    }
}

/// Part of the company. The number is a feature's value: never reuse one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Department {
    Other = 0,
    Executive = 1,
    Sales = 2,
    Marketing = 3,
    Finance = 4,
    /// With IT, data and security.
    Engineering = 5,
    Product = 6,
    Operations = 7,
    Hr = 8,
    Legal = 9,
    Support = 10,
}

impl Department {
    pub const ALL: [Department; 11] = [
        Self::Other,
        Self::Executive,
        Self::Sales,
        Self::Marketing,
        Self::Finance,
        Self::Engineering,
        Self::Product,
        Self::Operations,
        Self::Hr,
        Self::Legal,
        Self::Support,
    ];

    /// Words for a sentence: "department: engineering".
    pub fn name(self) -> &'static str {
        match self {
            Self::Other => "other",
            Self::Executive => "executive",
            Self::Sales => "sales",
            Self::Marketing => "marketing",
            Self::Finance => "finance",
            Self::Engineering => "engineering and IT",
            Self::Product => "product",
            Self::Operations => "operations",
            Self::Hr => "human resources",
            Self::Legal => "legal",
            Self::Support => "support",
        }
    }
}

/// Bytes of a title that are read; the rest is cut off.
const TITLE: usize = 256;
/// Words in the longest phrase of the tables.
const PHRASE: usize = 3;

/// Rank and department of a job title; `Other` where it names none. Never allocates.
///
/// Without a department of its own, somebody of rank [`Rank::Chief`] is of the [`Department::Executive`].
pub fn read_title(title: &str) -> (Rank, Department) {
    let mut buffer = [0; TITLE];
    let mut rest = normalize(title, &mut buffer);
    let (mut rank, mut department) = (Rank::Other, None);
    while !rest.is_empty() {
        let Some((meaning, after)) = phrase(rest) else {
            rest = after_words(rest, 1).1;
            continue;
        };
        rank = rank.max(meaning.rank.unwrap_or(Rank::Other));
        department = department.or(meaning.department);
        rest = if meaning.ends { &[] } else { after };
    }
    let default = if rank == Rank::Chief { Department::Executive } else { Department::Other };
    (rank, department.unwrap_or(default))
}

/// The longest known phrase that `text` starts with, and what follows it.
fn phrase(text: &[u8]) -> Option<(Meaning, &[u8])> {
    (1..=PHRASE).rev().find_map(|words| {
        let (head, after) = after_words(text, words);
        PHRASES.get(head).map(|meaning| (*meaning, after))
    })
}

/// The first `count` words of a normalized text (or all there are), and what follows them.
fn after_words(text: &[u8], count: usize) -> (&[u8], &[u8]) {
    let end = text.iter().enumerate().filter(|(_, byte)| **byte == b' ').nth(count - 1).map(|(at, _)| at);
    match end {
        Some(end) => (&text[..end], &text[end + 1..]),
        None => (text, &[]),
    }
}

/// Words in lower case with one space between them. Points in an abbreviation vanish (`C.E.O.`, `V.P.`); every other sign divides.
fn normalize<'a>(title: &str, buffer: &'a mut [u8; TITLE]) -> &'a [u8] {
    let mut length = 0;
    // Letters since the word's start or its last vanished point.
    let mut letters = 0;
    for &byte in title.as_bytes().iter().take(TITLE) {
        if byte.is_ascii_alphanumeric() || !byte.is_ascii() {
            buffer[length] = byte.to_ascii_lowercase();
            length += 1;
            letters += 1;
        } else if byte == b'.' && letters == 1 {
            letters = 0;
        } else if length > 0 && buffer[length - 1] != b' ' {
            buffer[length] = b' ';
            length += 1;
            letters = 0;
        } else {
            letters = 0;
        }
    }
    buffer[..length].trim_ascii_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles() {
        use Department as D;
        for (title, rank, department) in [
            ("CEO", Rank::Chief, D::Executive),
            ("C.E.O.", Rank::Chief, D::Executive),
            ("Co-Founder & CTO", Rank::Chief, D::Engineering),
            ("Chief Technology Officer", Rank::Chief, D::Engineering),
            ("Chief Executive Officer", Rank::Chief, D::Executive),
            ("CFO", Rank::Chief, D::Finance),
            ("Chief People Officer", Rank::Chief, D::Hr),
            ("Owner", Rank::Chief, D::Executive),
            ("President", Rank::Chief, D::Executive),
            ("Vice President", Rank::VicePresident, D::Other),
            ("Senior Vice-President, Sales", Rank::VicePresident, D::Sales),
            ("SVP of Engineering", Rank::VicePresident, D::Engineering),
            ("V.P. Marketing", Rank::VicePresident, D::Marketing),
            ("Head of Customer Success", Rank::Director, D::Support),
            ("Sr. Director of IT", Rank::Director, D::Engineering),
            ("sr.director, finance", Rank::Director, D::Finance),
            ("Managing Director", Rank::Chief, D::Executive),
            ("Chief of Staff", Rank::Director, D::Other),
            ("General Counsel", Rank::Director, D::Legal),
            ("Product Marketing Manager", Rank::Manager, D::Marketing),
            ("Engineering Manager", Rank::Manager, D::Engineering),
            ("Account Executive", Rank::Individual, D::Sales),
            ("Sales Engineer", Rank::Individual, D::Sales),
            ("Product Owner", Rank::Individual, D::Product),
            ("HR Business Partner", Rank::Individual, D::Hr),
            ("Senior Software Engineer", Rank::Senior, D::Engineering),
            ("Operations Lead", Rank::Senior, D::Operations),
            ("Marketing Intern", Rank::Junior, D::Marketing),
            ("Assistant to the CEO", Rank::Individual, D::Operations),
            ("Executive Assistant, office of the president", Rank::Individual, D::Operations),
            ("R&D Engineer", Rank::Individual, D::Engineering),
            ("DIRECTOR  OF   PURCHASING", Rank::Director, D::Operations),
            ("Directory of unity", Rank::Other, D::Other),
            ("Internal auditor", Rank::Individual, D::Finance),
            ("Leadership coach", Rank::Other, D::Other),
            ("Teacher", Rank::Other, D::Other),
            ("Développeur", Rank::Other, D::Other),
            ("...", Rank::Other, D::Other),
            ("", Rank::Other, D::Other),
        ] {
            assert_eq!(read_title(title), (rank, department), "{title}");
        }
    }

    #[test]
    fn what_lies_behind_the_limit_is_not_read() {
        assert_eq!(read_title(&format!("{} ceo", "x".repeat(TITLE - 3))), (Rank::Other, Department::Other));
        assert_eq!(read_title(&format!("{} ceo", "x".repeat(TITLE - 4))).0, Rank::Chief);
        for (number, rank) in Rank::ALL.into_iter().enumerate() {
            assert_eq!(rank as usize, number);
        }
        for (number, department) in Department::ALL.into_iter().enumerate() {
            assert_eq!(department as usize, number);
        }
    }
}
