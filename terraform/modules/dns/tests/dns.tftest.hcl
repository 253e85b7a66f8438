mock_provider "digitalocean" {}

variables {
  domain         = "watch.example.org"
  turn_addresses = { turn1 = "203.0.113.5", turn2 = "203.0.113.6" }
}

run "each_turn_server_has_a_name" {
  command = plan

  assert {
    condition     = { for name, record in digitalocean_record.turn : record.name => record.value } == { turn1 = "203.0.113.5", turn2 = "203.0.113.6" }
    error_message = "Each name must lead to its server."
  }

  assert {
    condition     = alltrue([for record in digitalocean_record.turn : record.ttl <= 60])
    error_message = "A name that moves must be followed within five minutes."
  }
}

run "the_name_of_a_failed_server_moves_to_the_other_one" {
  command = plan

  variables {
    turn_out_of_service = ["turn1"]
  }

  assert {
    condition     = { for name, record in digitalocean_record.turn : record.name => record.value } == { turn1 = "203.0.113.6", turn2 = "203.0.113.6" }
    error_message = "Both names must lead to the server that is left."
  }
}

run "the_site_has_an_address_once_it_is_known" {
  command = plan

  variables {
    site_address = "203.0.113.7"
  }

  assert {
    condition     = one(digitalocean_record.site).value == "203.0.113.7" && one(digitalocean_record.site).name == "@"
    error_message = "The domain itself must lead to the ingress."
  }
}

run "before_that_it_has_none" {
  command = plan

  assert {
    condition     = length(digitalocean_record.site) == 0 && digitalocean_domain.main.name == "watch.example.org"
    error_message = "Without an address there is the zone and no record of the site."
  }
}

run "a_subdomain_is_delegated" {
  command = plan

  variables {
    delegated_subdomains = ["staging"]
  }

  assert {
    condition     = toset([for record in digitalocean_record.delegation : "${record.type} ${record.name} ${record.value}"]) == toset([for number in range(1, 4) : "NS staging ns${number}.digitalocean.com."])
    error_message = "The subdomain must have the three name servers."
  }
}

run "all_servers_out_of_service_are_refused" {
  command = plan

  variables {
    turn_out_of_service = ["turn1", "turn2"]
  }

  expect_failures = [var.turn_out_of_service]
}

run "a_server_that_does_not_exist_is_refused" {
  command = plan

  variables {
    turn_out_of_service = ["turn3"]
  }

  expect_failures = [var.turn_out_of_service]
}

run "a_domain_with_a_scheme_is_refused" {
  command = plan

  variables {
    domain = "https://watch.example.org"
  }

  expect_failures = [var.domain]
}

run "a_name_instead_of_an_address_is_refused" {
  command = plan

  variables {
    site_address = "lb.example.org"
  }

  expect_failures = [var.site_address]
}

run "a_subdomain_with_a_dot_is_refused" {
  command = plan

  variables {
    delegated_subdomains = ["a.b"]
  }

  expect_failures = [var.delegated_subdomains]
}
