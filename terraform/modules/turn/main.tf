# TURN servers (coturn) for voice: machines with public addresses outside of the cluster, set up at their first boot.
# deploy/coturn has their configuration, and docs/voice.md says what they are for.

locals {
  config = "${path.module}/../../../deploy/coturn"

  # Name of the machine by the first part of its DNS name: turn1, turn2, ...
  machines = { for number in range(1, var.servers + 1) :
    "turn${number}" => number == 1 ? "syncwatch-turn-${var.environment}" : "syncwatch-turn-${var.environment}-${number}"
  }

  anywhere = ["0.0.0.0/0", "::/0"]

  # Protocol and ports of what coturn and the issue of its certificate listen on.
  open_ports = {
    turn_udp    = { protocol = "udp", ports = "3478" }
    turn_tcp    = { protocol = "tcp", ports = "3478" }
    turn_tls    = { protocol = "tcp", ports = "5349" }
    relayed     = { protocol = "udp", ports = "49152-65535" }
    certificate = { protocol = "tcp", ports = "80" }
  }
}

resource "digitalocean_droplet" "turn" {
  for_each = local.machines

  name       = each.value
  image      = var.image
  size       = var.size
  region     = var.region
  vpc_uuid   = var.network_id
  monitoring = true
  ssh_keys   = var.ssh_keys
  tags       = var.tags

  user_data = templatefile("${path.module}/setup.sh.tftpl", {
    host       = "${each.key}.${var.domain}"
    realm      = var.domain
    secret     = base64encode(var.secret)
    email      = var.email
    turnserver = filebase64("${local.config}/turnserver.conf")
    start      = filebase64("${local.config}/start.sh")
  })

  lifecycle {
    # A change of the secret or of the set-up replaces a machine. The old one stays until the name leads to the new one.
    create_before_destroy = true
  }
}

resource "digitalocean_firewall" "turn" {
  name        = "syncwatch-turn-${var.environment}"
  droplet_ids = [for droplet in digitalocean_droplet.turn : droplet.id]

  dynamic "inbound_rule" {
    for_each = local.open_ports

    content {
      protocol         = inbound_rule.value.protocol
      port_range       = inbound_rule.value.ports
      source_addresses = local.anywhere
    }
  }

  dynamic "inbound_rule" {
    for_each = length(var.admin_networks) == 0 ? [] : [var.admin_networks]

    content {
      protocol         = "tcp"
      port_range       = "22"
      source_addresses = inbound_rule.value
    }
  }

  # Relayed voices go anywhere; deploy/coturn/turnserver.conf refuses private networks.
  dynamic "outbound_rule" {
    for_each = toset(["tcp", "udp"])

    content {
      protocol              = outbound_rule.value
      port_range            = "1-65535"
      destination_addresses = local.anywhere
    }
  }

  outbound_rule {
    protocol              = "icmp"
    destination_addresses = local.anywhere
  }
}
