output "media_bucket" {
  description = "Name of the media bucket."
  value       = module.media_bucket.name
}
