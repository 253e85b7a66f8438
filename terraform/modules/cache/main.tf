# Valkey, which speaks Redis: live state of rooms, limits, delivery between processes.

resource "digitalocean_database_cluster" "redis" {
  name       = "syncwatch-redis-${var.environment}"
  engine     = "valkey"
  version    = var.valkey_version
  size       = var.size
  node_count = var.nodes
  region     = var.region
  # The logs of rooms are in here: a full store refuses writes, which is alerted on, rather than drop a room.
  eviction_policy      = "noeviction"
  private_network_uuid = var.network_id
  tags                 = var.tags

  maintenance_window {
    day  = "sunday"
    hour = "05:00:00"
  }
}

resource "digitalocean_database_firewall" "redis" {
  cluster_id = digitalocean_database_cluster.redis.id

  rule {
    type  = "k8s"
    value = var.cluster_id
  }
}
