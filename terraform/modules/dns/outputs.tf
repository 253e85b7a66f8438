output "zone" {
  description = "Name of the zone. What needs the zone takes the name from here, and so waits for it."
  value       = digitalocean_domain.main.name
}
