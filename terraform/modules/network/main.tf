# The private network of an environment. Databases answer only inside of it.

resource "digitalocean_vpc" "main" {
  name        = "syncwatch-${var.environment}"
  description = "Private network of SyncWatch (${var.environment})"
  region      = var.region
  ip_range    = var.ip_range
}
