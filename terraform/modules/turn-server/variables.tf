variable "name" {
  description = "Prefix of the names of what is made."
  type        = string
  default     = "syncwatch-turn"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,27}$", var.name))
    error_message = "A name has 2 to 28 lower-case letters, digits and hyphens, and begins with a letter."
  }
}

variable "servers" {
  description = "Id of a public subnet by the DNS name of each server. Two, in different zones, so that voice survives one."
  type        = map(string)

  validation {
    condition     = length(var.servers) > 0 && alltrue([for host, _ in var.servers : can(regex("^[a-z0-9-]+(\\.[a-z0-9-]+)+$", host))])
    error_message = "There is at least one server, and each is called by a DNS name such as turn1.example.org."
  }
}

variable "vpc_id" {
  description = "Id of the VPC of the subnets."
  type        = string
}

variable "zone_id" {
  description = "Id of the Route 53 zone of the names."
  type        = string
}

variable "secret_arn" {
  description = "ARN of the Secrets Manager secret whose text is `voice.turn_secret`."
  type        = string
}

variable "email" {
  description = "Address that Let's Encrypt tells of a certificate that ends."
  type        = string
}

variable "region" {
  description = "AWS region of the secret."
  type        = string
}

variable "instance_type" {
  description = "Type of the machines."
  type        = string
  default     = "t3.small"
}

variable "tags" {
  description = "Tags of everything that is made."
  type        = map(string)
  default     = {}
}
