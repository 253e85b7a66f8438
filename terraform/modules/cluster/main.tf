# The Kubernetes cluster that runs the charts of helm/.

resource "digitalocean_kubernetes_cluster" "main" {
  name           = "syncwatch-${var.environment}"
  region         = var.region
  version        = var.kubernetes_version
  vpc_uuid       = var.network_id
  cluster_subnet = var.pod_range
  service_subnet = var.service_range
  ha             = var.high_availability
  # Upgrades are a decision (docs/UPGRADING.md); with one, a new node is there before an old one goes.
  auto_upgrade  = false
  surge_upgrade = true
  # Load balancers and volumes that the charts asked for would stay and be paid for.
  destroy_all_associated_resources = var.destroy_all
  tags                             = var.tags

  maintenance_policy {
    day        = "sunday"
    start_time = "04:00"
  }

  node_pool {
    name       = "default"
    size       = var.node_size
    auto_scale = true
    min_nodes  = var.min_nodes
    max_nodes  = var.max_nodes
    tags       = var.tags
  }
}

data "digitalocean_kubernetes_versions" "offered" {}

check "the_version_is_offered" {
  assert {
    condition     = contains(data.digitalocean_kubernetes_versions.offered.valid_versions, var.kubernetes_version)
    error_message = "DigitalOcean no longer offers Kubernetes ${var.kubernetes_version}: set kubernetes_version to one of ${join(", ", data.digitalocean_kubernetes_versions.offered.valid_versions)}."
  }
}
