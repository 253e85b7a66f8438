//! Names of hosts.

/// Whether a host is this domain or one below it: `www.example.org` is within `example.org`, `notexample.org` is not.
pub(crate) fn is_within(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_matches_itself_and_its_subdomains() {
        assert!(is_within("example.org", "example.org") && is_within("a.b.example.org", "example.org"));
        assert!(!is_within("notexample.org", "example.org") && !is_within("example.org.evil", "example.org"));
    }
}
