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

variable "vpc_id" {
  description = "Id of the VPC for TURN servers."
  type        = string
}

variable "turn_servers" {
  description = "Id of a public subnet by the DNS name of each TURN server; two in different zones."
  type        = map(string)
}

variable "zone_id" {
  description = "Id of the Route 53 zone of the names."
  type        = string
}

variable "turn_secret_arn" {
  description = "ARN of the Secrets Manager secret that TURN servers and voice-svc share."
  type        = string
}

variable "email" {
  description = "Address that is told of a certificate that ends."
  type        = string
}
