//! The syncwatch command: every service in one process, and the tools to run it.
