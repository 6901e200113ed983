//! The calls of librdkafka that the safe wrapper has not, or has only with a price: the sole `unsafe` code.
//!
//! - producing by topic handle, with headers of any bytes (the wrapper looks the topic up by name and allocates a C string a header);
//! - headers of a consumed message without the wrapper's panic on a name that is no UTF-8;
//! - ids of topics, which the wrapper does not ask for;
//! - committing and aborting directly (the wrapper flushes first, in steps of 100 ms).

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::marker::PhantomData;
use std::ptr;
use std::time::Duration;

use rdkafka::bindings as c;
use rdkafka::client::Client;
use rdkafka::message::BorrowedMessage;
use rdkafka::producer::{Producer, ThreadedProducer};

use super::context::Context;
use crate::log::Output;
use crate::wire::record::Headers;

/// The producer of a lane.
pub type LaneProducer = ThreadedProducer<Context>;

/// What librdkafka says of a failed transactional call.
#[derive(Debug, Clone)]
pub struct CallError {
    pub code: c::rd_kafka_resp_err_t,
    pub text: String,
    pub fatal: bool,
    pub retriable: bool,
    pub requires_abort: bool,
}

/// A topic to produce to, looked up once. Must not outlive its producer: keep both in one struct, the topic first.
pub struct TopicHandle(*mut c::rd_kafka_topic_t);

// SAFETY: librdkafka's topic objects are reference-counted and locked inside; any thread may use them.
unsafe impl Send for TopicHandle {}

impl TopicHandle {
    /// `None` where the name cannot be a topic's or librdkafka refuses it.
    pub fn new(producer: &LaneProducer, name: &str) -> Option<Self> {
        let name = CString::new(name).ok()?;
        // SAFETY: the client is alive, the name is NUL-terminated, and a null configuration stands for the default one.
        let handle = unsafe { c::rd_kafka_topic_new(producer.client().native_ptr(), name.as_ptr(), ptr::null_mut()) };
        (!handle.is_null()).then_some(Self(handle))
    }
}

impl Drop for TopicHandle {
    fn drop(&mut self) {
        // SAFETY: made by `rd_kafka_topic_new` and destroyed once.
        unsafe { c::rd_kafka_topic_destroy(self.0) }
    }
}

/// Hands one record to librdkafka, which copies key, value and headers.
pub fn produce(producer: &LaneProducer, topic: &TopicHandle, output: &Output<'_>) -> Result<(), CallError> {
    use c::rd_kafka_vtype_t as v;
    let headers = native_headers(output.headers);
    let mem = |bytes: Option<&[u8]>| c::rd_kafka_vu_s__bindgen_ty_1__bindgen_ty_1 {
        ptr: bytes.map_or(ptr::null_mut(), |bytes| bytes.as_ptr() as *mut c_void),
        size: bytes.map_or(0, <[u8]>::len),
    };
    let flags = c::RD_KAFKA_MSG_F_COPY as c_int;
    let arguments = [
        c::rd_kafka_vu_t { vtype: v::RD_KAFKA_VTYPE_RKT, u: c::rd_kafka_vu_s__bindgen_ty_1 { rkt: topic.0 } },
        c::rd_kafka_vu_t {
            vtype: v::RD_KAFKA_VTYPE_PARTITION,
            u: c::rd_kafka_vu_s__bindgen_ty_1 { i32_: output.partition },
        },
        c::rd_kafka_vu_t { vtype: v::RD_KAFKA_VTYPE_MSGFLAGS, u: c::rd_kafka_vu_s__bindgen_ty_1 { i: flags } },
        c::rd_kafka_vu_t { vtype: v::RD_KAFKA_VTYPE_KEY, u: c::rd_kafka_vu_s__bindgen_ty_1 { mem: mem(output.key) } },
        c::rd_kafka_vu_t {
            vtype: v::RD_KAFKA_VTYPE_VALUE,
            u: c::rd_kafka_vu_s__bindgen_ty_1 { mem: mem(output.value) },
        },
        c::rd_kafka_vu_t { vtype: v::RD_KAFKA_VTYPE_HEADERS, u: c::rd_kafka_vu_s__bindgen_ty_1 { headers } },
    ];
    // SAFETY: each argument's union field is the one that its type names; key and value are only read during the call
    // (MSG_F_COPY); the headers become librdkafka's where the call succeeds.
    let error = unsafe { c::rd_kafka_produceva(producer.client().native_ptr(), arguments.as_ptr(), arguments.len()) };
    let result = take(error);
    if result.is_err() {
        // SAFETY: a failed call leaves the headers with the caller.
        unsafe { c::rd_kafka_headers_destroy(headers) };
    }
    result
}

