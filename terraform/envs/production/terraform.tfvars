environment          = "production"
domain               = "syncwatch.example"
delegated_subdomains = ["staging"]
certificate_email    = "ops@syncwatch.example"
kubernetes_version   = "1.35.1-do.0"
media_copy_region    = "sfo3"
