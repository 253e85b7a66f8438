output "hosts" {
  description = "Value of `voice.turn_servers`."
  value       = sort(keys(var.servers))
}

output "addresses" {
  description = "Public address by name."
  value       = { for host, address in aws_eip.turn : host => address.public_ip }
}
