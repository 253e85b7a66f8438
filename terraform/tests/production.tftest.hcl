# terraform test -var-file=envs/production/terraform.tfvars -filter=tests/production.tftest.hcl
mock_provider "digitalocean" {
  # Production cannot be destroyed, so it is only planned.
  override_during = plan

  mock_data "digitalocean_kubernetes_versions" {
    defaults = { valid_versions = ["1.35.1-do.0"] }
  }

  mock_resource "digitalocean_database_cluster" {
    defaults = { password = "s%cret", private_host = "private-db.example.net", user = "doadmin", port = 25060 }
  }

  mock_resource "digitalocean_droplet" {
    defaults = { id = "1001", ipv4_address = "203.0.113.5" }
  }
}

variables {
  turn_secret  = "0123456789abcdef0123456789abcdef"
  site_address = "203.0.113.7"
}

run "production_is_as_the_document_says" {
  command = plan

  assert {
    condition = (
      module.database.nodes == 2
      && module.network.ip_range == "10.10.0.0/16"
      && module.cluster.name == "syncwatch-production"
      && module.media.bucket == "syncwatch-media-production"
      && module.media.endpoint == "https://nyc3.digitaloceanspaces.com"
    )
    error_message = "Production must have two nodes of PostgreSQL, its network, its cluster and its bucket."
  }

  assert {
    condition     = output.cdn_url == "https://cdn.syncwatch.example" && output.turn_ip == "203.0.113.5"
    error_message = "The CDN and the TURN server must answer at their names and addresses."
  }

  assert {
    condition     = endswith(output.database_uri, "/syncwatch_prod?sslmode=require") && strcontains(output.redis_uri, "rediss://")
    error_message = "The addresses must name the database of production, by TLS."
  }

  assert {
    condition     = length(output.turn_addresses) == 2 && output.media_copy.bucket == "syncwatch-media-production-copy"
    error_message = "Production must have a second TURN server and a copy of its media."
  }
}

run "the_values_for_helm_follow" {
  command = plan

  assert {
    condition     = yamldecode(output.helm_values).gateway.ingress == { enabled = true, className = "nginx", host = "syncwatch.example", tlsSecret = "syncwatch-tls", podNetworks = ["10.20.0.0/18"] }
    error_message = "The gateway must answer at the domain, and believe the pods of this cluster alone."
  }

  assert {
    condition     = yamldecode(output.helm_values)["voice-svc"].config.voice.turn_servers == ["turn1.syncwatch.example", "turn2.syncwatch.example"]
    error_message = "Clients must be told of both TURN servers."
  }

  assert {
    condition     = yamldecode(output.helm_values)["room-svc"].networkPolicy.egress[0].ports[0].port == 25060
    error_message = "The network policies must admit the ports of the managed databases."
  }

  assert {
    condition     = !strcontains(output.helm_values, "s%cret") && !strcontains(output.helm_values, var.turn_secret)
    error_message = "The values must hold no secret."
  }
}

run "production_without_a_second_machine_is_told_of" {
  command = plan

  variables {
    postgres_nodes = 1
  }

  expect_failures = [check.production_survives_the_loss_of_one_machine]
}

run "production_without_a_copy_of_its_media_is_told_of" {
  command = plan

  variables {
    media_copy_region = null
  }

  expect_failures = [check.production_has_a_copy_of_its_media]
}

run "a_domain_without_an_address_is_told_of" {
  command = plan

  variables {
    site_address = null
  }

  expect_failures = [check.the_site_has_an_address]
}

run "another_environment_is_refused" {
  command = plan

  variables {
    environment = "development"
  }

  expect_failures = [var.environment]
}

run "a_region_that_is_none_is_refused" {
  command = plan

  variables {
    region = "us-east-1"
  }

  expect_failures = [var.region]
}
