mock_provider "digitalocean" {
  mock_resource "digitalocean_droplet" {
    defaults = {
      id           = "1001"
      ipv4_address = "203.0.113.5"
    }
  }
}

variables {
  environment = "production"
  region      = "nyc3"
  network_id  = "5b1a2c8e-0000-4000-8000-000000000002"
  domain      = "watch.example.org"
  servers     = 2
  secret      = "0123456789abcdef0123456789abcdef"
  email       = "ops@example.org"
}

run "each_server_is_a_machine_in_the_private_network" {
  command = apply

  assert {
    condition = { for name, droplet in digitalocean_droplet.turn : name => droplet.name } == {
      turn1 = "syncwatch-turn-production"
      turn2 = "syncwatch-turn-production-2"
    }
    error_message = "There must be a machine for each server, the first one called syncwatch-turn-<environment>."
  }

  assert {
    condition     = alltrue([for droplet in digitalocean_droplet.turn : droplet.image == "ubuntu-22-04-x64" && droplet.size == "s-2vcpu-4gb" && droplet.vpc_uuid == var.network_id])
    error_message = "Image, size and network must be those of the environment."
  }

  assert {
    condition     = output.hosts == ["turn1.watch.example.org", "turn2.watch.example.org"] && output.addresses.turn2 == "203.0.113.5"
    error_message = "The names must be given as voice.turn_servers takes them, with the address of each."
  }
}

run "the_first_boot_sets_coturn_up" {
  command = apply

  assert {
    condition = alltrue([for text in [
      base64encode(var.secret), "TURN_REALM=watch.example.org ", "--domain 'turn2.watch.example.org'",
      filebase64("../../../deploy/coturn/turnserver.conf"), filebase64("../../../deploy/coturn/start.sh"),
    ] : strcontains(digitalocean_droplet.turn["turn2"].user_data, text)])
    error_message = "The set-up must have the secret, the realm, the name, and the configuration of deploy/coturn."
  }

  assert {
    condition     = !strcontains(digitalocean_droplet.turn["turn1"].user_data, var.secret)
    error_message = "The secret must not be readable at a glance."
  }

  assert {
    condition     = length(digitalocean_droplet.turn["turn1"].user_data) < 65536
    error_message = "DigitalOcean takes 64 KiB of user data."
  }
}

run "only_the_ports_of_turn_are_open" {
  command = apply

  assert {
    condition = toset([for rule in digitalocean_firewall.turn.inbound_rule : "${rule.protocol} ${rule.port_range}"]) == toset([
      "udp 3478", "tcp 3478", "tcp 5349", "udp 49152-65535", "tcp 80",
    ])
    error_message = "Other ports must stay closed."
  }

  assert {
    condition     = digitalocean_firewall.turn.droplet_ids == toset([1001])
    error_message = "The firewall must stand before the machines."
  }
}

run "administrators_reach_ssh_from_their_networks" {
  command = apply

  variables {
    admin_networks = ["203.0.113.0/24"]
  }

  assert {
    condition     = one([for rule in digitalocean_firewall.turn.inbound_rule : rule.source_addresses if rule.port_range == "22"]) == toset(["203.0.113.0/24"])
    error_message = "Port 22 must be open for the networks of administrators alone."
  }
}

run "ssh_for_the_whole_internet_is_refused" {
  command = plan

  variables {
    admin_networks = ["0.0.0.0/0"]
  }

  expect_failures = [var.admin_networks]
}

run "a_short_secret_is_refused" {
  command = plan

  variables {
    secret = "changeme"
  }

  expect_failures = [var.secret]
}

run "more_servers_than_clients_are_told_of_are_refused" {
  command = plan

  variables {
    servers = 5
  }

  expect_failures = [var.servers]
}

run "an_image_that_the_setup_does_not_know_is_refused" {
  command = plan

  variables {
    image = "fedora-42-x64"
  }

  expect_failures = [var.image]
}

run "a_size_of_another_product_is_refused" {
  command = plan

  variables {
    size = "db-s-2vcpu-4gb"
  }

  expect_failures = [var.size]
}

run "an_address_that_would_end_the_script_is_refused" {
  command = plan

  variables {
    email = "ops@example.org' --staging '"
  }

  expect_failures = [var.email]
}
