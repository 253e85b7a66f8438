variable "region" {
  description = "AWS region of the environment."
  type        = string
  default     = "eu-central-1"
}

variable "media_bucket" {
  description = "Name of the bucket for uploads and renditions."
  type        = string
}

variable "host" {
  description = "Public host name of the site, without a scheme."
  type        = string
}
