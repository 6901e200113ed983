//! Clients with needle's own settings, on a fixed share of the partitions: groups and rebalances are not what is measured.

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::{Offset, TopicPartitionList};

use needle::config::Config;
use needle::log::kafka::settings;

use crate::backlog::PARTITIONS;
use crate::ffi::{LaneProducer, TopicHandle};

/// A lane's contiguous share of the partitions.
pub fn share(config: &Config, lane: usize) -> std::ops::Range<i32> {
    let at = |lane: usize| (lane * PARTITIONS / config.service.lanes) as i32;
    at(lane)..at(lane + 1)
}

/// Positions of a lane's partitions, all at `offset`.
pub fn positions(config: &Config, lane: usize, offset: Offset) -> TopicPartitionList {
    let mut list = TopicPartitionList::new();
    for partition in share(config, lane) {
        list.add_partition_offset(&config.topics.events[0], partition, offset).expect("a position");
    }
    list
}

/// A member of no group that may commit positions for one.
pub fn consumer(config: &Config, lane: usize) -> BaseConsumer {
    let mut client = settings::consumer(config, lane, PARTITIONS as i32);
    client.remove("group.instance.id");
    let consumer: BaseConsumer = client.create().expect("a consumer");
    consumer.assign(&positions(config, lane, Offset::Offset(0))).expect("an assignment");
    consumer
}

/// Topic handles go before the producer that they belong to.
pub struct Outputs {
    pub score_changes: TopicHandle,
    pub score_jumps: TopicHandle,
    pub dead_letters: TopicHandle,
    pub producer: LaneProducer,
}

impl Outputs {
    pub fn new(config: &Config, producer: LaneProducer) -> Self {
        let handle = |topic: &str| TopicHandle::new(&producer, topic).expect("a topic");
        let topics = &config.topics;
        let (score_changes, score_jumps) = (handle(&topics.score_changes), handle(&topics.score_jumps));
        Self { score_changes, score_jumps, dead_letters: handle(&topics.dead_letters), producer }
    }
}