fn native_headers(headers: &dyn Headers) -> *mut c::rd_kafka_headers_t {
    // SAFETY: the list is made here, and every name and value is copied into it with its length.
    unsafe {
        let list = c::rd_kafka_headers_new(headers.len());
        for index in 0..headers.len() {
            let (name, value) = headers.get(index);
            let (data, len) = value.map_or((ptr::null(), 0), |value| (value.as_ptr().cast(), value.len()));
            c::rd_kafka_header_add(list, name.as_ptr().cast::<c_char>(), name.len() as isize, data, len as isize);
        }
        list
    }
}

/// `rd_kafka_commit_transaction`: waits for deliveries itself.
pub fn commit_transaction(producer: &LaneProducer, timeout: Duration) -> Result<(), CallError> {
    // SAFETY: the client is alive as long as the reference.
    take(unsafe { c::rd_kafka_commit_transaction(producer.client().native_ptr(), timeout.as_millis() as c_int) })
}

/// `rd_kafka_abort_transaction`: purges what is queued.
pub fn abort_transaction(producer: &LaneProducer, timeout: Duration) -> Result<(), CallError> {
    // SAFETY: the client is alive as long as the reference.
    take(unsafe { c::rd_kafka_abort_transaction(producer.client().native_ptr(), timeout.as_millis() as c_int) })
}

/// The id of a topic, a UUID. `None`: the brokers are too old to give any.
pub fn topic_id(
    client: &Client<Context>,
    topic: &str,
    timeout: Duration,
) -> Result<Option<u128>, c::rd_kafka_resp_err_t> {
    use c::rd_kafka_resp_err_t as e;
    let Ok(name) = CString::new(topic) else { return Err(e::RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION) };
    let client = client.native_ptr();
    let timeout_ms = timeout.as_millis() as c_int;
    // SAFETY: the client is alive as long as the reference. What is made here is destroyed by its own function when this
    // function ends; the name is copied. The descriptions are the answer's, and are read while it lives.
    unsafe {
        let queue = Owned(c::rd_kafka_queue_new(client), c::rd_kafka_queue_destroy);
        let topics = c::rd_kafka_TopicCollection_of_topic_names([name.as_ptr()].as_mut_ptr(), 1);
        let topics = Owned(topics, c::rd_kafka_TopicCollection_destroy);
        let kind = c::rd_kafka_admin_op_t::RD_KAFKA_ADMIN_OP_DESCRIBETOPICS;
        let options = Owned(c::rd_kafka_AdminOptions_new(client, kind), c::rd_kafka_AdminOptions_destroy);
        let set = c::rd_kafka_AdminOptions_set_request_timeout(options.0, timeout_ms, ptr::null_mut(), 0);
        succeeded(set)?;
        c::rd_kafka_DescribeTopics(client, topics.0, options.0, queue.0);
        // The request has the same time-out, and says so itself; a little later, so that it can.
        let answer = c::rd_kafka_queue_poll(queue.0, timeout_ms.saturating_add(timeout_ms));
        if answer.is_null() {
            return Err(e::RD_KAFKA_RESP_ERR__TIMED_OUT);
        }
        let answer = Owned(answer, c::rd_kafka_event_destroy);
        succeeded(c::rd_kafka_event_error(answer.0))?;
        let mut count = 0;
        let descriptions =
            c::rd_kafka_DescribeTopics_result_topics(c::rd_kafka_event_DescribeTopics_result(answer.0), &mut count);
        if count == 0 || (*descriptions).is_null() {
            return Err(e::RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART);
        }
        // Null is no error, to this function too.
        succeeded(c::rd_kafka_error_code(c::rd_kafka_TopicDescription_error(*descriptions)))?;
        let id = c::rd_kafka_TopicDescription_topic_id(*descriptions);
        let half = |bits: i64| u128::from(bits as u64);
        let high = half(c::rd_kafka_Uuid_most_significant_bits(id));
        let id = high << 64 | half(c::rd_kafka_Uuid_least_significant_bits(id));
        Ok((id != 0).then_some(id))
    }
}

