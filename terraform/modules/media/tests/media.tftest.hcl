mock_provider "digitalocean" {
  mock_resource "digitalocean_spaces_bucket" {
    defaults = {
      bucket_domain_name = "syncwatch-media-production.nyc3.digitaloceanspaces.com"
    }
  }
}

variables {
  environment = "production"
  region      = "nyc3"
  domain      = "watch.example.org"
  zone        = "watch.example.org"
  copy_region = "sfo3"
}

run "nothing_is_public" {
  command = apply

  assert {
    condition     = alltrue([for bucket in concat([digitalocean_spaces_bucket.media], digitalocean_spaces_bucket.copy) : bucket.acl == "private" && !bucket.force_destroy])
    error_message = "Buckets must be private, and not deletable with their films unless that is asked for."
  }

  assert {
    condition     = digitalocean_spaces_bucket.media.name == "syncwatch-media-production"
    error_message = "The bucket is called syncwatch-media-<environment>."
  }
}

run "only_the_site_may_read_and_write" {
  command = apply

  assert {
    condition = one([for rule in digitalocean_spaces_bucket_cors_configuration.media.cors_rule : {
      origins = rule.allowed_origins, methods = rule.allowed_methods, headers = rule.allowed_headers, seconds = rule.max_age_seconds
      }]) == {
      origins = toset(["https://watch.example.org"]), methods = toset(["GET", "PUT"]), headers = toset(["*"]), seconds = 3600
    }
    error_message = "CORS must admit GET and PUT of the site's origin alone, with all headers, for an hour."
  }
}

run "leftovers_are_removed_and_films_are_not" {
  command = apply

  variables {
    unfinished_upload_days = 7
  }

  assert {
    condition     = one([for rule in digitalocean_spaces_bucket.media.lifecycle_rule : rule.abort_incomplete_multipart_upload_days if rule.id == "abort-unfinished-uploads"]) == 7
    error_message = "The lifecycle rule must follow unfinished_upload_days."
  }

  assert {
    condition     = [for rule in digitalocean_spaces_bucket.media.lifecycle_rule : rule.prefix if length(rule.expiration) > 0] == [".check/"]
    error_message = "Nothing but what is below .check/ may expire."
  }
}

run "the_copy_is_in_another_region_and_keeps_everything" {
  command = apply

  assert {
    condition     = digitalocean_spaces_bucket.copy[0].region == "sfo3" && digitalocean_spaces_bucket.copy[0].name == "syncwatch-media-production-copy"
    error_message = "The copy must be in its region."
  }

  assert {
    condition     = length(flatten([for rule in digitalocean_spaces_bucket.copy[0].lifecycle_rule : rule.expiration])) == 0
    error_message = "No object of the copy may expire."
  }

  assert {
    condition     = output.copy.endpoint == "https://sfo3.digitaloceanspaces.com"
    error_message = "The output must name the address of the copy."
  }
}

run "keys_reach_no_more_than_they_need" {
  command = apply

  assert {
    condition     = [for grant in digitalocean_spaces_key.services.grant : "${grant.bucket} ${grant.permission}"] == ["syncwatch-media-production readwrite"]
    error_message = "The key of the services must reach the bucket alone."
  }

  assert {
    condition = toset([for grant in digitalocean_spaces_key.copier[0].grant : "${grant.bucket} ${grant.permission}"]) == toset([
      "syncwatch-media-production read", "syncwatch-media-production-copy readwrite",
    ])
    error_message = "The key of the copier must not be able to change the first bucket."
  }
}

run "the_cdn_answers_for_the_bucket_with_a_certificate" {
  command = apply

  assert {
    condition     = digitalocean_cdn.media.origin == digitalocean_spaces_bucket.media.bucket_domain_name && digitalocean_cdn.media.custom_domain == "cdn.watch.example.org"
    error_message = "The origin of the CDN must be the bucket, and its name cdn.<zone>."
  }

  assert {
    condition     = digitalocean_certificate.cdn.domains == toset(["cdn.watch.example.org"]) && digitalocean_cdn.media.certificate_name == digitalocean_certificate.cdn.name
    error_message = "The certificate must be for the name of the CDN."
  }
}

run "without_a_second_region_there_is_no_copy" {
  command = apply

  variables {
    copy_region = null
  }

  assert {
    condition     = length(digitalocean_spaces_bucket.copy) == 0 && length(digitalocean_spaces_key.copier) == 0 && output.copy == null
    error_message = "Without a region there must be neither a copy nor a key for it."
  }
}

run "a_copy_in_the_same_region_is_refused" {
  command = plan

  variables {
    copy_region = "nyc3"
  }

  expect_failures = [var.copy_region]
}

run "a_name_with_dots_is_refused" {
  command = plan

  variables {
    bucket = "media.example.org"
  }

  expect_failures = [var.bucket]
}

run "a_part_of_a_day_is_refused" {
  command = plan

  variables {
    unfinished_upload_days = 0.5
  }

  expect_failures = [var.unfinished_upload_days]
}

run "a_time_that_the_cdn_does_not_know_is_refused" {
  command = plan

  variables {
    cdn_ttl_seconds = 120
  }

  expect_failures = [var.cdn_ttl_seconds]
}
