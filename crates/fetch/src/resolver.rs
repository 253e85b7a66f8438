//! Resolves names, to permitted addresses only. The client connects to the addresses that this returns and resolves nothing
//! itself, so a name cannot mean one address when it is checked and another when it is used (DNS rebinding).

use std::{error::Error, net::SocketAddr, sync::Arc};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::Reach;

/// Resolves names all of whose addresses are permitted.
#[derive(Clone)]
pub(crate) struct PublicNames(pub(crate) Arc<Reach>);

/// Why a name does not resolve to a permitted address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("the name leads into a private network")]
    Private,
    #[error("the name does not resolve")]
    Unknown,
}

impl Refusal {
    /// Finds the refusal that made a request fail.
    pub(crate) fn of(error: &(dyn Error + 'static)) -> Option<Self> {
        let mut cause = Some(error);
        while let Some(error) = cause {
            if let Some(refusal) = error.downcast_ref::<Self>() {
                return Some(*refusal);
            }
            cause = error.source();
        }
        None
    }
}

impl Resolve for PublicNames {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0.clone();
        Box::pin(async move {
            // The client sets the port.
            let addresses: Vec<_> =
                tokio::net::lookup_host((name.as_str(), 0)).await.map_err(|_| Refusal::Unknown)?.collect();
            Ok(permitted(&reach, addresses)?)
        })
    }
}

/// One private address among public ones refuses the name: the client chooses which address it tries.
fn permitted(reach: &Reach, addresses: Vec<SocketAddr>) -> Result<Addrs, Refusal> {
    match addresses.iter().find(|address| !reach.permits(address.ip())) {
        Some(address) => {
            tracing::info!(address = %address.ip(), "refused a link into a private network");
            Err(Refusal::Private)
        }
        None if addresses.is_empty() => Err(Refusal::Unknown),
        None => Ok(Box::new(addresses.into_iter())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_private_address_refuses_the_name() {
        let reach = Reach::new(&[]).unwrap();
        let addresses =
            |texts: &[&str]| texts.iter().map(|text| SocketAddr::new(text.parse().unwrap(), 0)).collect();
        assert_eq!(permitted(&reach, addresses(&["8.8.8.8", "2606:4700::1"])).unwrap().count(), 2);
        for texts in [&["8.8.8.8", "10.0.0.1"][..], &["127.0.0.1"], &["2606:4700::1", "fd00::1"]] {
            assert_eq!(permitted(&reach, addresses(texts)).err(), Some(Refusal::Private), "{texts:?}");
        }
        assert_eq!(permitted(&reach, Vec::new()).err(), Some(Refusal::Unknown));
    }
}
