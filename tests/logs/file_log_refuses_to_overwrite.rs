//! Results of an earlier run are not touched.

use crate::file_support::*;
use needle::log::Remedy;
use needle::log::file::{RESULT_FILES, Results};

#[test]
fn an_existing_result_is_named_and_left_as_it_is() {
    for name in RESULT_FILES {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), name, b"precious\n");
        let error = Results::create(dir.path(), Box::new(letter)).err().unwrap();
        assert_eq!(error.remedy, Remedy::Crash);
        assert!(error.cause.contains(name) && error.cause.contains("exists"), "{error}");
        assert_eq!(std::fs::read(dir.path().join(name)).unwrap(), b"precious\n");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "no other result was begun");
    }
}
