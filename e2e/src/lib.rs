//! Black-box tests of the running system.
