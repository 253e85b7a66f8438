mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = {
      json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}"
    }
  }
}

variables {
  name            = "syncwatch-media-test"
  allowed_origins = ["https://watch.example.org"]
}

run "nothing_is_public" {
  command = plan

  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.media.block_public_acls,
      aws_s3_bucket_public_access_block.media.block_public_policy,
      aws_s3_bucket_public_access_block.media.ignore_public_acls,
      aws_s3_bucket_public_access_block.media.restrict_public_buckets,
    ])
    error_message = "Every way to make an object public must be blocked."
  }

  assert {
    condition     = aws_s3_bucket.media.force_destroy == false
    error_message = "A bucket must not be deletable with its films unless that is asked for."
  }
}

run "unfinished_uploads_are_removed" {
  command = plan

  variables {
    unfinished_upload_days = 7
  }

  assert {
    condition = one([
      for rule in aws_s3_bucket_lifecycle_configuration.media.rule :
      one(rule.abort_incomplete_multipart_upload).days_after_initiation if rule.id == "abort-unfinished-uploads"
    ]) == 7
    error_message = "The lifecycle rule must follow unfinished_upload_days."
  }
}

run "only_the_given_origins_may_read" {
  command = plan

  assert {
    condition     = one(aws_s3_bucket_cors_configuration.media.cors_rule).allowed_origins == toset(["https://watch.example.org"])
    error_message = "CORS must name exactly the given origins."
  }
}

run "a_name_with_dots_is_refused" {
  command = plan

  variables {
    name = "media.example.org"
  }

  expect_failures = [var.name]
}

run "a_wildcard_origin_is_refused" {
  command = plan

  variables {
    allowed_origins = ["https://*"]
  }

  expect_failures = [var.allowed_origins]
}

run "a_part_of_a_day_is_refused" {
  command = plan

  variables {
    unfinished_upload_days = 0.5
  }

  expect_failures = [var.unfinished_upload_days]
}
