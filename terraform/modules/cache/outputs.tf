output "uri" {
  description = "Private address with the login, by TLS, for `redis.url`."
  sensitive   = true
  value = format("rediss://%s:%s@%s:%d",
    digitalocean_database_cluster.redis.user,
    urlencode(digitalocean_database_cluster.redis.password),
    digitalocean_database_cluster.redis.private_host,
    digitalocean_database_cluster.redis.port,
  )
}

output "port" {
  description = "Port of the cluster."
  value       = digitalocean_database_cluster.redis.port
}
