output "bucket" {
  description = "Name of the bucket, for `store.s3_bucket`."
  value       = digitalocean_spaces_bucket.media.name
}

output "endpoint" {
  description = "Address of the store, for `store.s3_endpoint`."
  value       = "https://${digitalocean_spaces_bucket.media.region}.digitaloceanspaces.com"
}

output "access_key" {
  description = "Access key of the services, for `store.s3_access_key`."
  value       = digitalocean_spaces_key.services.access_key
  sensitive   = true
}

output "secret_key" {
  description = "Secret of the access key, for `store.s3_secret_key`."
  value       = digitalocean_spaces_key.services.secret_key
  sensitive   = true
}

output "copy" {
  description = "Bucket, address and access key of the copy; null without one."
  sensitive   = true
  value = one([for bucket in digitalocean_spaces_bucket.copy : {
    bucket     = bucket.name
    endpoint   = "https://${bucket.region}.digitaloceanspaces.com"
    access_key = digitalocean_spaces_key.copier[0].access_key
    secret_key = digitalocean_spaces_key.copier[0].secret_key
  }])
}

output "cdn_url" {
  description = "Address of the CDN."
  value       = "https://${digitalocean_cdn.media.custom_domain}"
}
