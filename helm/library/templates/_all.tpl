{{/* Every object of a service: a service chart is this, its values, and what only it has. */}}
{{- define "library.all" -}}
{{- $root := . -}}
{{- range list "serviceAccount" "deployment" "service" "hpa" "pdb" "networkPolicy" "serviceMonitor" }}
{{- with include (printf "library.%s" .) $root | trim }}
---
{{ . }}
{{- end }}
{{- end }}
{{- end -}}
