//! Who a simulated lead is: names made up of common first and last names, at companies under `.example` (RFC 2606).

use serde_json::{Value, json};

use super::random::Random;

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

const TITLES: [&str; 12] = [
    "VP of Engineering",
    "Head of Procurement",
    "CTO",
    "Chief Marketing Officer",
    "Director of Sales Operations",
    "Engineering Manager",
    "Marketing Manager",
    "Data Engineer",
    "Sales Operations Analyst",
    "Consultant",
    "Student",
    "Founder",
];
const INDUSTRIES: [&str; 6] = ["software", "logistics", "manufacturing", "finance", "health care", "retail"];

pub(super) struct Person {
    pub user_id: String,
    pub anonymous_id: String,
    /// As of `identify`.
    pub traits: Value,
}

impl Person {
    /// Number `index` of a simulation: no other has the same ids.
    pub fn new(seed: u64, index: u32, random: &mut Random) -> Self {
        let name = (Random::new(seed).next() % u64::from(NAMES) + u64::from(index) * STRIDE) % u64::from(NAMES);
        let name = name as usize;
        let first = FIRST[name % FIRST.len()];
        let last = LAST[name / FIRST.len() % LAST.len()];
        let company = COMPANY[name / FIRST.len() / LAST.len()];
        let email = format!("{first}.{last}@{company}.example");
        let employees = 10_f64.powf(1.0 + 3.2 * random.unit()) as u32;
        let traits = json!({
            "email": email, "firstName": capital(first), "lastName": capital(last), "title": random.pick(&TITLES),
            "newsletter": random.chance(0.5),
            "company": {"name": capital(company), "employee_count": employees, "industry": random.pick(&INDUSTRIES)},
        });
        let anonymous_id = format!("anon-{index:05}-{:04x}", random.next() & 0xffff);
        Self { user_id: email, anonymous_id, traits }
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
        let people = (0..NAMES).map(|index| Person::new(7, index, &mut Random::fork(7, u64::from(index))));
        let ids: BTreeSet<String> = people.flat_map(|person| [person.user_id, person.anonymous_id]).collect();
        assert_eq!(ids.len(), 2 * NAMES as usize);
    }
}
