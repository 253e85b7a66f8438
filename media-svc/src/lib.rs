//! What can be played: sources checked and resolved, and the data plane that serves media bytes.
