variable "environment" {
  description = "Environment, which becomes part of the names."
  type        = string
}

variable "region" {
  description = "Region of the machines, which is that of their network."
  type        = string
}

variable "network_id" {
  description = "Id of the private network."
  type        = string
}

variable "domain" {
  description = "Host name of the site: the realm, and the end of the machines' names (turn1.<domain>)."
  type        = string
}

variable "servers" {
  description = "Number of machines. Two, so that voice survives one."
  type        = number

  validation {
    condition     = contains([1, 2, 3, 4], var.servers)
    error_message = "There are 1 to 4 TURN servers: SyncWatch names no more to its clients."
  }
}

variable "secret" {
  description = "Secret that TURN servers and voice-svc share: `voice.turn_secret`."
  type        = string
  sensitive   = true

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{32,128}$", var.secret))
    error_message = "The TURN secret must have 32 to 128 letters, digits, - and _: make one with `openssl rand -hex 32`."
  }
}

variable "email" {
  description = "Address that Let's Encrypt tells of a certificate that ends."
  type        = string

  validation {
    condition     = can(regex("^[^@\\s']+@[^@\\s']+\\.[^@\\s']+$", var.email))
    error_message = "The address for certificates must be an e-mail address, such as ops@example.org."
  }
}

variable "image" {
  description = "Image of the machines: Ubuntu 22.04 or newer, or Debian 12 or newer."
  type        = string
  default     = "ubuntu-22-04-x64"

  validation {
    condition     = can(regex("^(ubuntu-2[2-9]-04|debian-1[2-9])-x64$", var.image))
    error_message = "The set-up of TURN servers knows Ubuntu 22.04 or newer and Debian 12 or newer, such as ubuntu-22-04-x64."
  }
}

variable "size" {
  description = "Size of each machine."
  type        = string
  default     = "s-2vcpu-4gb"

  validation {
    condition     = can(regex("^(s|c|g|gd|m|so)[0-9a-z.]*-", var.size))
    error_message = "The size must be a size of a Droplet, such as s-2vcpu-4gb."
  }
}

variable "ssh_keys" {
  description = "Fingerprints or ids of SSH keys of the account that may sign in. Without one nobody can."
  type        = list(string)
  default     = []
}

variable "admin_networks" {
  description = "Networks from which port 22 is reached. Empty: it is closed."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for network in var.admin_networks : can(cidrhost(network, 0)) && !endswith(network, "/0")])
    error_message = "Each network of administrators is written like 203.0.113.0/24, and is not the whole internet."
  }
}

variable "tags" {
  description = "Tags of the machines."
  type        = list(string)
  default     = []
}
