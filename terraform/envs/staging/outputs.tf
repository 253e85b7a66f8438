output "media_bucket" {
  description = "Name of the media bucket."
  value       = module.media_bucket.name
}

output "turn_hosts" {
  description = "Value of `voice.turn_servers`."
  value       = module.turn.hosts
}
