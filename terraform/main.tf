# SyncWatch on DigitalOcean: everything that the charts of helm/ need around them. One environment at a time; its values are in
# envs/<environment>. README.md has the first steps.

locals {
  production = var.environment == "production"
  tags       = ["syncwatch", "syncwatch-${var.environment}"]
}

module "network" {
  source = "./modules/network"

  environment = var.environment
  region      = var.region
  ip_range    = var.ip_range
}

module "cluster" {
  source = "./modules/cluster"

  environment        = var.environment
  region             = var.region
  network_id         = module.network.id
  kubernetes_version = var.kubernetes_version
  node_size          = var.node_size
  min_nodes          = var.min_nodes
  max_nodes          = var.max_nodes
  pod_range          = var.pod_range
  service_range      = var.service_range
  high_availability  = coalesce(var.high_availability, local.production)
  destroy_all        = !local.production
  tags               = local.tags
}

module "database" {
  source = "./modules/database"

  environment      = var.environment
  region           = var.region
  network_id       = module.network.id
  cluster_id       = module.cluster.id
  database         = local.production ? "syncwatch_prod" : "syncwatch_${var.environment}"
  postgres_version = var.postgres_version
  size             = var.postgres_size
  nodes            = coalesce(var.postgres_nodes, local.production ? 2 : 1)
  tags             = local.tags
}

module "cache" {
  source = "./modules/cache"

  environment    = var.environment
  region         = var.region
  network_id     = module.network.id
  cluster_id     = module.cluster.id
  valkey_version = var.valkey_version
  size           = var.redis_size
  nodes          = var.redis_nodes
  tags           = local.tags
}

module "turn" {
  source = "./modules/turn"

  environment    = var.environment
  region         = var.region
  network_id     = module.network.id
  domain         = var.domain
  servers        = coalesce(var.turn_servers, local.production ? 2 : 1)
  secret         = var.turn_secret
  email          = var.certificate_email
  image          = var.turn_image
  size           = var.turn_size
  ssh_keys       = var.ssh_keys
  admin_networks = var.admin_networks
  tags           = local.tags
}

module "dns" {
  source = "./modules/dns"

  domain               = var.domain
  site_address         = var.site_address
  turn_addresses       = module.turn.addresses
  turn_out_of_service  = var.turn_out_of_service
  delegated_subdomains = var.delegated_subdomains
}

module "media" {
  source = "./modules/media"

  environment   = var.environment
  region        = var.region
  domain        = var.domain
  zone          = module.dns.zone
  bucket        = var.media_bucket
  copy_region   = var.media_copy_region
  force_destroy = !local.production
}

# Ends every plan that would delete or replace what holds data of production: a change of one of these ids replaces this resource,
# which is forbidden. README.md ("Destroy") says how to do it on purpose.
resource "terraform_data" "keep" {
  count = local.production ? 1 : 0

  triggers_replace = [module.network.id, module.database.id, module.media.bucket]

  lifecycle {
    prevent_destroy = true
  }
}

check "production_survives_the_loss_of_one_machine" {
  assert {
    condition     = !local.production || (module.database.nodes >= 2 && length(module.turn.hosts) >= 2)
    error_message = "Production needs a second node of PostgreSQL and a second TURN server to survive the loss of one: set postgres_nodes and turn_servers to 2 or more."
  }
}

check "production_has_a_copy_of_its_media" {
  assert {
    condition     = !local.production || var.media_copy_region != null
    error_message = "Production has no copy of its media in a second region: set media_copy_region."
  }
}

check "the_site_has_an_address" {
  assert {
    condition     = var.site_address != null
    error_message = "${var.domain} has no address yet: install the ingress controller, set site_address to the address of its load balancer, and provision again."
  }
}
