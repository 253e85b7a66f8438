//! Probes and transcodes media with libav, holding no database.
