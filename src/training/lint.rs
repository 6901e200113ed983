//! Leakage lint.
