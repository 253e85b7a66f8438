mock_provider "digitalocean" {
  mock_resource "digitalocean_database_cluster" {
    defaults = {
      id           = "5b1a2c8e-0000-4000-8000-000000000001"
      user         = "doadmin"
      password     = "p#a/s?s%w@rd"
      private_host = "private-syncwatch-db-production.example.net"
      host         = "public.example.net"
      port         = 25060
    }
  }
}

variables {
  environment = "production"
  region      = "nyc3"
  network_id  = "5b1a2c8e-0000-4000-8000-000000000002"
  cluster_id  = "5b1a2c8e-0000-4000-8000-000000000003"
  database    = "syncwatch_prod"
  nodes       = 2
}

run "postgres_is_as_the_variables_say" {
  command = apply

  assert {
    condition = (
      digitalocean_database_cluster.postgres.name == "syncwatch-db-production"
      && digitalocean_database_cluster.postgres.engine == "pg"
      && digitalocean_database_cluster.postgres.version == "18"
      && digitalocean_database_cluster.postgres.size == "db-s-2vcpu-4gb"
      && digitalocean_database_cluster.postgres.node_count == 2
    )
    error_message = "Name, engine, version, size and number of nodes must be those of the environment."
  }

  assert {
    condition     = digitalocean_database_cluster.postgres.private_network_uuid == var.network_id
    error_message = "The cluster must be in the private network."
  }

  assert {
    condition     = digitalocean_database_db.syncwatch.name == "syncwatch_prod"
    error_message = "The environment has a database of its own."
  }
}

run "only_the_cluster_may_connect" {
  command = apply

  assert {
    condition     = [for rule in digitalocean_database_firewall.postgres.rule : "${rule.type} ${rule.value}"] == ["k8s ${var.cluster_id}"]
    error_message = "The nodes of the Kubernetes cluster must be the only ones that may connect."
  }
}

run "the_address_is_private_and_the_password_is_escaped" {
  command = apply

  assert {
    condition     = output.uri == "postgres://doadmin:p%23a%2Fs%3Fs%25w%40rd@private-syncwatch-db-production.example.net:25060/syncwatch_prod?sslmode=require"
    error_message = "The address must name the private host and escape what a URL would read otherwise."
  }
}

run "a_version_that_syncwatch_does_not_run_on_is_refused" {
  command = plan

  variables {
    postgres_version = "14"
  }

  expect_failures = [var.postgres_version]
}

run "a_size_of_another_product_is_refused" {
  command = plan

  variables {
    size = "s-2vcpu-4gb"
  }

  expect_failures = [var.size]
}

run "four_nodes_are_refused" {
  command = plan

  variables {
    nodes = 4
  }

  expect_failures = [var.nodes]
}

run "a_name_that_needs_quotes_is_refused" {
  command = plan

  variables {
    database = "sync-watch"
  }

  expect_failures = [var.database]
}
