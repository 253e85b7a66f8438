# Media in Spaces: the bucket of uploads and renditions, a copy of it in a second region, a CDN, and keys that reach no more
# than these buckets. Nothing in a bucket is public.

locals {
  name = coalesce(var.bucket, "syncwatch-media-${var.environment}")
}

resource "digitalocean_spaces_bucket" "media" {
  name          = local.name
  region        = var.region
  acl           = "private"
  force_destroy = var.force_destroy

  # Without versions: objects are written once under a new key, so old versions would be deleted films that are still paid for.

  lifecycle_rule {
    id                                     = "abort-unfinished-uploads"
    enabled                                = true
    abort_incomplete_multipart_upload_days = var.unfinished_upload_days
  }

  # Left over from the check at the start of a process that was killed meanwhile.
  lifecycle_rule {
    id      = "remove-checks"
    enabled = true
    prefix  = ".check/"

    expiration {
      days = 1
    }
  }
}

resource "digitalocean_spaces_bucket_cors_configuration" "media" {
  bucket = digitalocean_spaces_bucket.media.name
  region = digitalocean_spaces_bucket.media.region

  cors_rule {
    allowed_origins = ["https://${var.domain}"]
    allowed_methods = ["GET", "PUT"]
    allowed_headers = ["*"]
    # A player needs the range it got, an uploader the ETag of each part.
    expose_headers  = ["Content-Length", "Content-Range", "ETag"]
    max_age_seconds = 3600
  }
}

# The copy keeps what is deleted in the first bucket: it is what a mistake is repaired from.
resource "digitalocean_spaces_bucket" "copy" {
  count = var.copy_region == null ? 0 : 1

  name          = "${local.name}-copy"
  region        = var.copy_region
  acl           = "private"
  force_destroy = var.force_destroy

  lifecycle_rule {
    id                                     = "abort-unfinished-uploads"
    enabled                                = true
    abort_incomplete_multipart_upload_days = var.unfinished_upload_days
  }
}

# The key of the services.
resource "digitalocean_spaces_key" "services" {
  name = "syncwatch-${var.environment}-services"

  grant {
    bucket     = digitalocean_spaces_bucket.media.name
    permission = "readwrite"
  }
}

# The key of what copies: it cannot change the first bucket.
resource "digitalocean_spaces_key" "copier" {
  count = length(digitalocean_spaces_bucket.copy)

  name = "syncwatch-${var.environment}-copier"

  grant {
    bucket     = digitalocean_spaces_bucket.media.name
    permission = "read"
  }

  grant {
    bucket     = digitalocean_spaces_bucket.copy[0].name
    permission = "readwrite"
  }
}

# DigitalOcean renews it by a record in the zone, which therefore has to be there first.
resource "digitalocean_certificate" "cdn" {
  name    = "syncwatch-cdn-${var.environment}"
  type    = "lets_encrypt"
  domains = ["cdn.${var.zone}"]
}

resource "digitalocean_cdn" "media" {
  origin           = digitalocean_spaces_bucket.media.bucket_domain_name
  custom_domain    = "cdn.${var.zone}"
  certificate_name = digitalocean_certificate.cdn.name
  ttl              = var.cdn_ttl_seconds
}
