terraform {
  required_version = ">= 1.7"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }

  # Where the state lives is given at `terraform init -backend-config=...`: it differs by account.
  backend "s3" {}
}

provider "aws" {
  region = var.region

  default_tags {
    tags = {
      product     = "syncwatch"
      environment = "staging"
    }
  }
}

module "media_bucket" {
  source = "../../modules/media-bucket"

  name            = var.media_bucket
  allowed_origins = ["https://${var.host}"]
  # Staging is thrown away and made anew.
  force_destroy = true
}

# Voice needs a relay of its own: without one, people behind carrier NAT and company firewalls hear nobody.
module "turn" {
  source = "../../modules/turn-server"

  servers    = var.turn_servers
  vpc_id     = var.vpc_id
  zone_id    = var.zone_id
  secret_arn = var.turn_secret_arn
  email      = var.email
  region     = var.region
}
