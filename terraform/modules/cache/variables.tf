variable "environment" {
  description = "Environment, which becomes part of the name."
  type        = string
}

variable "region" {
  description = "Region of the cluster, which is that of its network."
  type        = string
}

variable "network_id" {
  description = "Id of the private network."
  type        = string
}

variable "cluster_id" {
  description = "Id of the Kubernetes cluster whose nodes may connect."
  type        = string
}

variable "valkey_version" {
  description = "Major version of Valkey."
  type        = string
  default     = "8"

  validation {
    condition     = can(regex("^([7-9]|[1-9][0-9])$", var.valkey_version))
    error_message = "valkey_version is a major version, 7 or newer, such as 8."
  }
}

variable "size" {
  description = "Size of each node."
  type        = string
  default     = "db-s-1vcpu-2gb"

  validation {
    condition     = can(regex("^(db|gd|so|m)[0-9a-z.]*-", var.size))
    error_message = "The size must be a size of a managed database, such as db-s-1vcpu-2gb."
  }
}

variable "nodes" {
  description = "Number of nodes: one works, the others stand by."
  type        = number
  default     = 1

  validation {
    condition     = contains([1, 2, 3], var.nodes)
    error_message = "A cluster of Valkey has 1 to 3 nodes."
  }
}

variable "tags" {
  description = "Tags of the cluster."
  type        = list(string)
  default     = []
}
