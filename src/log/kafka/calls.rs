//! The lane's calls, as librdkafka's.

use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rdkafka::Offset;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::message::Message;
use rdkafka::producer::Producer;
use rdkafka::types::RDKafkaErrorCode as Code;

use super::context::Context;
use super::errors::{classify, crash, of_call};
use super::reader::KafkaReader;
use super::{ASK_AGAIN_AFTER, CALL_TIMEOUT, KafkaLog, TRANSACTION_TIMEOUT, ffi, push, settings};
use crate::log::{Batch, Bounds, Change, Input, Log, LogError, Output, Position, Remedy, Stream};

impl Log for KafkaLog {
    type Reader = KafkaReader;

    fn poll(&mut self, batch: &mut Batch, max: usize, wait: Duration) -> Result<Option<Change>, LogError> {
        batch.clear();
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        if let Some(change) = self.change.take() {
            return Ok(Some(change));
        }
        let mut wait = wait;
        while batch.len() < max {
            let polled = self.consumer.poll(wait);
            if let Some(rebalance) = self.context.next_rebalance() {
                let change = self.change_of(rebalance);
                if batch.is_empty() {
                    return Ok(Some(change));
                }
                self.change = Some(change);
                break;
            }
            match polled {
                None => break,
                Some(Ok(message)) => {
                    self.context.brokers_answer();
                    let topic = self.config.topics.events.iter().position(|topic| topic == message.topic());
                    let Some(topic) = topic else { continue };
                    let input = Input { topic, partition: message.partition() };
                    push(batch, input, &self.config.topics.events[topic], &message);
                }
                Some(Err(error)) => {
                    if let Err(error) = self.consumer_error(error) {
                        if batch.is_empty() {
                            return Err(error);
                        }
                        // What is fetched already is not fetched again.
                        self.failure = Some(error);
                        break;
                    }
                }
            }
            wait = Duration::ZERO;
        }
        Ok(None)
    }

    fn committed(&mut self, inputs: &[Input], wait: Duration) -> Result<Vec<Option<Position>>, LogError> {
        const DOING: &str = "asking for committed positions";
        let asked = self.list(inputs.iter().map(|input| (*input, Offset::Invalid)))?;
        let told = self.consumer.committed_offsets(asked, wait).map_err(|error| classify(DOING, &error))?;
        self.context.brokers_answer();
        let position = |input: &Input| {
            let element = told.find_partition(&self.config.topics.events[input.topic], input.partition);
            let element = element.ok_or_else(|| crash(DOING, "a partition is missing from the answer"))?;
            element.error().map_err(|error| classify(DOING, &error))?;
            Ok(match element.offset() {
                Offset::Offset(offset) => Some(Position { offset, note: element.metadata().to_owned() }),
                _ => None,
            })
        };
        inputs.iter().map(position).collect()
    }

    fn own(&mut self, starts: &[(Input, i64)]) -> Result<(), LogError> {
        const DOING: &str = "taking partitions over";
        let list = self.list(starts.iter().map(|(input, offset)| (*input, Offset::Offset(*offset))))?;
        let assigned =
            if self.cooperative() { self.consumer.incremental_assign(&list) } else { self.consumer.assign(&list) };
        assigned.and_then(|()| self.consumer.pause(&list)).map_err(|error| classify(DOING, &error))
    }

    fn resume(&mut self, input: Input) -> Result<(), LogError> {
        let list = self.list([(input, Offset::Invalid)])?;
        self.consumer.resume(&list).map_err(|error| classify("resuming a partition", &error))
    }

    fn pause(&mut self, input: Input) -> Result<(), LogError> {
        let list = self.list([(input, Offset::Invalid)])?;
        self.consumer.pause(&list).map_err(|error| classify("pausing a partition", &error))
    }

    fn release(&mut self, inputs: &[Input]) -> Result<(), LogError> {
        self.unsought.retain(|input, _| !inputs.contains(input));
        let list = self.list(inputs.iter().map(|input| (*input, Offset::Invalid)))?;
        let released =
            if self.cooperative() { self.consumer.incremental_unassign(&list) } else { self.consumer.unassign() };
        released.map_err(|error| classify("giving partitions up", &error))
    }

    fn seek(&mut self, input: Input, offset: i64) -> Result<(), LogError> {
        const DOING: &str = "seeking";
        let list = self.list([(input, Offset::Offset(offset))])?;
        let sought = self.consumer.seek_partitions(list, CALL_TIMEOUT);
        let sought = sought.and_then(|list| list.elements().iter().try_for_each(|element| element.error()));
        let Err(error) = sought else {
            self.unsought.remove(&input);
            return Ok(());
        };
        let mut error = match error.rdkafka_error_code() {
            // The assignment has not reached the fetcher yet, or an error has stopped the fetcher for good.
            Some(Code::State) => LogError { remedy: Remedy::Retry, doing: DOING, cause: error.to_string() },
            _ => classify(DOING, &error),
        };
        if error.remedy == Remedy::Retry {
            std::thread::sleep(ASK_AGAIN_AFTER);
            if self.unsought.entry(input).or_insert_with(Instant::now).elapsed() > TRANSACTION_TIMEOUT {
                // While it is sought nothing is polled, so that nobody would hear why: a new consumer begins anew.
                error.remedy = Remedy::Rejoin;
            }
        }
        Err(error)
    }

