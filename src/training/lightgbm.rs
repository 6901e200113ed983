//! LightGBM through its C interface: binned data, boosting, and the text of a model. The only file of training with `unsafe`.
//!
//! Rows are handed over a block at a time, so that no second copy of a matrix is ever made. Bins come of the sample of rows that
//! LightGBM itself would draw, so a model here is the model of its command line.

use std::ffi::{CStr, CString, NulError, c_int, c_void};
use std::marker::PhantomData;
use std::ptr::null_mut;
use std::sync::{Mutex, PoisonError};

use lightgbm3_sys as sys;
use tracing::span::EnteredSpan;

/// Target of the spans in which LightGBM works, so that whoever asks where a training's time goes can tell.
pub const SPANS: &str = "lightgbm";

/// Rows in a block.
const BLOCK: usize = 4096;

/// What LightGBM refused, in its own words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("LightGBM: {0}")]
pub struct Refused(String);

/// Rows to learn from, written on demand.
pub struct Source<'a> {
    /// Names of a row's values.
    pub names: &'a [&'a str],
    /// Writes the values of row `index` into a slice that is as long as `names`.
    pub write: &'a dyn Fn(usize, &mut [f64]),
    /// 0 or 1, one a row.
    pub labels: &'a [f32],
    /// One a row.
    pub weights: &'a [f32],
}

/// Rows in bins. Never changed once made.
pub struct Dataset(sys::DatasetHandle);

/// A model being trained on data that it borrows.
pub struct Booster<'a> {
    handle: sys::BoosterHandle,
    data: PhantomData<&'a Dataset>,
}

/// How many threads LightGBM may use in this process; below 1: every core.
static LIMIT: Mutex<c_int> = Mutex::new(-1);

/// From now on LightGBM uses at most so many threads in this process.
pub fn limit_threads(threads: usize) -> Result<(), Refused> {
    let mut limit = LIMIT.lock().unwrap_or_else(PoisonError::into_inner);
    *limit = small(threads.max(1))?;
    set_threads(*limit)
}

/// Runs what sums over rows: on one thread, or the last digits would hang on how many there are.
fn on_one_thread<T>(sum: impl FnOnce() -> Result<T, Refused>) -> Result<T, Refused> {
    let limit = LIMIT.lock().unwrap_or_else(PoisonError::into_inner);
    set_threads(1)?;
    let done = sum();
    set_threads(*limit)?;
    done
}

fn set_threads(threads: c_int) -> Result<(), Refused> {
    // SAFETY: it sets a number that is read when threads are next asked for.
    checked(unsafe { sys::LGBM_SetMaxThreads(threads) })
}

impl Dataset {
    /// Bins rows to train on. `parameters` are as LightGBM writes them, and must hold whatever concerns bins.
    pub fn new(source: &Source<'_>, parameters: &str) -> Result<Self, Refused> {
        let parameters = text(parameters)?;
        let mut handle = null_mut();
        let count = small(source.labels.len())?;
        let sample = sample(count, &parameters)?;
        let mut columns = Columns::of(source, &sample)?;
        let (mut values, mut places, counts) = columns.raw()?;
        let working = working("bins");
        // SAFETY: each of `values` and `places` points to as many entries as `counts` says, and all outlive the call, which copies.
        checked(unsafe {
            sys::LGBM_DatasetCreateFromSampledColumn(
                values.as_mut_ptr(),
                places.as_mut_ptr(),
                counts.len() as i32,
                counts.as_ptr(),
                sample.len() as i32,
                count,
                i64::from(count),
                parameters.as_ptr(),
                &mut handle,
            )
        })?;
        let dataset = Self(handle);
        drop((columns, working));
        dataset.fill(source)?;
        dataset.name(source.names)?;
        Ok(dataset)
    }

    /// Bins rows to validate on, in the bins of `self`.
    pub fn beside(&self, source: &Source<'_>) -> Result<Self, Refused> {
        let mut handle = null_mut();
        let count = i64::from(small(source.labels.len())?);
        // SAFETY: the reference is alive, and only read.
        checked(unsafe { sys::LGBM_DatasetCreateByReference(self.0, count, &mut handle) })?;
        let dataset = Self(handle);
        dataset.fill(source)?;
        Ok(dataset)
    }

