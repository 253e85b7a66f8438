//! The conversation of one socket, and of several.

mod closing;
mod commands;
mod frames;
mod observations;
mod opening;
