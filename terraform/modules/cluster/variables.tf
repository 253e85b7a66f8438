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

variable "kubernetes_version" {
  description = "Version of Kubernetes, as `doctl kubernetes options versions` lists it."
  type        = string

  validation {
    condition     = can(regex("^1\\.(2[7-9]|3[0-7])\\.[0-9]+-do\\.[0-9]+$", var.kubernetes_version))
    error_message = "kubernetes_version must be written like 1.35.1-do.0, and be one that the charts know: 1.27 to 1.37."
  }
}

variable "node_size" {
  description = "Size of each node."
  type        = string
  default     = "s-4vcpu-8gb"

  validation {
    condition     = can(regex("^(s|c|g|gd|m|so)[0-9a-z.]*-", var.node_size))
    error_message = "The size must be a size of a Droplet, such as s-4vcpu-8gb."
  }
}

variable "min_nodes" {
  description = "Smallest number of nodes."
  type        = number
  default     = 2

  validation {
    condition     = var.min_nodes >= 1 && floor(var.min_nodes) == var.min_nodes
    error_message = "min_nodes must be a whole number, at least 1."
  }
}

variable "max_nodes" {
  description = "Largest number of nodes."
  type        = number
  default     = 10

  validation {
    condition     = var.max_nodes >= var.min_nodes && floor(var.max_nodes) == var.max_nodes
    error_message = "max_nodes must be a whole number, at least min_nodes."
  }
}

variable "pod_range" {
  description = "Addresses of pods, which are seen inside of the network. Part of no other network of the account."
  type        = string
  default     = "10.20.0.0/18"

  validation {
    condition     = can(cidrhost(var.pod_range, 1)) && !can(regex("^10\\.(229|244|245|246)\\.", var.pod_range))
    error_message = "pod_range must be written like 10.20.0.0/18, and be none that DigitalOcean keeps for itself: 10.229, 10.244, 10.245 and 10.246."
  }
}

variable "service_range" {
  description = "Addresses of services. Part of no other network of the account."
  type        = string
  default     = "10.30.0.0/22"

  validation {
    condition     = can(cidrhost(var.service_range, 1)) && !can(regex("^10\\.(229|244|245|246)\\.", var.service_range)) && var.service_range != var.pod_range
    error_message = "service_range must be written like 10.30.0.0/22, and be neither that of the pods nor one that DigitalOcean keeps for itself: 10.229, 10.244, 10.245 and 10.246."
  }
}

variable "high_availability" {
  description = "Run the control plane on several machines. It costs extra, and cannot be taken back."
  type        = bool
}

variable "destroy_all" {
  description = "Delete load balancers and volumes of the cluster along with it. For short-lived environments alone."
  type        = bool
  default     = false
}

variable "tags" {
  description = "Tags of the cluster and its nodes."
  type        = list(string)
  default     = []
}
