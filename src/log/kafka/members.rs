//! Who works on which partitions, as the group's coordinator has it.

use std::time::Duration;

use rdkafka::consumer::{BaseConsumer, Consumer};
use serde::Serialize;

use super::context::Context;
use super::errors::classify;
use crate::log::LogError;

/// A member of the group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Member {
    /// Where it connects from, as the brokers see it.
    pub host: String,
    /// What it works on, ascending.
    pub partitions: Vec<i32>,
}

/// The group's members, and their partitions of `topic`. Empty where the group's protocol does not tell (the newer one of Kafka 4).
pub fn members(
    probe: &BaseConsumer<Context>,
    group: &str,
    topic: &str,
    wait: Duration,
) -> Result<Vec<Member>, LogError> {
    let groups = probe.fetch_group_list(Some(group), wait);
    let groups = groups.map_err(|error| classify("asking for the members of the group", &error))?;
    let members = groups.groups().iter().flat_map(|group| group.members());
    let member = |member: &rdkafka::groups::GroupMemberInfo| {
        let mut partitions = partitions(member.assignment()?, topic)?;
        partitions.sort_unstable();
        Some(Member { host: member.client_host().trim_start_matches('/').to_owned(), partitions })
    };
    Ok(members.filter_map(member).collect())
}

/// The partitions of a topic in an assignment of the consumer protocol: version i16, topics `[name, [partition i32]]`, user data. `None`
/// where it is cut short.
fn partitions(assignment: &[u8], topic: &str) -> Option<Vec<i32>> {
    let mut rest = assignment.get(2..)?;
    let mut of_topic = Vec::new();
    for _ in 0..int(&mut rest)? {
        let (length, after) = rest.split_at_checked(2)?;
        let length = usize::try_from(i16::from_be_bytes(length.try_into().ok()?)).ok()?;
        let (name, after) = after.split_at_checked(length)?;
        rest = after;
        for _ in 0..int(&mut rest)? {
            let partition = int(&mut rest)?;
            if name == topic.as_bytes() {
                of_topic.push(partition);
            }
        }
    }
    Some(of_topic)
}

fn int(bytes: &mut &[u8]) -> Option<i32> {
    let (int, after) = bytes.split_at_checked(4)?;
    *bytes = after;
    Some(i32::from_be_bytes(int.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_assignment_is_read_or_is_none() {
        let mut bytes = vec![0, 0];
        let topics: [(&str, &[i32]); 2] = [("web", &[0, 3]), ("crm", &[1])];
        bytes.extend(2i32.to_be_bytes());
        for (name, list) in topics {
            bytes.extend((name.len() as i16).to_be_bytes());
            bytes.extend(name.as_bytes());
            bytes.extend((list.len() as i32).to_be_bytes());
            list.iter().for_each(|partition| bytes.extend(partition.to_be_bytes()));
        }
        assert_eq!(partitions(&bytes, "web"), Some(vec![0, 3]));
        assert_eq!(partitions(&bytes, "crm"), Some(vec![1]));
        assert_eq!(partitions(&bytes, "mail"), Some(vec![]));
        for end in 0..bytes.len() {
            assert_eq!(partitions(&bytes[..end], "web"), None, "{end}");
        }
    }
}
