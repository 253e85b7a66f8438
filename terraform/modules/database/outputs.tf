output "uri" {
  description = "Private address with the login of the owner, for `postgres.url`."
  sensitive   = true
  value = format("postgres://%s:%s@%s:%d/%s?sslmode=require",
    digitalocean_database_cluster.postgres.user,
    urlencode(digitalocean_database_cluster.postgres.password),
    digitalocean_database_cluster.postgres.private_host,
    digitalocean_database_cluster.postgres.port,
    digitalocean_database_db.syncwatch.name,
  )
}

output "id" {
  description = "Id of the cluster."
  value       = digitalocean_database_cluster.postgres.id
}

output "port" {
  description = "Port of the cluster."
  value       = digitalocean_database_cluster.postgres.port
}

output "nodes" {
  description = "Number of nodes."
  value       = digitalocean_database_cluster.postgres.node_count
}
