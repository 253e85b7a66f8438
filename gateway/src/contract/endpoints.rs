//! The HTTP side of the contract: which method and path stand for which RPC, from `google.api.http`.

use anyhow::{Context as _, bail, ensure};
use http::Method;
use prost_reflect::{DescriptorPool, FieldDescriptor, Kind, MessageDescriptor, MethodDescriptor};
use proto::{
    common::v1::Access,
    google::api::{HttpRule, http_rule::Pattern},
};

use super::access_of;

/// One method and path, and the RPC behind it.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint {
    pub(crate) rpc: MethodDescriptor,
    pub(crate) method: Method,
    /// As axum's router takes it, which is also how OpenAPI writes it: `/api/rooms/{room}`.
    pub(crate) path: String,
    /// The fields that the path names.
    pub(crate) parameters: Vec<FieldDescriptor>,
    /// Whether the body is the request. Otherwise the query is.
    pub(crate) has_body: bool,
    /// Largest body, where the contract sets one.
    pub(crate) max_body_bytes: Option<usize>,
}

/// Every endpoint of a contract, in its order. An annotation that this gateway does not understand is an error at the
/// start, not a missing route.
pub(super) fn all(pool: &DescriptorPool) -> anyhow::Result<Vec<Endpoint>> {
    let http = pool.get_extension_by_name("google.api.http").context("the contract lacks google.api.http")?;
    let mut all = Vec::new();
    for rpc in pool.services().flat_map(|service| service.methods().collect::<Vec<_>>()) {
        let options = rpc.options();
        if !options.has_extension(&http) {
            continue;
        }
        let rule: HttpRule = options
            .get_extension(&http)
            .as_message()
            .context("google.api.http is no message")?
            .transcode_to()
            .with_context(|| format!("the HTTP rule of {}", rpc.full_name()))?;
        // The gateway calls as a service of the installation, so that its word on addresses counts; nobody outside may
        // reach an INTERNAL method that way.
        ensure!(access_of(&rpc) != Access::Internal, "{} is INTERNAL and has an HTTP rule", rpc.full_name());
        for rule in std::iter::once(&rule).chain(&rule.additional_bindings) {
            all.push(endpoint(&rpc, rule).with_context(|| format!("the HTTP rule of {}", rpc.full_name()))?);
        }
    }
    Ok(all)
}

fn endpoint(rpc: &MethodDescriptor, rule: &HttpRule) -> anyhow::Result<Endpoint> {
    ensure!(
        !rpc.is_client_streaming() && !rpc.is_server_streaming(),
        "only unary RPCs can be called over HTTP"
    );
    let (method, path) = match rule.pattern.as_ref().context("no method and path")? {
        Pattern::Get(path) => (Method::GET, path),
        Pattern::Put(path) => (Method::PUT, path),
        Pattern::Post(path) => (Method::POST, path),
        Pattern::Delete(path) => (Method::DELETE, path),
        Pattern::Patch(path) => (Method::PATCH, path),
    };
    let has_body = match rule.body.as_str() {
        "" => false,
        "*" => true,
        other => bail!("body: {other:?} is not known here; use \"*\" or none"),
    };
    Ok(Endpoint {
        rpc: rpc.clone(),
        method,
        path: path.clone(),
        parameters: parameters(&rpc.input(), path)?,
        has_body,
        max_body_bytes: max_body_bytes(rpc),
    })
}

fn max_body_bytes(rpc: &MethodDescriptor) -> Option<usize> {
    let option = rpc.parent_pool().get_extension_by_name("syncwatch.common.v1.max_body_bytes")?;
    let bytes = rpc.options().get_extension(&option).as_i32()?;
    usize::try_from(bytes).ok().filter(|bytes| *bytes > 0)
}

fn parameters(input: &MessageDescriptor, path: &str) -> anyhow::Result<Vec<FieldDescriptor>> {
    let segments = path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'));
    let fields = segments.map(|name| {
        let field = input
            .get_field_by_name(name)
            .with_context(|| format!("{{{name}}} is no field of {}", input.full_name()))?;
        ensure!(
            !field.is_list() && !field.is_map() && !matches!(field.kind(), Kind::Message(_)),
            "{{{name}}} is no plain value"
        );
        Ok(field)
    });
    let fields: Vec<_> = fields.collect::<anyhow::Result<_>>()?;
    ensure!(
        path.matches(['{', '}']).count() == 2 * fields.len(),
        "{path} has a variable that is not a whole segment"
    );
    Ok(fields)
}
