//! The seam through which tests make calls fail.

use std::sync::{Arc, Mutex, PoisonError};

use crate::log::{Input, LogError};

/// A call of the log to its broker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Call {
    /// `init_transactions`, when the log is made.
    Init,
    Poll,
    Committed,
    Own,
    Resume,
    Pause,
    Release,
    Seek,
    Bounds,
    TopicId,
    /// Making a reader.
    Reader,
    /// A poll of a reader.
    Read,
    Begin,
    Produce,
    /// First half of `commit`: positions are pending in the transaction.
    SendOffsets,
    /// Second half of `commit`.
    Commit,
    Abort,
    Leave,
}

/// What becomes of a call.
#[derive(Debug)]
pub enum Fault {
    None,
    /// Fails without having had an effect.
    Before(LogError),
    /// Has its effect, and fails: the acknowledgement is lost. A call that only reads has nothing to lose and fails as
    /// with `Before`. A lost `Produce` must not ask for a retry: Kafka's producer numbers its records so that a retry is
    /// recognised, this one does not.
    After(LogError),
    /// Fails now, and has its effect so many milliseconds later, if it may then: nobody knows how it ends. Only what ends a transaction
    /// can; any other call fails as with `Before`.
    Later(LogError, i64),
    /// Succeeds, but the end of the transaction reaches its partitions and positions one by one, each so many milliseconds later (the
    /// list is gone through again and again): positions may be seen before the outputs, or after them. Only what ends a transaction
    /// can; any other call just succeeds.
    Scattered(Vec<i64>),
}

/// Decides about every call of one log and of its readers, in order.
pub trait Faults: Send {
    fn at(&mut self, call: Call) -> Fault;

    /// Which partitions a poll serves, in which order, and how many records of each at most.
    fn serve(&mut self, _: &mut Vec<(Input, usize)>) {}
}

/// Nothing ever fails.
pub struct NoFaults;

impl Faults for NoFaults {
    fn at(&mut self, _: Call) -> Fault {
        Fault::None
    }
}

/// The faults that a log shares with its readers.
#[derive(Clone)]
pub(super) struct Shared(Arc<Mutex<dyn Faults>>);

impl Shared {
    pub fn new(faults: impl Faults + 'static) -> Shared {
        Shared(Arc::new(Mutex::new(faults)))
    }

    pub fn at(&self, call: Call) -> Fault {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).at(call)
    }

    pub fn serve(&self, inputs: &mut Vec<(Input, usize)>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).serve(inputs);
    }

    /// Before a call that only reads.
    pub fn reading(&self, call: Call) -> Result<(), LogError> {
        match self.at(call) {
            Fault::None | Fault::Scattered(_) => Ok(()),
            Fault::Before(error) | Fault::After(error) | Fault::Later(error, _) => Err(error),
        }
    }

    /// Around a call that has an effect.
    pub fn around<T>(&self, call: Call, act: impl FnOnce() -> Result<T, LogError>) -> Result<T, LogError> {
        match self.at(call) {
            Fault::None | Fault::Scattered(_) => act(),
            Fault::Before(error) | Fault::Later(error, _) => Err(error),
            Fault::After(error) => act().and(Err(error)),
        }
    }
}
