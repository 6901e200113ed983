//! LightGBM itself, through its C interface: what our trees are held to.

use std::ffi::{CStr, CString, c_int, c_void};
use std::marker::PhantomData;
use std::ptr::null_mut;

use lightgbm3_sys as sys;

/// Rows to learn from, one after another.
#[derive(Clone, Copy)]
pub struct Data<'a> {
    pub rows: &'a [f64],
    /// Values of a row.
    pub width: usize,
    /// One a row.
    pub labels: &'a [f32],
    /// Sizes of the groups that rows form, for ranking; elsewhere empty.
    pub groups: &'a [i32],
    /// One a value of a row, or empty: LightGBM then calls them `Column_0` and so on.
    pub names: &'a [&'a str],
}

/// What a prediction holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What the model predicts, a value for each class.
    Normal,
    /// The sum of the trees, a value for each class.
    Raw,
    /// The leaf of each tree.
    Leaf,
    /// Contributions of each value, then the base; so for each class.
    Contrib,
}

/// A model of LightGBM's.
pub struct Booster {
    handle: sys::BoosterHandle,
    /// A trained model keeps looking at its data.
    _dataset: Option<Dataset>,
}

struct Dataset(sys::DatasetHandle);

/// `LGBM_BoosterPredictForMatSingleRowFast`: how LightGBM's fastest users score one row.
pub struct Fast<'a> {
    config: sys::FastConfigHandle,
    width: usize,
    values: usize,
    booster: PhantomData<&'a Booster>,
}

impl Booster {
    /// Trains for so many rounds. `parameters` are as LightGBM writes them: `objective=binary num_leaves=31
    /// categorical_feature=0,3`. The same call gives the same model.
    pub fn train(data: Data<'_>, parameters: &str, rounds: usize) -> Self {
        let parameters = text(&format!("verbosity=-1 num_threads=1 deterministic=true seed=7 {parameters}"));
        let dataset = Dataset::new(data, &parameters);
        let mut handle = null_mut();
        // SAFETY: the data set lives as long as the booster, and the string outlives the call.
        checked(unsafe { sys::LGBM_BoosterCreate(dataset.0, parameters.as_ptr(), &mut handle) });
        let booster = Self { handle, _dataset: Some(dataset) };
        let mut is_finished = 0;
        for _ in 0..rounds {
            // SAFETY: the handle is alive.
            checked(unsafe { sys::LGBM_BoosterUpdateOneIter(booster.handle, &mut is_finished) });
            if is_finished == 1 {
                break;
            }
        }
        booster
    }

    /// Loads a text model.
    ///
    /// # Panics
    /// Where LightGBM refuses it. It trusts a file: one that is broken on purpose may do worse.
    pub fn from_text(model: &str) -> Self {
        let (model, mut rounds, mut handle) = (text(model), 0, null_mut());
        // SAFETY: the string outlives the call.
        checked(unsafe { sys::LGBM_BoosterLoadModelFromString(model.as_ptr(), &mut rounds, &mut handle) });
        Self { handle, _dataset: None }
    }

    /// The model as LightGBM writes it to a file.
    pub fn to_text(&self) -> String {
        let mut bytes = vec![0_u8; 1 << 16];
        loop {
            let mut length = 0;
            // SAFETY: at most as many bytes are written as the buffer has.
            checked(unsafe {
                let (room, start) = (bytes.len() as i64, bytes.as_mut_ptr().cast());
                sys::LGBM_BoosterSaveModelToString(self.handle, 0, -1, 0, room, &mut length, start)
            });
            let fits = length as usize <= bytes.len();
            // The end is a zero.
            bytes.resize(length as usize, 0);
            if fits {
                bytes.pop();
                return String::from_utf8(bytes).unwrap();
            }
        }
    }

    /// Predicts for rows of `width` values each.
    pub fn predict(&self, kind: Kind, rows: &[f64], width: usize) -> Vec<f64> {
        let count = (rows.len() / width) as c_int;
        assert_eq!(count as usize * width, rows.len(), "whole rows");
        let mut out = vec![f64::NAN; self.values(kind, count)];
        let mut length = 0;
        // SAFETY: there are `count` rows of `width` values, and room for what LightGBM says that it will write.
        checked(unsafe {
            sys::LGBM_BoosterPredictForMat(
                self.handle,
                rows.as_ptr().cast(),
                sys::C_API_DTYPE_FLOAT64 as c_int,
                count,
                width as c_int,
                1,
                kind.code(),
                0,
                -1,
                c"num_threads=1".as_ptr(),
                &mut length,
                out.as_mut_ptr(),
            )
        });
        assert_eq!(length as usize, out.len());
        out
    }

