//! The setting `auth.opaque_setup`: under it the passwords of all accounts are kept.

use passwords::OpaqueServer;
use runtime::Secret;

/// Reads the setting.
pub(crate) fn opaque_server(setup: &Secret) -> anyhow::Result<OpaqueServer> {
    anyhow::ensure!(
        !setup.is_empty(),
        "auth.opaque_setup is empty, so nobody could sign in; `syncwatch up` makes one and keeps it"
    );
    OpaqueServer::new(setup).map_err(|error| {
        let what = format!("auth.opaque_setup {error}");
        error.context(what)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setup_that_is_missing_or_malformed_is_named() {
        for (setup, what) in
            [("", "is empty"), ("§", "is not base64"), ("YWJj", "is not an OPAQUE server setup")]
        {
            let error = format!("{:#}", opaque_server(&Secret::new(setup)).err().unwrap());
            assert!(error.contains("auth.opaque_setup") && error.contains(what), "{error}");
        }
    }
}
