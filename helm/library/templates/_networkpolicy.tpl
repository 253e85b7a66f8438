{{/*
Only the callers that values name reach the service, and it reaches only what they name (networkPolicy in values.yaml).
Callers and calls are selected by the names of their charts, so services that are releases of their own find one another.
*/}}
{{- define "library.networkPolicy" -}}
{{- if .Values.networkPolicy.enabled -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "library.metadata" . | nindent 2 }}
spec:
  podSelector:
    matchLabels:
      {{- include "library.selector" . | nindent 6 }}
  policyTypes: [Ingress, Egress]
  ingress:
    {{- with .Values.ports }}
    - ports:
        {{- range . }}
        - {protocol: TCP, port: {{ .name }}}
        {{- end }}
      {{- if or $.Values.networkPolicy.from $.Values.networkPolicy.callers }}
      from:
        {{- with $.Values.networkPolicy.callers }}
        - {{ include "library.peers" . }}
        {{- end }}
        {{- with $.Values.networkPolicy.from }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- end }}
    {{- end }}
    {{- with .Values.hostPorts }}
    # Clients come from everywhere.
    - ports:
        {{- range . }}
        - {protocol: UDP, port: {{ .port }}}
        {{- end }}
    {{- end }}
    {{- with .Values.networkPolicy.metricsFrom }}
    # The kubelet's probes need no rule: they come from the pod's own node.
    - ports:
        - {protocol: TCP, port: admin}
      from:
        {{- toYaml . | nindent 8 }}
    {{- end }}
  egress:
    - ports:
        - {protocol: UDP, port: 53}
        - {protocol: TCP, port: 53}
    {{- with .Values.networkPolicy.calls }}
    - to:
        - {{ include "library.peers" . }}
    {{- end }}
    {{- with .Values.networkPolicy.egress }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end -}}
{{- end -}}

{{/* The pods of a list of services, in one line. */}}
{{- define "library.peers" -}}
podSelector: {matchLabels: {app.kubernetes.io/part-of: syncwatch}, matchExpressions: [{key: app.kubernetes.io/name, operator: In, values: {{ toJson . }}}]}
{{- end -}}
