//! Who a simulated lead is: names made up of common first and last names, at companies under `.example` (RFC 2606).

use crate::random::Random;
use std::fmt::Write;

const FIRST: [&str; 40] = [
    "ada", "amir", "ana", "boris", "carla", "chen", "clara", "diego", "elif", "emma", "farah", "finn", "grace", "hana",
    "ines", "ivan", "jonas", "julia", "kenji", "lara", "leo", "lina", "luca", "maria", "mateo", "maya", "mila",
    "nadia", "noah", "nora", "omar", "paula", "priya", "rosa", "samir", "sofia", "tara", "tom", "yuki", "zoe",
];
const LAST: [&str; 40] = [
    "adler", "bauer", "berg", "brandt", "costa", "dias", "duarte", "eriksen", "farkas", "fischer", "garcia", "haas",
    "holm", "ito", "jansen", "kaya", "keller", "khan", "kim", "kovac", "laine", "lind", "lopez", "meyer", "moreau",
    "nagy", "nguyen", "novak", "okafor", "patel", "petrov", "rossi", "sato", "silva", "suzuki", "tanaka", "varga",
    "weber", "wolf", "yilmaz",
];
const COMPANY: [&str; 20] = [
    "alpine", "bluefin", "bright", "cobalt", "copper", "drift", "eastgate", "fernhill", "granite", "harbor",
    "ironbark", "juniper", "kestrel", "lumen", "meridian", "north", "oakfield", "quarry", "rivers", "tide",
];
/// Different people that there are.
pub(super) const NAMES: u32 = (FIRST.len() * LAST.len() * COMPANY.len()) as u32;
/// Shares no factor with [`NAMES`]: stepping by it meets every name once.
const STRIDE: u64 = 12_347;

/// Titles, and how near each is to a purchase: 0 to 2.
const TITLES: [(&str, u8); 12] = [
    ("VP of Engineering", 2),
    ("Head of Procurement", 2),
    ("CTO", 2),
    ("Chief Marketing Officer", 2),
    ("Director of Sales Operations", 2),
    ("Engineering Manager", 1),
    ("Marketing Manager", 1),
    ("Data Engineer", 1),
    ("Sales Operations Analyst", 1),
    ("Consultant", 0),
    ("Student", 0),
    ("Founder", 1),
];
const INDUSTRIES: [&str; 6] = ["software", "logistics", "manufacturing", "finance", "health care", "retail"];
/// Employees from which a company counts as large.
const LARGE: u32 = 200;

pub(super) const FITS: usize = 3;
/// Factors of the hazard by what `identify` tells: for whom the product is nothing, something, everything.
pub(super) const FIT: [f64; FITS] = [0.4, 1.0, 2.5];
/// How common each fit is: of twelve titles, and of companies of which [`LARGE_SHARE`] are large, those of [`Person::fit`].
pub(super) const FIT_SHARES: [f64; FITS] = {
    let large = LARGE_SHARE;
    let (near, middle, far) = (5.0 / 12.0, 5.0 / 12.0, 2.0 / 12.0);
    [far + middle * (1.0 - large), near * (1.0 - large) + middle * large, near * large]
};
/// Employees are ten to the 1 to 4.2; 200 and more are ten to the 2.30103 and more.
const LARGE_SHARE: f64 = (4.2 - 2.301_029_995_663_981) / 3.2;

/// Small: one is kept for each lead that lives.
#[derive(Clone, Copy, Debug)]
pub(super) struct Person {
    index: u32,
    name: u32,
    tag: u16,
    title: u8,
    industry: u8,
    newsletter: bool,
    employees: u32,
}

impl Person {
    /// Number `index` of a simulation: no other has the same ids.
    pub fn new(seed: u64, index: u32, random: &mut Random) -> Self {
        let name = (Random::new(seed).bits() % u64::from(NAMES) + u64::from(index) * STRIDE) % u64::from(NAMES);
        let employees = 10_f64.powf(1.0 + 3.2 * random.unit()) as u32;
        Self {
            index,
            name: name as u32,
            title: random.between(0, TITLES.len() as i64 - 1) as u8,
            newsletter: random.chance(0.5),
            employees,
            industry: random.between(0, INDUSTRIES.len() as i64 - 1) as u8,
            tag: (random.bits() & 0xffff) as u16,
        }
    }

    /// Place in [`FIT`]: a title and a company that are right, one of both, neither.
    pub fn fit(&self) -> usize {
        let large = u8::from(self.employees >= LARGE);
        usize::from((TITLES[usize::from(self.title)].1 + large).saturating_sub(1)).min(FITS - 1)
    }

    pub fn user_id(&self) -> String {
        let (first, last, company) = self.names();
        // The names come round again: the second of a name is ada.adler2.
        match self.index / NAMES {
            0 => format!("{first}.{last}@{company}.example"),
            round => format!("{first}.{last}{}@{company}.example", round + 1),
        }
    }

    pub fn anonymous_id(&self) -> String {
        format!("anon-{:05}-{:04x}", self.index, self.tag)
    }

    /// As `identify` tells them, a JSON object.
    pub fn write_traits(&self, out: &mut String) {
        let (first, last, company) = self.names();
        let (email, title) = (self.user_id(), TITLES[usize::from(self.title)].0);
        let industry = INDUSTRIES[usize::from(self.industry)];
        let (first, last, company) = (capital(first), capital(last), capital(company));
        let (employees, newsletter) = (self.employees, self.newsletter);
        // Nothing in it needs escaping; writing to a string cannot fail.
        let _ = write!(
            out,
            r#"{{"email":"{email}","firstName":"{first}","lastName":"{last}","title":"{title}","newsletter":{newsletter},"company":{{"name":"{company}","employee_count":{employees},"industry":"{industry}"}}}}"#
        );
    }

    fn names(&self) -> (&'static str, &'static str, &'static str) {
        let name = self.name as usize;
        (FIRST[name % FIRST.len()], LAST[name / FIRST.len() % LAST.len()], COMPANY[name / FIRST.len() / LAST.len()])
    }
}

fn capital(word: &str) -> String {
    word[..1].to_ascii_uppercase() + &word[1..]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_people_share_an_id() {
        let people = (0..2 * NAMES + 9).map(|index| Person::new(7, index, &mut Random::stream(7, u64::from(index))));
        let ids: BTreeSet<String> = people.flat_map(|person| [person.user_id(), person.anonymous_id()]).collect();
        assert_eq!(ids.len(), 2 * (2 * NAMES as usize + 9));
    }

    /// Within four standard deviations of what 30,000 people would show.
    #[test]
    fn fits_are_as_common_as_is_said() {
        let people = (0..30_000).map(|index| Person::new(7, index, &mut Random::stream(7, u64::from(index))));
        let mut counts = [0_u32; FITS];
        people.for_each(|person| counts[person.fit()] += 1);
        for (count, share) in counts.into_iter().zip(FIT_SHARES) {
            let (expected, sd) = (30_000.0 * share, (30_000.0 * share * (1.0 - share)).sqrt());
            assert!((f64::from(count) - expected).abs() < 4.0 * sd, "{counts:?} beside {FIT_SHARES:?}");
        }
    }
}
