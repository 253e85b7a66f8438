# PostgreSQL. DigitalOcean makes a full backup every day and keeps the log for 7 days, so that the cluster can be restored to
# any second of them; with two nodes it promotes the second one by itself when the first fails.

resource "digitalocean_database_cluster" "postgres" {
  name                 = "syncwatch-db-${var.environment}"
  engine               = "pg"
  version              = var.postgres_version
  size                 = var.size
  node_count           = var.nodes
  region               = var.region
  private_network_uuid = var.network_id
  tags                 = var.tags

  maintenance_window {
    day  = "sunday"
    hour = "04:00:00"
  }
}

resource "digitalocean_database_db" "syncwatch" {
  cluster_id = digitalocean_database_cluster.postgres.id
  name       = var.database
}

# Without a rule every address of the world may try passwords.
resource "digitalocean_database_firewall" "postgres" {
  cluster_id = digitalocean_database_cluster.postgres.id

  rule {
    type  = "k8s"
    value = var.cluster_id
  }
}
