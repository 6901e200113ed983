//! What a lane's thread tells of its lane about once a second: gauges, probes, status.

use std::collections::BTreeSet;

use super::post::{Clock, Post};
use crate::lane::shard::InputState;
use crate::lane::{Lane, State};
use crate::log::kafka::KafkaLog;
use crate::log::{Input, Log};
use crate::telemetry::observe::Timed;
use crate::telemetry::status::{InputStatus, PartitionStatus};

/// Gauges and probes. `told` are the partitions that were here the last time.
pub fn tell(post: &Post, lane: &Lane<Timed<KafkaLog>>, clock: Clock, told: &mut BTreeSet<i32>) {
    let m = &post.metrics;
    let now_ms = clock.now_ms();
    let restoring = lane.restoring().map(|(partition, ..)| partition);
    let here = lane.shards().map(|shard| shard.partition).chain(lane.stopped().keys().copied()).chain(restoring);
    let here: BTreeSet<i32> = here.collect();
    told.difference(&here).for_each(|partition| m.forget_partition(*partition));
    for partition in &here {
        let stopped = i64::from(lane.stopped().contains_key(partition));
        m.partition_stopped.with_label_values(&[&partition.to_string()]).set(stopped);
    }
    *told = here;
    post.health.tell(post.lane, lane.state(), lane.stopped());
    post.health.tell_partitions(post.lane, partitions(lane, &post.assembly.config.topics.events, now_ms));
    let number = post.lane.to_string();
    for state in State::ALL {
        m.lane_state.with_label_values(&[number.as_str(), state.name()]).set(i64::from(state == lane.state()));
    }
    m.drift.tell(post.lane, lane.drifts().counted());
    for shard in lane.shards() {
        let partition = shard.partition.to_string();
        m.leads.with_label_values(&[&partition]).set(shard.leads().len() as i64);
        m.state_bytes.with_label_values(&[&partition]).set(shard.leads().state_bytes() as i64);
        m.snapshot_age.with_label_values(&[&partition]).set(shard.snapshots.age_ms(now_ms) / 1000);
        for input in &shard.inputs {
            if let Some(end) = lane.log().end(Input { topic: input.topic, partition: shard.partition }) {
                let topic = &post.assembly.config.topics.events[input.topic];
                m.lag.with_label_values(&[topic, &partition]).set((end - input.committed).max(0));
            }
        }
    }
    for (partition, _, left) in lane.restoring() {
        m.restore_left.with_label_values(&[&partition.to_string()]).set(left as i64);
    }
}

/// All partitions that the lane has, ascending.
fn partitions(lane: &Lane<Timed<KafkaLog>>, topics: &[String], now_ms: i64) -> Vec<PartitionStatus> {
    let here = lane.shards().map(|shard| PartitionStatus {
        partition: shard.partition,
        state: "running".to_owned(),
        leads: shard.leads().len() as u64,
        state_bytes: shard.leads().state_bytes() as u64,
        snapshot_age_seconds: Some(shard.snapshots.age_ms(now_ms) / 1000),
        inputs: shard.inputs.iter().map(|state| input(lane, topics, shard.partition, state)).collect(),
        ..PartitionStatus::default()
    });
    let restoring = lane.restoring().map(|(partition, restored, restore_left)| PartitionStatus {
        partition,
        state: "restoring".to_owned(),
        restored,
        restore_left,
        ..PartitionStatus::default()
    });
    let stopped = lane.stopped().iter().map(|(partition, why)| PartitionStatus {
        partition: *partition,
        state: "stopped".to_owned(),
        why: Some(why.clone()),
        ..PartitionStatus::default()
    });
    let mut partitions: Vec<_> = here.chain(restoring).chain(stopped).collect();
    partitions.sort_by_key(|status| status.partition);
    partitions
}

fn input(lane: &Lane<Timed<KafkaLog>>, topics: &[String], partition: i32, state: &InputState) -> InputStatus {
    let end = lane.log().end(Input { topic: state.topic, partition });
    let lag = end.map(|end| (end - state.committed).max(0));
    InputStatus { topic: topics[state.topic].clone(), committed: state.committed, end, lag }
}