    /// Makes ready to predict row by row.
    pub fn fast(&self, kind: Kind, width: usize) -> Fast<'_> {
        let mut config = null_mut();
        let double = sys::C_API_DTYPE_FLOAT64 as c_int;
        // SAFETY: the handle is alive for as long as the result borrows it.
        checked(unsafe {
            sys::LGBM_BoosterPredictForMatSingleRowFastInit(
                self.handle,
                kind.code(),
                0,
                -1,
                double,
                width as i32,
                c"num_threads=1".as_ptr(),
                &mut config,
            )
        });
        Fast { config, width, values: self.values(kind, 1), booster: PhantomData }
    }

    /// Values that a prediction for so many rows has.
    fn values(&self, kind: Kind, rows: c_int) -> usize {
        let mut length = 0;
        // SAFETY: the handle is alive.
        checked(unsafe { sys::LGBM_BoosterCalcNumPredict(self.handle, rows, kind.code(), 0, -1, &mut length) });
        length as usize
    }
}

impl Drop for Booster {
    fn drop(&mut self) {
        // SAFETY: nobody else has the handle.
        unsafe { sys::LGBM_BoosterFree(self.handle) };
    }
}

impl Fast<'_> {
    /// Values that a prediction has.
    pub fn values(&self) -> usize {
        self.values
    }

    /// Predicts for one row, into the beginning of `out`.
    pub fn predict(&mut self, row: &[f64], out: &mut [f64]) {
        assert!(row.len() == self.width && out.len() >= self.values);
        let mut length = 0;
        // SAFETY: the row has as many values as was said, and there is room for the prediction.
        checked(unsafe {
            let (row, out) = (row.as_ptr().cast(), out.as_mut_ptr());
            sys::LGBM_BoosterPredictForMatSingleRowFast(self.config, row, &mut length, out)
        });
    }
}

impl Drop for Fast<'_> {
    fn drop(&mut self) {
        // SAFETY: nobody else has the handle.
        unsafe { sys::LGBM_FastConfigFree(self.config) };
    }
}

impl Dataset {
    fn new(data: Data<'_>, parameters: &CStr) -> Self {
        assert_eq!(data.labels.len() * data.width, data.rows.len(), "a label for each row");
        let mut handle = null_mut();
        // SAFETY: there are as many rows of `width` values as labels.
        checked(unsafe {
            sys::LGBM_DatasetCreateFromMat(
                data.rows.as_ptr().cast(),
                sys::C_API_DTYPE_FLOAT64 as c_int,
                data.labels.len() as i32,
                data.width as i32,
                1,
                parameters.as_ptr(),
                null_mut(),
                &mut handle,
            )
        });
        let dataset = Self(handle);
        dataset.set(c"label", data.labels, sys::C_API_DTYPE_FLOAT32);
        if !data.groups.is_empty() {
            dataset.set(c"group", data.groups, sys::C_API_DTYPE_INT32);
        }
        if !data.names.is_empty() {
            dataset.name(data.names);
        }
        dataset
    }

    fn set<T>(&self, field: &CStr, values: &[T], kind: u32) {
        let (start, count) = (values.as_ptr().cast::<c_void>(), values.len() as c_int);
        // SAFETY: `kind` is that of `values`, and all of it is copied.
        checked(unsafe { sys::LGBM_DatasetSetField(self.0, field.as_ptr(), start, count, kind as c_int) });
    }

    fn name(&self, names: &[&str]) {
        let names: Vec<CString> = names.iter().map(|name| text(name)).collect();
        let mut starts: Vec<_> = names.iter().map(|name| name.as_ptr()).collect();
        // SAFETY: the strings outlive the call.
        checked(unsafe { sys::LGBM_DatasetSetFeatureNames(self.0, starts.as_mut_ptr(), starts.len() as c_int) });
    }
}

impl Drop for Dataset {
    fn drop(&mut self) {
        // SAFETY: nobody else has the handle; a booster drops it after itself.
        unsafe { sys::LGBM_DatasetFree(self.0) };
    }
}

impl Kind {
    fn code(self) -> c_int {
        let code = match self {
            Self::Normal => sys::C_API_PREDICT_NORMAL,
            Self::Raw => sys::C_API_PREDICT_RAW_SCORE,
            Self::Leaf => sys::C_API_PREDICT_LEAF_INDEX,
            Self::Contrib => sys::C_API_PREDICT_CONTRIB,
        };
        code as c_int
    }
}

fn text(text: &str) -> CString {
    CString::new(text).unwrap()
}

/// LightGBM's word for what went wrong.
#[track_caller]
fn checked(result: c_int) {
    if result != 0 {
        // SAFETY: the message is a string of LightGBM's that lives on this thread until its next error.
        let why = unsafe { CStr::from_ptr(sys::LGBM_GetLastError()) };
        panic!("LightGBM: {}", why.to_string_lossy());
    }
}
