mock_provider "digitalocean" {}

variables {
  environment = "staging"
  region      = "nyc3"
}

run "the_network_is_named_after_its_environment" {
  command = plan

  assert {
    condition     = digitalocean_vpc.main.name == "syncwatch-staging" && digitalocean_vpc.main.region == "nyc3"
    error_message = "The network must be called syncwatch-<environment>, in the region of the environment."
  }

  assert {
    condition     = digitalocean_vpc.main.ip_range == "10.10.0.0/16"
    error_message = "The range must be 10.10.0.0/16 unless another one is given."
  }
}

run "a_public_range_is_refused" {
  command = plan

  variables {
    ip_range = "203.0.113.0/24"
  }

  expect_failures = [var.ip_range]
}

run "a_range_that_is_too_large_is_refused" {
  command = plan

  variables {
    ip_range = "10.0.0.0/8"
  }

  expect_failures = [var.ip_range]
}

run "an_address_that_does_not_exist_is_refused" {
  command = plan

  variables {
    ip_range = "10.300.0.0/16"
  }

  expect_failures = [var.ip_range]
}