    fn end(&self, input: Input) -> Option<i64> {
        self.context.end(&self.config.topics.events[input.topic], input.partition)
    }

    fn bounds(&mut self, stream: Stream, partition: i32) -> Result<Bounds, LogError> {
        const DOING: &str = "asking for a partition's bounds";
        // Its own client, because the end without regard to open transactions is told to `read_uncommitted` alone.
        let mut probe = settings::probe(&self.config);
        probe.set("isolation.level", "read_uncommitted");
        let probe: BaseConsumer<Context> =
            probe.create_with_context(self.context.clone()).map_err(|error| crash(DOING, error.to_string()))?;
        let (low, high) = probe
            .fetch_watermarks(self.topic(stream), partition, CALL_TIMEOUT)
            .map_err(|error| classify(DOING, &error))?;
        Ok(Bounds { low, high })
    }

    fn topic_id(&mut self, stream: Stream) -> Result<String, LogError> {
        if let Some(id) = self.ids.get(&stream) {
            return Ok(id.clone());
        }
        let told = ffi::topic_id(&self.producer, self.topic(stream), CALL_TIMEOUT);
        let told = told
            .map_err(|code| classify("asking for the id of a topic", &KafkaError::MetadataFetch(Code::from(code))))?;
        self.context.brokers_answer();
        // As Kafka's own tools write it.
        let id = told.map(|id| URL_SAFE_NO_PAD.encode(id.to_be_bytes())).unwrap_or_default();
        self.ids.insert(stream, id.clone());
        Ok(id)
    }

    fn reader(&mut self, stream: Stream, partition: i32, from: i64, to: i64) -> Result<KafkaReader, LogError> {
        let consumer = match &self.restore {
            Some(idle) if Arc::strong_count(idle) == 1 => idle.clone(),
            _ => {
                let consumer = settings::reader(&self.config)
                    .set("enable.partition.eof", "true")
                    // The end of a partition is told after a fetch that found nothing has waited this long.
                    .set("fetch.wait.max.ms", "10")
                    .create_with_context(self.context.clone())
                    .map_err(|error| crash("creating a Kafka client", error.to_string()))?;
                self.restore.insert(Arc::new(consumer)).clone()
            }
        };
        KafkaReader::new(consumer, self.context.clone(), (self.topic(stream), partition), from, to)
    }

    fn begin(&mut self) -> Result<(), LogError> {
        self.positions_added = false;
        self.producer.begin_transaction().map_err(|error| classify("beginning a transaction", &error))
    }

    fn produce(&mut self, output: Output<'_>) -> Result<(), LogError> {
        const DOING: &str = "producing";
        let topic = match output.stream {
            Stream::ScoreChanges => &self.outputs.score_changes,
            Stream::ScoreJumps => &self.outputs.score_jumps,
            Stream::DeadLetters => &self.outputs.dead_letters,
            Stream::Events(_) => return Err(crash(DOING, "events are read, never written")),
        };
        let given_up = Instant::now() + TRANSACTION_TIMEOUT;
        loop {
            match ffi::produce(&self.producer, topic, &output) {
                Ok(()) => return Ok(()),
                Err(error) if Code::from(error.code) == Code::QueueFull && Instant::now() < given_up => {
                    // Back-pressure: the queue empties as fast as the brokers take it.
                    self.producer.poll(Duration::from_millis(10));
                }
                Err(error) if Code::from(error.code) == Code::MessageSizeTooLarge => {
                    let cause = format!("{} (see message.max.bytes under [kafka.producer])", error.text);
                    return Err(crash(DOING, cause));
                }
                Err(error) if matches!(Code::from(error.code), Code::UnknownPartition | Code::UnknownTopic) => {
                    let (to, partition) = (self.topic(output.stream), output.partition);
                    let cause =
                        format!("{to}-{partition} does not exist; an output has as many partitions as the input");
                    return Err(crash(DOING, cause));
                }
                Err(error) if Code::from(error.code) == Code::QueueFull => {
                    return Err(LogError { remedy: Remedy::Abort, doing: DOING, cause: error.text });
                }
                Err(error) => return Err(of_call(DOING, &error)),
            }
        }
    }

    fn commit(&mut self, positions: &[(Input, Position)]) -> Result<(), LogError> {
        let result = self.add_positions(positions).and_then(|()| {
            tracing::trace!("committing");
            ffi::commit_transaction(&self.producer, TRANSACTION_TIMEOUT).map_err(|error| {
                match self.context.undeliverable() {
                    // Undone and tried again it would fail again.
                    Some(record) => crash("committing a transaction", record),
                    None => of_call("committing a transaction", &error),
                }
            })
        });
        match &result {
            Ok(()) => self.context.brokers_answer(),
            Err(error) if error.remedy == Remedy::Retry => std::thread::sleep(ASK_AGAIN_AFTER),
            Err(_) => {}
        }
        result
    }

    fn abort(&mut self) -> Result<(), LogError> {
        let result = ffi::abort_transaction(&self.producer, TRANSACTION_TIMEOUT)
            .map_err(|error| of_call("aborting a transaction", &error));
        if result.as_ref().is_err_and(|error| error.remedy == Remedy::Retry) {
            std::thread::sleep(ASK_AGAIN_AFTER);
        }
        result
    }

    fn leave(&mut self) -> Result<(), LogError> {
        self.consumer.unassign().map_err(|error| classify("leaving the group", &error))
    }
}
