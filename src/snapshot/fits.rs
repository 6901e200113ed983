//! Whether an entry is one that a partition may go on from.

use super::entry::Entry;
use super::head::Reach;
use super::keeper::{Wanted, WantedInput};
use super::passed_over::Reason;

/// Inputs that the entry does not know yet, because they were configured later, do not matter.
pub(super) fn fits(entry: &Entry, application: &str, wanted: &Wanted) -> Result<(), Reason> {
    if (entry.application.as_str(), entry.partition) != (application, wanted.partition) {
        let say = |application: &str, partition| format!("partition {partition} of the application `{application}`");
        let (expected, found) = (say(application, wanted.partition), say(&entry.application, entry.partition));
        return Err(Reason::OtherPartition { expected, found });
    }
    entry.reach.iter().try_for_each(|reach| input_fits(reach, &wanted.inputs))?;
    let (its, ours) = (&entry.said.topic, &wanted.score_changes);
    if its.name != ours.name {
        return Err(Reason::OtherOutput { expected: ours.name.clone(), found: its.name.clone() });
    }
    if its.id != ours.id {
        return Err(other_topic(&its.name, &ours.id, &its.id));
    }
    Ok(())
}

fn input_fits(reach: &Reach, inputs: &[WantedInput]) -> Result<(), Reason> {
    let topic = &reach.topic;
    let Some(input) = inputs.iter().find(|input| input.topic.name == topic.name) else {
        let configured: Vec<_> = inputs.iter().map(|input| format!("`{}`", input.topic.name)).collect();
        return Err(Reason::UnknownTopic { name: topic.name.clone(), configured: configured.join(", ") });
    };
    if input.topic.id != topic.id {
        return Err(other_topic(&topic.name, &input.topic.id, &topic.id));
    }
    if reach.to > input.committed {
        let (committed, found) = (input.committed, reach.to);
        return Err(Reason::BeyondCommitted { topic: topic.name.clone(), committed, found });
    }
    match input.from {
        Some(expected) if expected != reach.from => {
            Err(Reason::OtherBeginning { topic: topic.name.clone(), expected, found: reach.from })
        }
        _ => Ok(()),
    }
}

fn other_topic(name: &str, expected: &str, found: &str) -> Reason {
    let say = |id: &str| if id.is_empty() { "(none)".to_owned() } else { id.to_owned() };
    Reason::OtherTopic { name: name.to_owned(), expected: say(expected), found: say(found) }
}
