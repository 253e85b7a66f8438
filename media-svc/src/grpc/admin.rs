//! The administrator's view of uploads.

use chrono::{DateTime, Utc};
use prost_types::Timestamp;
use proto::media::v1::{self as wire, media_admin_service_server::MediaAdminService};
use tonic::{Request, Response};

use super::{Grpc, uploads::told};
use crate::domain::ListedTask;

#[tonic::async_trait]
impl MediaAdminService for Grpc {
    async fn list_tasks(
        &self,
        request: Request<wire::ListTasksRequest>,
    ) -> rpc::Result<Response<wire::ListTasksResponse>> {
        let queued = self.0.list_tasks(request.get_ref()).await?;
        let workers = queued.workers.into_iter().map(|worker| wire::WorkerInfo {
            name: worker.name,
            active: worker.active,
            slots: worker.slots,
            seen_at: Some(timestamp(worker.seen_at)),
        });
        Ok(Response::new(wire::ListTasksResponse {
            tasks: queued.tasks.into_iter().map(task).collect(),
            waiting: count(queued.counts.waiting),
            running: count(queued.counts.running),
            failed: count(queued.counts.failed),
            workers: workers.collect(),
        }))
    }

    async fn retry_upload(
        &self,
        request: Request<wire::RetryUploadRequest>,
    ) -> rpc::Result<Response<wire::RetryUploadResponse>> {
        let upload = self.0.retry_upload(&request.get_ref().upload_id).await?;
        Ok(Response::new(wire::RetryUploadResponse { upload: Some(told(upload)) }))
    }

    async fn repair_upload(
        &self,
        request: Request<wire::RepairUploadRequest>,
    ) -> rpc::Result<Response<wire::RepairUploadResponse>> {
        let repaired = self.0.repair_upload(&request.get_ref().upload_id).await?;
        let number = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
        Ok(Response::new(wire::RepairUploadResponse {
            expected: number(repaired.expected),
            missing: number(repaired.missing),
        }))
    }

    async fn get_storage(
        &self,
        _: Request<wire::GetStorageRequest>,
    ) -> rpc::Result<Response<wire::GetStorageResponse>> {
        let storage = self.0.storage().await?;
        let owners = storage.owners.into_iter().map(|owner| wire::OwnerStorage {
            owner_id: owner.id,
            used_bytes: owner.used_bytes,
            uploads: count(owner.uploads),
        });
        Ok(Response::new(wire::GetStorageResponse {
            original_bytes: storage.original_bytes,
            prepared_bytes: storage.prepared_bytes,
            uploads: count(storage.uploads),
            owners: owners.collect(),
        }))
    }
}

fn task(task: ListedTask) -> wire::TaskInfo {
    wire::TaskInfo {
        id: task.id.to_string(),
        kind: task.kind,
        state: task.state.into(),
        upload_id: task.upload.to_string(),
        filename: task.filename,
        percent: task.percent,
        speed: task.speed,
        attempt: task.attempt,
        worker: task.worker,
        message: task.message,
        log: task.log,
        created_at: Some(timestamp(task.created_at)),
        changed_at: Some(timestamp(task.changed_at)),
        first: task.first,
        end: task.end,
        urgent: task.urgent,
    }
}

fn timestamp(at: DateTime<Utc>) -> Timestamp {
    Timestamp {
        seconds: at.timestamp(),
        nanos: i32::try_from(at.timestamp_subsec_nanos()).unwrap_or_default(),
    }
}

fn count(number: i64) -> i32 {
    number.try_into().unwrap_or(i32::MAX)
}
