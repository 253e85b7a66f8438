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

variable "database" {
  description = "Name of the database."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9_]{0,62}$", var.database))
    error_message = "The name of the database has 1 to 63 lower-case letters, digits and underscores, and begins with a letter."
  }
}

variable "postgres_version" {
  description = "Major version of PostgreSQL."
  type        = string
  default     = "18"

  validation {
    condition     = contains(["15", "16", "17", "18"], var.postgres_version)
    error_message = "SyncWatch runs on PostgreSQL 15 to 18: set postgres_version to one of them."
  }
}

variable "size" {
  description = "Size of each node."
  type        = string
  default     = "db-s-2vcpu-4gb"

  validation {
    condition     = can(regex("^(db|gd|so|m)[0-9a-z.]*-", var.size))
    error_message = "The size must be a size of a managed database, such as db-s-2vcpu-4gb."
  }
}

variable "nodes" {
  description = "Number of nodes: one works, the others stand by."
  type        = number

  validation {
    condition     = contains([1, 2, 3], var.nodes)
    error_message = "A cluster of PostgreSQL has 1 to 3 nodes."
  }
}

variable "tags" {
  description = "Tags of the cluster."
  type        = list(string)
  default     = []
}
