mock_provider "digitalocean" {
  mock_resource "digitalocean_database_cluster" {
    defaults = {
      id           = "5b1a2c8e-0000-4000-8000-000000000001"
      user         = "default"
      password     = "secret"
      private_host = "private-syncwatch-redis-staging.example.net"
      host         = "public.example.net"
      port         = 25061
    }
  }
}

variables {
  environment = "staging"
  region      = "nyc3"
  network_id  = "5b1a2c8e-0000-4000-8000-000000000002"
  cluster_id  = "5b1a2c8e-0000-4000-8000-000000000003"
}

run "valkey_is_as_the_variables_say" {
  command = apply

  assert {
    condition = (
      digitalocean_database_cluster.redis.name == "syncwatch-redis-staging"
      && digitalocean_database_cluster.redis.engine == "valkey"
      && digitalocean_database_cluster.redis.size == "db-s-1vcpu-2gb"
      && digitalocean_database_cluster.redis.node_count == 1
      && digitalocean_database_cluster.redis.private_network_uuid == var.network_id
    )
    error_message = "Name, engine, size and network must be those of the environment."
  }

  assert {
    condition     = digitalocean_database_cluster.redis.eviction_policy == "noeviction"
    error_message = "A full store must refuse writes, not drop the logs of rooms."
  }
}

run "only_the_cluster_may_connect_and_only_by_tls" {
  command = apply

  assert {
    condition     = [for rule in digitalocean_database_firewall.redis.rule : "${rule.type} ${rule.value}"] == ["k8s ${var.cluster_id}"]
    error_message = "The nodes of the Kubernetes cluster must be the only ones that may connect."
  }

  assert {
    condition     = output.uri == "rediss://default:secret@private-syncwatch-redis-staging.example.net:25061"
    error_message = "The address must be the private one, by TLS."
  }
}

run "an_old_version_is_refused" {
  command = plan

  variables {
    valkey_version = "6"
  }

  expect_failures = [var.valkey_version]
}

run "a_size_of_another_product_is_refused" {
  command = plan

  variables {
    size = "s-1vcpu-2gb"
  }

  expect_failures = [var.size]
}

run "no_node_is_refused" {
  command = plan

  variables {
    nodes = 0
  }

  expect_failures = [var.nodes]
}
