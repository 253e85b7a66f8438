//! The methods of the contract, by path.

use std::{collections::HashMap, sync::LazyLock};

use proto::common::v1::Access;

use super::series::Series;

/// A method of the contract.
pub(super) struct Method {
    /// From the options of the contract.
    pub(super) access: Access,
    pub(super) series: Series,
}

/// By path: `/package.Service/Method`. A method without an access level is left out.
static METHODS: LazyLock<HashMap<String, Method>> = LazyLock::new(|| {
    let extension = proto::POOL.get_extension_by_name("syncwatch.common.v1.access");
    let methods = proto::POOL.services().flat_map(|service| service.methods().collect::<Vec<_>>());
    methods
        .filter_map(|method| {
            let value = method.options().get_extension(extension.as_ref()?).as_enum_number()?;
            let access = Access::try_from(value).ok().filter(|access| *access != Access::Unspecified)?;
            let service = method.parent_service().full_name().to_owned();
            let path = format!("/{service}/{}", method.name());
            Some((path, Method { access, series: Series::new(&service, method.name()) }))
        })
        .collect()
});

/// The series of everything that the contract does not name, so that callers cannot make series.
static UNKNOWN: LazyLock<Series> = LazyLock::new(|| Series::new("unknown", "unknown"));

pub(super) fn find(path: &str) -> Option<&'static Method> {
    METHODS.get(path)
}

/// The series of a method.
pub(super) fn series(method: Option<&'static Method>) -> &'static Series {
    method.map_or(&*UNKNOWN, |method| &method.series)
}

/// The methods of a service of the contract that have no access level; a service with any does not start.
pub(crate) fn methods_without_access(service: &str) -> Vec<String> {
    let service = proto::POOL.get_service_by_name(service);
    let methods = service.iter().flat_map(prost_reflect::ServiceDescriptor::methods);
    methods
        .map(|method| format!("/{}/{}", method.parent_service().full_name(), method.name()))
        .filter(|path| !METHODS.contains_key(path))
        .collect()
}
