variable "environment" {
  description = "Environment, which becomes part of the names."
  type        = string
}

variable "region" {
  description = "Region of the bucket, one that has Spaces."
  type        = string
}

variable "domain" {
  description = "Host name of the site, whose pages may read from the bucket."
  type        = string
}

variable "zone" {
  description = "DNS zone of the site, managed by DigitalOcean; the CDN answers at cdn.<zone>."
  type        = string
}

variable "bucket" {
  description = "Name of the bucket, unique among all buckets of the region. null: syncwatch-media-<environment>."
  type        = string
  default     = null

  validation {
    # A name with dots does not match the certificate of the store; the copy adds five characters.
    condition     = var.bucket == null || can(regex("^[a-z0-9][a-z0-9-]{1,56}[a-z0-9]$", var.bucket))
    error_message = "The name of the bucket has 3 to 58 lower-case letters, digits and hyphens, without dots."
  }
}

variable "copy_region" {
  description = "Region of the copy of the bucket. null: there is no copy."
  type        = string
  default     = null

  validation {
    condition     = var.copy_region == null || var.copy_region != var.region
    error_message = "The copy must be in another region than the bucket, or both are lost together."
  }
}

variable "unfinished_upload_days" {
  description = "Days after which the parts of an upload that nobody finished are removed."
  type        = number
  default     = 2

  validation {
    condition     = var.unfinished_upload_days >= 1 && var.unfinished_upload_days <= 30 && floor(var.unfinished_upload_days) == var.unfinished_upload_days
    error_message = "unfinished_upload_days must be a whole number from 1 to 30."
  }
}

variable "cdn_ttl_seconds" {
  description = "Time for which the CDN keeps an object."
  type        = number
  default     = 3600

  validation {
    condition     = contains([60, 600, 3600, 86400, 604800], var.cdn_ttl_seconds)
    error_message = "The CDN keeps objects for 60, 600, 3600, 86400 or 604800 seconds."
  }
}

variable "force_destroy" {
  description = "Let Terraform delete the buckets with everything in them. For short-lived environments alone."
  type        = bool
  default     = false
}
