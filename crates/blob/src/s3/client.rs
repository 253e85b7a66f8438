//! The client of the S3 API: rustls with ring, deadlines, and a bounded number of retries.

use std::time::Duration;

use aws_sdk_s3::{
    Client,
    config::{
        BehaviorVersion, Config as ClientConfig, Credentials, Region, RequestChecksumCalculation,
        ResponseChecksumValidation, StalledStreamProtectionConfig, retry::RetryConfig,
        timeout::TimeoutConfig,
    },
};
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, rustls_provider::CryptoMode},
};

use crate::Config;

/// Attempts for each request, the first one included.
pub(super) const ATTEMPTS: u32 = 4;
/// Delay before the first retry. It doubles with each.
const FIRST_BACKOFF: Duration = Duration::from_millis(100);
const MAX_BACKOFF: Duration = Duration::from_secs(3);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Deadline of one attempt, until the head of the answer: enough for a part at 2 Mbit/s.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(40);
/// The same for the end of a multipart upload, which takes the store longer the more parts there are.
const COMPLETION_TIMEOUT: Duration = Duration::from_mins(3);
/// A body that brings no byte for this long counts as broken. Time in which nobody reads does not count.
const STALL: Duration = Duration::from_secs(15);

/// Makes the client of a store.
pub(super) fn new(config: &Config) -> Client {
    let http = Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
    let key = (config.s3_access_key.expose(), config.s3_secret_key.expose());
    let mut builder = ClientConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(http)
        .region(Region::new(config.s3_region.clone()))
        .credentials_provider(Credentials::new(key.0, key.1, None, None, "settings"))
        .force_path_style(config.s3_path_style)
        .retry_config(
            RetryConfig::standard()
                .with_max_attempts(ATTEMPTS)
                .with_initial_backoff(FIRST_BACKOFF)
                .with_max_backoff(MAX_BACKOFF),
        )
        .timeout_config(timeouts(ATTEMPT_TIMEOUT))
        .stalled_stream_protection(StalledStreamProtectionConfig::enabled().grace_period(STALL).build())
        // Stores that know no checksums refuse a request that has or wants one.
        .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
        .response_checksum_validation(ResponseChecksumValidation::WhenRequired);
    if !config.s3_endpoint.is_empty() {
        builder = builder.endpoint_url(&config.s3_endpoint);
    }
    Client::from_conf(builder.build())
}

/// The same client, which also computes the checksums that its writes name.
pub(super) fn summing(client: &Client) -> Client {
    let config = client.config().to_builder();
    Client::from_conf(config.request_checksum_calculation(RequestChecksumCalculation::WhenSupported).build())
}

/// The same client for another address of the store.
pub(super) fn at(client: &Client, endpoint: &str) -> Client {
    Client::from_conf(client.config().to_builder().endpoint_url(endpoint).build())
}

/// Overrides the deadline for the end of a multipart upload.
pub(super) fn patient() -> aws_sdk_s3::config::Builder {
    ClientConfig::builder().timeout_config(timeouts(COMPLETION_TIMEOUT))
}

fn timeouts(attempt: Duration) -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(attempt)
        .operation_timeout(attempt * 2 + MAX_BACKOFF * ATTEMPTS)
        .build()
}
