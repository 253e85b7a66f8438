{{/*
Every object of a service. A service chart is this and its values: what it leaves out has its default in the values.yaml
of this chart.
*/}}
{{- define "library.all" -}}
{{- $values := mustMergeOverwrite (deepCopy .Values.library) (deepCopy (omit .Values "library")) }}
{{- $root := dict "Values" $values "Release" .Release "Chart" .Chart "Capabilities" .Capabilities "Template" .Template "Files" .Files }}
{{- range list "serviceAccount" "deployment" "service" "ingress" "hpa" "pdb" "networkPolicy" "serviceMonitor" }}
{{- with include (printf "library.%s" .) $root | trim }}
---
{{ . }}
{{- end }}
{{- end }}
{{- end -}}
