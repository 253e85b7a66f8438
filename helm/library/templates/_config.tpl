{{/*
`config` of the values, in the shape of the configuration file, as environment variables:
gateway.listen becomes SYNCWATCH_GATEWAY__LISTEN. A text may hold templates, such as the name of the release.
Call with (dict "config" <map> "prefix" "SYNCWATCH_" "root" $).
*/}}
{{- define "library.configEnv" -}}
{{- range $key, $value := .config }}
{{- $name := printf "%s%s" $.prefix (upper $key) }}
{{- if kindIs "map" $value }}
{{- include "library.configEnv" (dict "config" $value "prefix" (printf "%s__" $name) "root" $.root) }}
{{- else }}
- name: {{ $name }}
  {{- /* toJson keeps large numbers whole and writes lists in the form that the program reads. */}}
  value: {{ tpl (ternary $value (toJson $value) (kindIs "string" $value)) $.root | quote }}
{{- end }}
{{- end }}
{{- end -}}

{{/* Secrets reach a process only as files: `kubectl describe` shows an environment, and child processes inherit it. */}}
{{- define "library.secretEnv" -}}
{{- range $name, $key := .Values.secrets.files }}
- name: SYNCWATCH_{{ $name }}_FILE
  value: /run/secrets/syncwatch/{{ $key }}
{{- end }}
{{- end -}}
