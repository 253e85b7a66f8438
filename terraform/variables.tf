# What an environment decides. Rules about a value stand with the module that uses it.

variable "environment" {
  description = "Environment: staging or production. Set by envs/<environment>/terraform.tfvars."
  type        = string

  validation {
    condition     = contains(["staging", "production"], var.environment)
    error_message = "The environment must be staging or production."
  }
}

variable "region" {
  description = "Region of everything but the copy of the media. It must have Spaces."
  type        = string
  default     = "nyc3"

  validation {
    condition     = can(regex("^[a-z]{3}[0-9]$", var.region))
    error_message = "The region must be written like nyc3."
  }
}

variable "domain" {
  description = "Host name of the site. It becomes a DNS zone of its own."
  type        = string
}

variable "site_address" {
  description = "Public address of the ingress controller's load balancer. null until it is known."
  type        = string
  default     = null
}

variable "delegated_subdomains" {
  description = "Subdomains whose zones other environments make, such as [\"staging\"]."
  type        = set(string)
  default     = []
}

variable "ip_range" {
  description = "Addresses of the private network."
  type        = string
  default     = "10.10.0.0/16"
}

variable "pod_range" {
  description = "Addresses of the pods of Kubernetes."
  type        = string
  default     = "10.20.0.0/18"
}

variable "service_range" {
  description = "Addresses of the services of Kubernetes."
  type        = string
  default     = "10.30.0.0/22"
}

variable "kubernetes_version" {
  description = "Version of Kubernetes, as `doctl kubernetes options versions` lists it."
  type        = string
}

variable "node_size" {
  description = "Size of the nodes of Kubernetes."
  type        = string
  default     = "s-4vcpu-8gb"
}

variable "min_nodes" {
  description = "Smallest number of nodes of Kubernetes."
  type        = number
  default     = 2
}

variable "max_nodes" {
  description = "Largest number of nodes of Kubernetes."
  type        = number
  default     = 10
}

variable "high_availability" {
  description = "Run the control plane of Kubernetes on several machines. null: in production."
  type        = bool
  default     = null
}

variable "postgres_version" {
  description = "Major version of PostgreSQL."
  type        = string
  default     = "18"
}

variable "postgres_size" {
  description = "Size of the nodes of PostgreSQL."
  type        = string
  default     = "db-s-2vcpu-4gb"
}

variable "postgres_nodes" {
  description = "Number of nodes of PostgreSQL. null: 2 in production, else 1."
  type        = number
  default     = null
}

variable "valkey_version" {
  description = "Major version of Valkey."
  type        = string
  default     = "8"
}

variable "redis_size" {
  description = "Size of the nodes of Valkey."
  type        = string
  default     = "db-s-1vcpu-2gb"
}

variable "redis_nodes" {
  description = "Number of nodes of Valkey."
  type        = number
  default     = 1
}

variable "media_bucket" {
  description = "Name of the bucket for media. null: syncwatch-media-<environment>."
  type        = string
  default     = null
}

variable "media_copy_region" {
  description = "Region of the copy of the bucket. null: there is no copy."
  type        = string
  default     = null
}

variable "turn_secret" {
  description = "Secret that TURN servers and voice-svc share. Give it in the variable TF_VAR_turn_secret."
  type        = string
  sensitive   = true
}

variable "turn_servers" {
  description = "Number of TURN servers. null: 2 in production, else 1."
  type        = number
  default     = null
}

variable "turn_out_of_service" {
  description = "TURN servers whose names lead to another one, such as [\"turn1\"]."
  type        = set(string)
  default     = []
}

variable "turn_image" {
  description = "Image of the TURN servers."
  type        = string
  default     = "ubuntu-22-04-x64"
}

variable "turn_size" {
  description = "Size of the TURN servers."
  type        = string
  default     = "s-2vcpu-4gb"
}

variable "certificate_email" {
  description = "Address that Let's Encrypt tells of a certificate that ends."
  type        = string
}

variable "ssh_keys" {
  description = "Fingerprints or ids of SSH keys of the account that may sign in at the TURN servers."
  type        = list(string)
  default     = []
}

variable "admin_networks" {
  description = "Networks from which port 22 of the TURN servers is reached. Empty: it is closed."
  type        = list(string)
  default     = []
}
