{{/*
The name of the installation, by which the services find one another. It is the name of the release, of the umbrella or
of a single service: a release "watch-room-svc" of the chart room-svc belongs to the installation "watch".
*/}}
{{- define "library.installation" -}}
{{- trimSuffix (printf "-%s" .Chart.Name) .Release.Name -}}
{{- end -}}

{{/* One name for every object of a service: "<installation>-<service>". */}}
{{- define "library.fullname" -}}
{{- printf "%s-%s" (include "library.installation" .) .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* Selects the pods. It must never change during the life of a release, so it holds no version. */}}
{{- define "library.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
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
{{ .Values.image.repository }}/{{ .Chart.Name }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}/{{ .Chart.Name }}:{{ include "library.tag" . }}
{{- end -}}
{{- end -}}
