# terraform test -var-file=envs/staging/terraform.tfvars -filter=tests/staging.tftest.hcl
mock_provider "digitalocean" {
  mock_data "digitalocean_kubernetes_versions" {
    defaults = { valid_versions = ["1.35.1-do.0"] }
  }

  mock_resource "digitalocean_droplet" {
    defaults = { id = "1001", ipv4_address = "203.0.113.5" }
  }
}

variables {
  turn_secret  = "0123456789abcdef0123456789abcdef"
  site_address = "203.0.113.7"
}

run "staging_is_small_and_on_its_own" {
  command = apply

  assert {
    condition = (
      module.database.nodes == 1
      && length(module.turn.hosts) == 1
      && module.cluster.name == "syncwatch-staging"
      && module.media.bucket == "syncwatch-media-staging"
      && output.media_copy == null
    )
    error_message = "Staging must have one machine of each, with names of its own, and no copy."
  }

  assert {
    condition     = yamldecode(output.helm_values).gateway.ingress.host == "staging.syncwatch.example" && endswith(output.database_uri, "/syncwatch_staging?sslmode=require")
    error_message = "Staging must have a domain and a database of its own."
  }

  assert {
    condition     = module.network.ip_range != "10.10.0.0/16" && module.cluster.pod_range != "10.20.0.0/18"
    error_message = "Networks of one account must not overlap with those of production."
  }

  assert {
    condition     = length(terraform_data.keep) == 0
    error_message = "Staging may be destroyed."
  }
}
