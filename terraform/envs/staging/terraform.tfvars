environment        = "staging"
domain             = "staging.syncwatch.example"
certificate_email  = "ops@syncwatch.example"
kubernetes_version = "1.35.1-do.0"

# Networks of one account must not overlap.
ip_range      = "10.11.0.0/16"
pod_range     = "10.21.0.0/18"
service_range = "10.31.0.0/22"
