output "id" {
  description = "Id of the network."
  value       = digitalocean_vpc.main.id
}

output "ip_range" {
  description = "Addresses of the network."
  value       = digitalocean_vpc.main.ip_range
}
