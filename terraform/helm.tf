# The values of helm/syncwatch that follow from what is made here.

locals {
  # What leaves a pod, beside the calls between services that the charts admit.
  to_postgres = {
    to    = [{ ipBlock = { cidr = module.network.ip_range } }]
    ports = [{ protocol = "TCP", port = module.database.port }]
  }
  to_redis = {
    to    = [{ ipBlock = { cidr = module.network.ip_range } }]
    ports = [{ protocol = "TCP", port = module.cache.port }]
  }
  to_turn = {
    to    = [for name, address in module.turn.addresses : { ipBlock = { cidr = "${address}/32" } }]
    ports = [{ protocol = "UDP", port = 3478 }]
  }
  # Links and the object store are anywhere but in private networks.
  to_internet = {
    to = [
      { ipBlock = { cidr = "0.0.0.0/0", except = ["10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"] } },
    ]
  }
  to_store = merge(local.to_internet, { ports = [{ protocol = "TCP", port = 443 }] })

  ingress = {
    enabled   = true
    className = "nginx"
    host      = var.domain
    tlsSecret = "syncwatch-tls"
  }

  store = {
    kind        = "s3"
    s3_endpoint = module.media.endpoint
    s3_bucket   = module.media.bucket
  }
  store_keys = { STORE__S3_ACCESS_KEY = "s3-access-key", STORE__S3_SECRET_KEY = "s3-secret-key" }

  helm_values = yamlencode({
    gateway = {
      ingress       = merge(local.ingress, { podNetworks = [module.cluster.pod_range] })
      networkPolicy = { egress = [local.to_redis] }
    }
    auth-svc = { networkPolicy = { egress = [local.to_postgres] } }
    room-svc = { networkPolicy = { egress = [local.to_postgres, local.to_redis] } }
    sync-svc = { networkPolicy = { egress = [local.to_postgres, local.to_redis] } }
    media-svc = {
      config        = { store = local.store }
      secrets       = { files = local.store_keys }
      ingress       = local.ingress
      networkPolicy = { egress = [local.to_postgres, local.to_internet] }
    }
    transcode-worker = {
      config        = { store = local.store }
      secrets       = { files = local.store_keys }
      networkPolicy = { egress = [local.to_store] }
    }
    voice-svc = {
      config        = { voice = { turn_servers = module.turn.hosts } }
      secrets       = { files = { VOICE__TURN_SECRET = "turn-secret" } }
      networkPolicy = { egress = [local.to_redis, local.to_turn] }
    }
  })
}
