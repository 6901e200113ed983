//! What is asked: which lead, and as of which input positions.

use super::args::{At, LeadArgs, LeadName};
use crate::commands::Failure;
use crate::config::Config;

/// A question that makes sense under its configuration.
#[derive(Clone, Debug)]
pub struct Question {
    pub name: LeadName,
    /// The lead's key: `tenant/lead`.
    pub key: Vec<u8>,
    /// Index of the input topic, and the offset of the record that was taken in last; empty: now. The last one is replayed.
    pub at: Vec<(usize, i64)>,
    /// `None`: all are searched.
    pub partition: Option<i32>,
}

impl Question {
    pub fn new(config: &Config, args: &LeadArgs) -> Result<Self, Failure> {
        let mut question =
            Self { name: args.lead.clone(), key: args.lead.key(), at: Vec::new(), partition: args.partition };
        let topics = &config.topics.events;
        for At { topic, partition, offset } in &args.at {
            let Some(index) = topics.iter().position(|known| known == topic) else {
                return Err(Failure::Usage(format!(
                    "--at: {topic} is no input topic; those are {}",
                    topics.join(", ")
                )));
            };
            if question.at.iter().any(|(known, _)| *known == index) {
                return Err(Failure::Usage(format!("--at: {topic} is named twice")));
            }
            if *question.partition.get_or_insert(*partition) != *partition {
                return Err(Failure::Usage("--at: all positions must lie on one partition".to_owned()));
            }
            question.at.push((index, *offset));
        }
        Ok(question)
    }

    /// The offset named for an input topic.
    pub fn named(&self, topic: usize) -> Option<i64> {
        self.at.iter().find(|(known, _)| *known == topic).map(|(_, offset)| *offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_fit_the_configuration_and_each_other() {
        let config = Config::from_toml("[topics]\nevents = [\"web\", \"crm\"]\n").unwrap();
        let asked = |at: &[&str]| {
            let at = at.iter().map(|at| at.parse().unwrap()).collect();
            let lead = "default/u-1".parse().unwrap();
            let args = LeadArgs { lead, at, partition: None, json: false, all_features: false, changes: 10 };
            Question::new(&config, &args).map(|question| (question.at, question.partition)).map_err(|f| f.to_string())
        };
        assert_eq!(asked(&[]), Ok((vec![], None)));
        assert_eq!(asked(&["crm:3:7", "web:3:9"]), Ok((vec![(1, 7), (0, 9)], Some(3))));
        for (wrong, why) in [
            (&["mail:3:7"][..], "--at: mail is no input topic; those are web, crm"),
            (&["web:3:7", "web:3:8"], "--at: web is named twice"),
            (&["web:3:7", "crm:4:8"], "--at: all positions must lie on one partition"),
        ] {
            assert_eq!(asked(wrong), Err(why.to_owned()));
        }
    }
}
