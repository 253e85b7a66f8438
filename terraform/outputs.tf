output "database_uri" {
  description = "Private address of PostgreSQL with the login of the owner: the file postgres_url of deploy/make-kubernetes-secret.sh."
  value       = module.database.uri
  sensitive   = true
}

output "redis_uri" {
  description = "Private address of Valkey with its login: the file redis_url."
  value       = module.cache.uri
  sensitive   = true
}

output "media_access_key" {
  description = "Access key of the media bucket: the file s3_access_key."
  value       = module.media.access_key
  sensitive   = true
}

output "media_secret_key" {
  description = "Secret of the access key: the file s3_secret_key."
  value       = module.media.secret_key
  sensitive   = true
}

output "media_copy" {
  description = "Bucket, address and access key of the copy of the media; null without one."
  value       = module.media.copy
  sensitive   = true
}

output "turn_ip" {
  description = "Public address of the first TURN server."
  value       = module.turn.addresses["turn1"]
}

output "turn_addresses" {
  description = "Public address of each TURN server."
  value       = module.turn.addresses
}

output "cdn_url" {
  description = "Address of the CDN in front of the media bucket."
  value       = module.media.cdn_url
}

output "cluster_name" {
  description = "Name of the Kubernetes cluster, for `doctl kubernetes cluster kubeconfig save`."
  value       = module.cluster.name
}

output "helm_values" {
  description = "Values of the chart helm/syncwatch for this environment. They hold no secret."
  value       = local.helm_values
}
