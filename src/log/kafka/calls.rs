//! The lane's calls, as librdkafka's.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rdkafka::Offset;
use rdkafka::consumer::Consumer;
use rdkafka::message::Message;
use rdkafka::producer::Producer;
use rdkafka::types::RDKafkaErrorCode as Code;

use super::asking;
use super::errors::{classify, crash, of_call};
use super::reader::KafkaReader;
use super::{ASK_AGAIN_AFTER, CALL_TIMEOUT, KafkaLog, TRANSACTION_TIMEOUT, WAKING, ffi, push};
use crate::log::{Batch, Bounds, Change, Input, Log, LogError, Output, Position, Remedy, Source, Stream};

impl Source for KafkaLog {
    type Reader = KafkaReader;

    fn committed(&mut self, inputs: &[Input], wait: Duration) -> Result<Vec<Option<Position>>, LogError> {
        let positions = asking::committed(&self.consumer, &self.config.topics, inputs, wait)?;
        self.context.brokers_answer();
        Ok(positions)
    }

    fn bounds(&mut self, stream: Stream, partition: i32) -> Result<Bounds, LogError> {
        let probe = match &mut self.probe {
            Some(probe) => probe,
            none => none.insert(asking::probe(&self.config, &self.context)?),
        };
        // Its errors are told by the context; nothing else comes, and they must not pile up.
        while probe.poll(Duration::ZERO).is_some() {}
        asking::bounds(probe, asking::topic(&self.config.topics, stream), partition)
    }

    fn topic_id(&mut self, stream: Stream) -> Result<String, LogError> {
        if let Some(id) = self.ids.get(&stream) {
            return Ok(id.clone());
        }
        let id = asking::topic_id(self.producer.client(), self.topic(stream))?;
        self.context.brokers_answer();
        self.ids.insert(stream, id.clone());
        Ok(id)
    }

    fn reader(&mut self, stream: Stream, partition: i32, from: i64, to: i64) -> Result<KafkaReader, LogError> {
        let consumer = match &self.restore {
            Some(idle) if Arc::strong_count(idle) == 1 => idle.clone(),
            _ => self.restore.insert(Arc::new(asking::reading(&self.config, &self.context)?)).clone(),
        };
        KafkaReader::new(consumer, self.context.clone(), (self.topic(stream), partition), from, to)
    }
}

impl Log for KafkaLog {
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
                    let Some(input) = self.input(message.topic(), message.partition()) else { continue };
                    push(batch, input, &self.config.topics.events[input.topic], &message);
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

    fn own(&mut self, starts: &[(Input, i64)]) -> Result<(), LogError> {
        const DOING: &str = "taking partitions over";
        if let Some(error) = self.outgrown(starts) {
            return Err(error);
        }
        let first = self.first_fetches(starts);
        let list = self.list(first)?;
        let assigned =
            if self.cooperative() { self.consumer.incremental_assign(&list) } else { self.consumer.assign(&list) };
        assigned.and_then(|()| self.consumer.pause(&list)).map_err(|error| classify(DOING, &error))
    }

    fn resume(&mut self, input: Input) -> Result<(), LogError> {
        if let Some(offset) = self.parked.get(&input) {
            self.seek(input, *offset)?;
        }
        let list = self.list([(input, Offset::Invalid)])?;
        self.consumer.resume(&list).map_err(|error| classify("resuming a partition", &error))?;
        // librdkafka does not tell its fetcher: where nothing else happens, that sleeps on for up to a second. A question to the same broker
        // wakes it, whatever the answer.
        let topic = &self.config.topics.events[input.topic];
        if let Err(error) = self.consumer.fetch_watermarks(topic, input.partition, WAKING) {
            tracing::debug!(partition = input.partition, %error, "the fetcher wakes by itself");
        }
        Ok(())
    }

    fn pause(&mut self, input: Input) -> Result<(), LogError> {
        let list = self.list([(input, Offset::Invalid)])?;
        self.consumer.pause(&list).map_err(|error| classify("pausing a partition", &error))
    }

    fn release(&mut self, inputs: &[Input]) -> Result<(), LogError> {
        self.left_at = self.reached();
        self.unsought.retain(|input, _| !inputs.contains(input));
        self.parked.retain(|input, _| !inputs.contains(input));
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
            self.parked.remove(&input);
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
