bucket = "syncwatch-terraform-state"
key    = "staging/terraform.tfstate"
# The bucket is in Spaces, whose region is in its address; requests are signed for this one.
region    = "us-east-1"
endpoints = { s3 = "https://nyc3.digitaloceanspaces.com" }

# Spaces has no accounts, regions and metadata of AWS, and takes no checksums of it.
skip_credentials_validation = true
skip_metadata_api_check     = true
skip_region_validation      = true
skip_requesting_account_id  = true
skip_s3_checksum            = true
