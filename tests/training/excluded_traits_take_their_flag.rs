//! A trait that is not to be learned from takes the flag with it that tells whether it is known; a title does once both of its features are out.

use needle::training::dataset::excluded;

use crate::training_support::{Archive, DAY_MS, START_MS, page};

const TRAITS: &str = r#"
scoring = { horizon_days = 10 }
[[themes]]
name = "pricing"
url = ["a"]
[[traits]]
name = "industry"
path = ["/industry"]
kind = "category"
[[traits]]
name = "title"
path = ["/title"]
kind = "title"
"#;

fn flags(names: &[&str]) -> Vec<String> {
    let archive = Archive::new(TRAITS);
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let all = excluded(&archive.assembly.schema, &names);
    assert_eq!(all[..names.len()], names);
    all[names.len()..].to_vec()
}

#[test]
fn a_flag_goes_with_its_trait() {
    assert!(flags(&[]).is_empty());
    assert_eq!(flags(&["trait_industry"]), ["trait_industry_missing"]);
    assert!(flags(&["trait_industry", "trait_industry_missing"]).is_empty(), "once is enough");
    assert!(flags(&["trait_industry_missing", "hours_since_last"]).is_empty());
    assert!(flags(&["trait_title_rank"]).is_empty(), "the department tells it as well");
    assert_eq!(flags(&["trait_title_department", "trait_title_rank"]), ["trait_title_missing"]);
}

#[test]
fn nor_is_it_in_the_matrix() {
    let toml = format!("{TRAITS}\n[training]\nexclude = [\"trait_industry\"]\n");
    let mut archive = Archive::new(&toml);
    archive.fold(page(1, START_MS));
    archive.increment();
    archive.fold(page(2, START_MS + 30 * DAY_MS));
    archive.increment();
    let rows = archive.read();
    let names: Vec<&str> = rows.matrix.columns.iter().map(|column| column.name.as_str()).collect();
    assert!(!names.iter().any(|name| name.starts_with("trait_industry")), "{names:?}");
    assert!(names.contains(&"trait_title_missing"), "{names:?}");
}
