output "name" {
  description = "Name of the bucket, for the blob settings of media-svc."
  value       = aws_s3_bucket.media.id
}

output "arn" {
  description = "ARN of the bucket, for the policy of the role that media-svc runs under."
  value       = aws_s3_bucket.media.arn
}

output "regional_domain_name" {
  description = "Address that a CDN uses as its origin."
  value       = aws_s3_bucket.media.bucket_regional_domain_name
}