fn succeeded(code: c::rd_kafka_resp_err_t) -> Result<(), c::rd_kafka_resp_err_t> {
    if code == c::rd_kafka_resp_err_t::RD_KAFKA_RESP_ERR_NO_ERROR { Ok(()) } else { Err(code) }
}

/// An object of librdkafka, and the function that destroys it.
struct Owned<T>(*mut T, unsafe extern "C" fn(*mut T));

impl<T> Drop for Owned<T> {
    fn drop(&mut self) {
        // SAFETY: only whoever made the object builds this, and it is destroyed once.
        unsafe { (self.1)(self.0) }
    }
}

/// Reads an error object and destroys it; null is success.
fn take(error: *mut c::rd_kafka_error_t) -> Result<(), CallError> {
    if error.is_null() {
        return Ok(());
    }
    // SAFETY: a non-null error is ours; its text lives as long as it, and is copied before it is destroyed.
    unsafe {
        let error_read = CallError {
            code: c::rd_kafka_error_code(error),
            text: CStr::from_ptr(c::rd_kafka_error_string(error)).to_string_lossy().into_owned(),
            fatal: c::rd_kafka_error_is_fatal(error) != 0,
            retriable: c::rd_kafka_error_is_retriable(error) != 0,
            requires_abort: c::rd_kafka_error_txn_requires_abort(error) != 0,
        };
        c::rd_kafka_error_destroy(error);
        Err(error_read)
    }
}

/// Headers of a consumed message, read out of librdkafka's memory.
pub struct MessageHeaders<'a> {
    list: *mut c::rd_kafka_headers_t,
    len: usize,
    _message: PhantomData<&'a ()>,
}

impl<'a> MessageHeaders<'a> {
    pub fn of(message: &'a BorrowedMessage<'_>) -> Self {
        let mut list = ptr::null_mut();
        // SAFETY: the message is alive for 'a and owns the list; without headers the call fails and the list stays null.
        let len = unsafe {
            match c::rd_kafka_message_headers(message.ptr(), &mut list) {
                c::rd_kafka_resp_err_t::RD_KAFKA_RESP_ERR_NO_ERROR => c::rd_kafka_header_cnt(list),
                _ => 0,
            }
        };
        Self { list, len, _message: PhantomData }
    }
}

impl Headers for MessageHeaders<'_> {
    fn len(&self) -> usize {
        self.len
    }

    fn get(&self, index: usize) -> (&[u8], Option<&[u8]>) {
        let (mut name, mut value, mut size) = (ptr::null(), ptr::null(), 0);
        // SAFETY: `list` lives as long as the message; name and value point into it, the name is NUL-terminated.
        unsafe {
            match c::rd_kafka_header_get_all(self.list, index, &mut name, &mut value, &mut size) {
                c::rd_kafka_resp_err_t::RD_KAFKA_RESP_ERR_NO_ERROR => {
                    let value = (!value.is_null()).then(|| std::slice::from_raw_parts(value.cast::<u8>(), size));
                    (CStr::from_ptr(name).to_bytes(), value)
                }
                _ => (b"", None),
            }
        }
    }
}
