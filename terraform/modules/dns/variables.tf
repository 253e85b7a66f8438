variable "domain" {
  description = "Host name of the site, which becomes a zone."
  type        = string

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", var.domain))
    error_message = "The domain must be a host name in lower-case letters without scheme and path, such as watch.example.org."
  }
}

variable "site_address" {
  description = "Public address of the ingress controller's load balancer. null: it is not known yet."
  type        = string
  default     = null

  validation {
    condition     = var.site_address == null || can(cidrhost("${var.site_address}/32", 0))
    error_message = "site_address must be an IPv4 address, such as 203.0.113.5."
  }
}

variable "turn_addresses" {
  description = "Public address of each TURN server by the first part of its name."
  type        = map(string)
}

variable "turn_out_of_service" {
  description = "TURN servers whose names lead to another one, such as [\"turn1\"]."
  type        = set(string)
  default     = []

  validation {
    condition     = length(setsubtract(var.turn_out_of_service, keys(var.turn_addresses))) == 0 && length(setsubtract(keys(var.turn_addresses), var.turn_out_of_service)) > 0
    error_message = "turn_out_of_service names TURN servers that there are, such as turn1, and leaves one of them in service."
  }
}

variable "delegated_subdomains" {
  description = "Subdomains that are zones of their own at DigitalOcean, such as [\"staging\"]."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for name in var.delegated_subdomains : can(regex("^[a-z0-9]([a-z0-9-]*[a-z0-9])?$", name))])
    error_message = "A subdomain is one part of a name, such as staging."
  }
}
