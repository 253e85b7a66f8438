mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = {
      json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}"
    }
  }

  mock_data "aws_ssm_parameter" {
    defaults = {
      value = "ami-0123456789abcdef0"
    }
  }
}

variables {
  servers    = { "turn1.example.org" = "subnet-1", "turn2.example.org" = "subnet-2" }
  vpc_id     = "vpc-1"
  zone_id    = "Z1"
  secret_arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:turn"
  email      = "ops@example.org"
  region     = "eu-central-1"
}

run "each_name_has_a_machine_and_a_record" {
  command = plan

  assert {
    condition     = length(aws_instance.turn) == 2 && aws_instance.turn["turn2.example.org"].subnet_id == "subnet-2"
    error_message = "Each server must stand in its subnet."
  }

  assert {
    condition     = alltrue([for host, record in aws_route53_record.turn : record.name == host])
    error_message = "Each name must lead to its server."
  }

  assert {
    condition     = output.hosts == ["turn1.example.org", "turn2.example.org"]
    error_message = "The names must be given as voice.turn_servers takes them."
  }
}

run "only_the_ports_of_turn_are_open" {
  command = plan

  assert {
    condition = toset([for rule in aws_vpc_security_group_ingress_rule.turn : "${rule.ip_protocol} ${rule.from_port}-${rule.to_port}"]) == toset([
      "udp 3478-3478", "tcp 3478-3478", "tcp 5349-5349", "udp 49152-65535", "tcp 80-80",
    ])
    error_message = "Other ports must stay closed."
  }
}

run "the_metadata_of_a_machine_needs_a_token" {
  command = plan

  assert {
    condition     = one(aws_instance.turn["turn1.example.org"].metadata_options).http_tokens == "required"
    error_message = "A request that a relay forwards must not read the credentials of the machine."
  }
}

run "a_name_without_a_domain_is_refused" {
  command = plan

  variables {
    servers = { "turn" = "subnet-1" }
  }

  expect_failures = [var.servers]
}