    fn fill(&self, source: &Source<'_>) -> Result<(), Refused> {
        let width = source.names.len();
        let mut block = vec![0.0; BLOCK * width];
        for start in (0..source.labels.len()).step_by(BLOCK) {
            let rows = BLOCK.min(source.labels.len() - start);
            for (offset, row) in block.chunks_exact_mut(width).take(rows).enumerate() {
                (source.write)(start + offset, row);
            }
            let _working = working("rows");
            let (values, double) = (block.as_ptr().cast(), sys::C_API_DTYPE_FLOAT64 as c_int);
            // SAFETY: the block holds `rows` rows of `width` values, and they are copied. The data set was made for as many rows.
            checked(unsafe {
                sys::LGBM_DatasetPushRows(self.0, values, double, rows as i32, width as i32, start as i32)
            })?;
        }
        self.set(c"label", source.labels)?;
        self.set(c"weight", source.weights)
    }

    fn set(&self, field: &CStr, values: &[f32]) -> Result<(), Refused> {
        let (start, count) = (values.as_ptr().cast::<c_void>(), small(values.len())?);
        // SAFETY: `start` points to `count` floats, and all of them are copied.
        checked(unsafe {
            sys::LGBM_DatasetSetField(self.0, field.as_ptr(), start, count, sys::C_API_DTYPE_FLOAT32 as c_int)
        })
    }

    fn name(&self, names: &[&str]) -> Result<(), Refused> {
        let names = names.iter().map(|name| text(name)).collect::<Result<Vec<_>, _>>()?;
        let mut starts: Vec<_> = names.iter().map(|name| name.as_ptr()).collect();
        // SAFETY: the strings outlive the call, which copies them.
        checked(unsafe { sys::LGBM_DatasetSetFeatureNames(self.0, starts.as_mut_ptr(), starts.len() as c_int) })
    }
}

impl Drop for Dataset {
    fn drop(&mut self) {
        // SAFETY: nobody else has the handle; boosters borrow it, so they are gone.
        unsafe { sys::LGBM_DatasetFree(self.0) };
    }
}

impl<'a> Booster<'a> {
    /// Begins to train. What `parameters` say of bins must be what the data set was made with.
    pub fn new(data: &'a Dataset, parameters: &str) -> Result<Self, Refused> {
        let parameters = text(parameters)?;
        let mut handle = null_mut();
        let _working = working("begin");
        // SAFETY: the data set is borrowed for as long as the booster lives, and the string outlives the call.
        checked(unsafe { sys::LGBM_BoosterCreate(data.0, parameters.as_ptr(), &mut handle) })?;
        Ok(Self { handle, data: PhantomData })
    }

    /// Has [`Booster::losses`] tell of these rows as well.
    pub fn validate(&mut self, data: &'a Dataset) -> Result<(), Refused> {
        // SAFETY: as in `new`.
        checked(unsafe { sys::LGBM_BoosterAddValidData(self.handle, data.0) })
    }

    /// One more round. False where nothing is left to be learned.
    pub fn round(&mut self) -> Result<bool, Refused> {
        let _working = working("round");
        let mut is_finished = 0;
        // SAFETY: the handle is alive.
        checked(unsafe { sys::LGBM_BoosterUpdateOneIter(self.handle, &mut is_finished) })?;
        Ok(is_finished == 0)
    }

    /// The metric of the parameters (one of them), on the training rows (0) or on those of the first [`Booster::validate`] (1).
    pub fn loss(&self, of: usize) -> Result<f64, Refused> {
        let (mut length, mut metrics) = (0, 0);
        let mut loss = [f64::NAN; 8];
        // SAFETY: the handle is alive.
        checked(unsafe { sys::LGBM_BoosterGetEvalCounts(self.handle, &mut metrics) })?;
        if metrics < 1 || metrics as usize > loss.len() {
            return Err(Refused(format!("{metrics} metrics where one is wanted")));
        }
        on_one_thread(|| {
            let _working = working("loss");
            // SAFETY: there is room for as many values as there are metrics.
            checked(unsafe { sys::LGBM_BoosterGetEval(self.handle, of as c_int, &mut length, loss.as_mut_ptr()) })
        })?;
        if length < 1 { Err(Refused("no metric".to_owned())) } else { Ok(loss[0]) }
    }

