//! Load generator and the figures it prints.
