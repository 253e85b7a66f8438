variable "name" {
  description = "Name of the bucket, unique over all of S3."
  type        = string

  validation {
    # Dots are legal but break TLS for virtual-hosted addresses.
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.name))
    error_message = "The bucket name must be 3 to 63 lower-case letters, digits and hyphens, without dots."
  }
}

variable "allowed_origins" {
  description = "Origins whose pages may read segments and send upload parts, for example https://watch.example.org."
  type        = list(string)

  validation {
    condition     = length(var.allowed_origins) > 0 && alltrue([for origin in var.allowed_origins : can(regex("^https://[^/*]+$", origin))])
    error_message = "Each origin must be https://host, without a path and without a wildcard."
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

variable "force_destroy" {
  description = "Let terraform destroy delete the bucket with everything in it. For short-lived environments alone."
  type        = bool
  default     = false
}

variable "tags" {
  description = "Tags of the bucket."
  type        = map(string)
  default     = {}
}
