{{- define "library.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* One name for every object of a service: "<release>-<service>". */}}
{{- define "library.fullname" -}}
{{- printf "%s-%s" .Release.Name (include "library.name" .) | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* What selects the pods: it must never change over the life of a release, so no version in it. */}}
{{- define "library.selector" -}}
app.kubernetes.io/name: {{ include "library.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "library.labels" -}}
{{ include "library.selector" . }}
app.kubernetes.io/part-of: syncwatch
app.kubernetes.io/version: {{ include "library.tag" . | trunc 63 | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 }}
{{- end -}}

{{- define "library.metadata" -}}
name: {{ include "library.fullname" . }}
namespace: {{ .Release.Namespace }}
labels:
  {{- include "library.labels" . | nindent 2 }}
{{- end -}}

{{- define "library.tag" -}}
{{- .Values.image.tag | default .Chart.AppVersion -}}
{{- end -}}

{{/* A digest wins over a tag: a tag can be moved. */}}
{{- define "library.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ include "library.tag" . }}
{{- end -}}
{{- end -}}
