variable "environment" {
  description = "Environment, which becomes part of the name."
  type        = string
}

variable "region" {
  description = "Region of the network."
  type        = string
}

variable "ip_range" {
  description = "Addresses of the network. It must not overlap with another network of the account."
  type        = string
  default     = "10.10.0.0/16"

  validation {
    condition     = can(cidrhost(var.ip_range, 1)) && can(regex("^(10\\.|172\\.(1[6-9]|2[0-9]|3[01])\\.|192\\.168\\.).*/(1[6-9]|2[0-4])$", var.ip_range))
    error_message = "The range of the network must be private IPv4 addresses with a prefix of /16 to /24, such as 10.10.0.0/16."
  }
}
