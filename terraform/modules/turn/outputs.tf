output "hosts" {
  description = "Value of `voice.turn_servers`, the preferred one first."
  value       = [for name in sort(keys(local.machines)) : "${name}.${var.domain}"]
}

output "addresses" {
  description = "Public address by the first part of the name."
  value       = { for name, droplet in digitalocean_droplet.turn : name => droplet.ipv4_address }
}
