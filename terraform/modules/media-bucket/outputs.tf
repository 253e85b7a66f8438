output "name" {
  description = "Name of the bucket, for the setting store.s3_bucket."
  value       = aws_s3_bucket.media.id
}

output "arn" {
  description = "ARN of the bucket."
  value       = aws_s3_bucket.media.arn
}

output "access_policy" {
  description = "IAM policy, as JSON, for the user whose access key is in store.s3_access_key."
  value       = data.aws_iam_policy_document.access.json
}

output "regional_domain_name" {
  description = "Address that a CDN uses as its origin."
  value       = aws_s3_bucket.media.bucket_regional_domain_name
}
