output "id" {
  description = "Id of the cluster."
  value       = digitalocean_kubernetes_cluster.main.id
}

output "name" {
  description = "Name of the cluster, for `doctl kubernetes cluster kubeconfig save`."
  value       = digitalocean_kubernetes_cluster.main.name
}

output "pod_range" {
  description = "Addresses of pods."
  value       = digitalocean_kubernetes_cluster.main.cluster_subnet
}
