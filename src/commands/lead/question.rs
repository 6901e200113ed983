//! What is asked: which lead, and as of which input positions.

use std::str::FromStr;

use super::args::LeadArgs;
use crate::commands::Failure;
use crate::config::Config;

/// `TENANT/LEAD`; a lead may have slashes of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeadName {
    pub tenant: String,
    pub lead: String,
}

impl LeadName {
    /// As the records of score changes are keyed.
    pub fn key(&self) -> Vec<u8> {
        format!("{}/{}", self.tenant, self.lead).into_bytes()
    }
}

impl FromStr for LeadName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('/') {
            Some((tenant, lead)) if !tenant.is_empty() && !lead.is_empty() => {
                Ok(Self { tenant: tenant.to_owned(), lead: lead.to_owned() })
            }
            _ => Err(format!("a tenant and a lead are wanted, as the keys of score changes have them: default/{text}")),
        }
    }
}

/// `TOPIC:PARTITION:OFFSET`: right after that record was taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct At {
    pub topic: String,
    pub partition: i32,
    pub offset: i64,
}

impl FromStr for At {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let at = || {
            // No topic's name has a colon.
            let (rest, offset) = text.rsplit_once(':')?;
            let (topic, partition) = rest.rsplit_once(':')?;
            let (partition, offset) = (partition.parse().ok()?, offset.parse().ok()?);
            let possible = !topic.is_empty() && partition >= 0 && offset >= 0;
            possible.then(|| Self { topic: topic.to_owned(), partition, offset })
        };
        at().ok_or_else(|| "a position is TOPIC:PARTITION:OFFSET, as in events:2:48113".to_owned())
    }
}

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
    fn names_and_positions_are_read() {
        let lead = |text: &str| text.parse::<LeadName>().map(|name| (name.tenant, name.lead)).ok();
        assert_eq!(lead("acme/u-17"), Some(("acme".into(), "u-17".into())));
        assert_eq!(lead("acme/a/b"), Some(("acme".into(), "a/b".into())));
        for wrong in ["", "u-17", "/u-17", "acme/"] {
            assert_eq!(lead(wrong), None, "{wrong}");
        }
        let at = |text: &str| text.parse::<At>().map(|at| (at.topic, at.partition, at.offset)).ok();
        assert_eq!(at("web.events-1:2:48113"), Some(("web.events-1".into(), 2, 48_113)));
        for wrong in ["", "events", "events:2", ":2:3", "events:2:", "events:-1:3", "events:2:-3", "events:2:x"] {
            assert_eq!(at(wrong), None, "{wrong}");
        }
    }

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
