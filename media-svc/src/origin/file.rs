//! Reads a small file as a whole.

use fetch::Want;
use rpc::Context;
use url::Url;

use super::Origin;
use crate::error::Result;

impl Origin {
    /// The first `limit` bytes of a file, by the same rules as for films: permitted addresses only, a few at once.
    pub(crate) async fn file(&self, context: &Context, link: &Url, limit: usize) -> Result<Vec<u8>> {
        let _place = self.place(context, link)?;
        let reading = async {
            let response = self.client.get(link, Want::default()).await?;
            if response.status().is_success() {
                response.first_bytes(limit).await
            } else {
                Err(fetch::Error::refused(link, response.status()))
            }
        };
        let read = tokio::time::timeout(self.timeout, reading).await;
        Ok(read.map_err(|_| fetch::Error::late(link))??)
    }
}