    /// The first `rounds` rounds, as LightGBM writes them to a file.
    pub fn to_text(&self, rounds: usize) -> Result<String, Refused> {
        let mut bytes = vec![0_u8; 1 << 16];
        loop {
            let mut length = 0;
            // SAFETY: at most as many bytes are written as the buffer has.
            checked(unsafe {
                let (room, start) = (bytes.len() as i64, bytes.as_mut_ptr().cast());
                let split_importance = sys::C_API_FEATURE_IMPORTANCE_SPLIT as c_int;
                let rounds = rounds as c_int;
                sys::LGBM_BoosterSaveModelToString(self.handle, 0, rounds, split_importance, room, &mut length, start)
            })?;
            let fits = length as usize <= bytes.len();
            // The end is a zero.
            bytes.resize(length.max(1) as usize, 0);
            if fits {
                bytes.pop();
                return String::from_utf8(bytes).map_err(|error| Refused(error.to_string()));
            }
        }
    }
}

impl Drop for Booster<'_> {
    fn drop(&mut self) {
        // SAFETY: nobody else has the handle.
        unsafe { sys::LGBM_BoosterFree(self.handle) };
    }
}

/// What is not 0 in some rows, column by column: what bins are made of.
struct Columns {
    values: Vec<Vec<f64>>,
    /// Places among the rows of the sample.
    places: Vec<Vec<c_int>>,
}

/// Starts and lengths of columns.
type Raw = (Vec<*mut f64>, Vec<*mut c_int>, Vec<c_int>);

impl Columns {
    fn of(source: &Source<'_>, sample: &[i32]) -> Result<Self, Refused> {
        let width = source.names.len();
        let mut columns = Self { values: vec![Vec::new(); width], places: vec![Vec::new(); width] };
        let mut row = vec![0.0; width];
        for (place, &index) in sample.iter().enumerate() {
            (source.write)(index as usize, &mut row);
            for (column, &value) in row.iter().enumerate() {
                // LightGBM's own test: what is nearer to 0 than this float is 0.
                if value.abs() > f64::from(1e-35_f32) || value.is_nan() {
                    columns.values[column].push(value);
                    columns.places[column].push(small(place)?);
                }
            }
        }
        Ok(columns)
    }

    fn raw(&mut self) -> Result<Raw, Refused> {
        let counts = self.values.iter().map(|values| small(values.len())).collect::<Result<_, _>>()?;
        let values = self.values.iter_mut().map(|values| values.as_mut_ptr()).collect();
        let places = self.places.iter_mut().map(|places| places.as_mut_ptr()).collect();
        Ok((values, places, counts))
    }
}

/// Rows that LightGBM would make bins of.
fn sample(count: i32, parameters: &CStr) -> Result<Vec<i32>, Refused> {
    let (mut room, mut length) = (0, 0);
    // SAFETY: the string outlives the call.
    checked(unsafe { sys::LGBM_GetSampleCount(count, parameters.as_ptr(), &mut room) })?;
    let mut sample = vec![0_i32; room.max(0) as usize];
    // SAFETY: there is room for what LightGBM said that it would write.
    checked(unsafe {
        sys::LGBM_SampleIndices(count, parameters.as_ptr(), sample.as_mut_ptr().cast::<c_void>(), &mut length)
    })?;
    sample.truncate(length.max(0) as usize);
    Ok(sample)
}

/// While it lives, LightGBM works.
fn working(at: &'static str) -> EnteredSpan {
    tracing::trace_span!(target: SPANS, "lightgbm", at).entered()
}

fn small(count: usize) -> Result<i32, Refused> {
    i32::try_from(count).map_err(|_| Refused(format!("{count} are more than it takes")))
}

fn text(text: &str) -> Result<CString, Refused> {
    CString::new(text).map_err(|error: NulError| Refused(error.to_string()))
}

fn checked(result: c_int) -> Result<(), Refused> {
    if result == 0 {
        return Ok(());
    }
    // SAFETY: the message is a string of LightGBM's that lives on this thread until its next error.
    let message = unsafe { sys::LGBM_GetLastError() };
    if message.is_null() {
        return Err(Refused("it does not say why".to_owned()));
    }
    // SAFETY: as above; it is not null.
    Err(Refused(unsafe { CStr::from_ptr(message) }.to_string_lossy().into_owned()))
}
