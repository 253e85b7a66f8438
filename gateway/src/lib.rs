//! HTTP and WebSocket in front of the services, translated from the descriptors.
