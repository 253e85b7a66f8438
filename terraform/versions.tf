terraform {
  # The oldest version that was tried.
  required_version = ">= 1.11"

  required_providers {
    digitalocean = {
      source = "digitalocean/digitalocean"
      # The oldest version whose types were checked.
      version = "~> 2.0, >= 2.71"
    }
  }

  # envs/<environment>/backend.hcl says which bucket and key.
  backend "s3" {}
}

# Reads DIGITALOCEAN_TOKEN, SPACES_ACCESS_KEY_ID and SPACES_SECRET_ACCESS_KEY.
provider "digitalocean" {}
