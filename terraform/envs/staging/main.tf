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
