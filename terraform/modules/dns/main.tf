# The zone of the site. Its registrar, or the zone above it, has to name DigitalOcean's name servers.

locals {
  name_servers = ["ns1.digitalocean.com.", "ns2.digitalocean.com.", "ns3.digitalocean.com."]

  # The address that stands in for each server that is out of service.
  substitute = try([for name in sort(keys(var.turn_addresses)) : var.turn_addresses[name] if !contains(var.turn_out_of_service, name)][0], null)

  delegations = { for pair in setproduct(var.delegated_subdomains, local.name_servers) : join(" ", pair) => { name = pair[0], value = pair[1] } }
}

resource "digitalocean_domain" "main" {
  name = var.domain
}

resource "digitalocean_record" "site" {
  count = var.site_address == null ? 0 : 1

  domain = digitalocean_domain.main.name
  type   = "A"
  name   = "@"
  value  = var.site_address
  ttl    = 300
}

# Clients ask again after a minute, so that a name that moves is followed within five.
resource "digitalocean_record" "turn" {
  for_each = var.turn_addresses

  domain = digitalocean_domain.main.name
  type   = "A"
  name   = each.key
  value  = contains(var.turn_out_of_service, each.key) ? local.substitute : each.value
  ttl    = 60
}

resource "digitalocean_record" "delegation" {
  for_each = local.delegations

  domain = digitalocean_domain.main.name
  type   = "NS"
  name   = each.value.name
  value  = each.value.value
  ttl    = 3600
}
