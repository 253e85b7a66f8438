mock_provider "digitalocean" {
  mock_data "digitalocean_kubernetes_versions" {
    defaults = {
      valid_versions = ["1.36.2-do.0", "1.35.1-do.0"]
    }
  }
}

variables {
  environment        = "production"
  region             = "nyc3"
  network_id         = "5b1a2c8e-0000-4000-8000-000000000002"
  kubernetes_version = "1.35.1-do.0"
  high_availability  = true
}

run "the_cluster_is_in_the_network_and_its_version_is_pinned" {
  command = apply

  assert {
    condition = (
      digitalocean_kubernetes_cluster.main.name == "syncwatch-production"
      && digitalocean_kubernetes_cluster.main.vpc_uuid == var.network_id
      && digitalocean_kubernetes_cluster.main.version == "1.35.1-do.0"
      && !digitalocean_kubernetes_cluster.main.auto_upgrade
    )
    error_message = "The cluster must be in the private network, and stay at the version that is given."
  }
}

run "the_pool_grows_by_itself" {
  command = apply

  assert {
    condition     = one([for pool in digitalocean_kubernetes_cluster.main.node_pool : "${pool.name} ${pool.size} ${pool.auto_scale} ${pool.min_nodes}-${pool.max_nodes}"]) == "default s-4vcpu-8gb true 2-10"
    error_message = "The pool must grow by itself from 2 to 10 nodes."
  }
}

run "a_version_that_is_no_longer_offered_is_told_of" {
  command = plan

  variables {
    kubernetes_version = "1.30.1-do.0"
  }

  expect_failures = [check.the_version_is_offered]
}

run "a_version_that_the_charts_do_not_know_is_refused" {
  command = plan

  variables {
    kubernetes_version = "1.26.1-do.0"
  }

  expect_failures = [var.kubernetes_version]
}

run "a_version_that_is_not_pinned_is_refused" {
  command = plan

  variables {
    kubernetes_version = "latest"
  }

  expect_failures = [var.kubernetes_version]
}

run "a_pool_that_cannot_grow_is_refused" {
  command = plan

  variables {
    min_nodes = 3
    max_nodes = 2
  }

  expect_failures = [var.max_nodes]
}

run "no_node_is_refused" {
  command = plan

  variables {
    min_nodes = 0
  }

  expect_failures = [var.min_nodes]
}

run "a_size_of_another_product_is_refused" {
  command = plan

  variables {
    node_size = "db-s-2vcpu-4gb"
  }

  expect_failures = [var.node_size]
}

run "services_in_the_range_of_pods_are_refused" {
  command = plan

  variables {
    service_range = "10.20.0.0/18"
  }

  expect_failures = [var.service_range]
}

run "a_range_that_is_none_is_refused" {
  command = plan

  variables {
    pod_range = "10.20.0.0"
  }

  expect_failures = [var.pod_range]
}

run "a_range_that_digitalocean_keeps_is_refused" {
  command = plan

  variables {
    pod_range = "10.244.0.0/16"
  }

  expect_failures = [var.pod_range]
}
