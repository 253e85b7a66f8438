{{/*
Who may call the service is in values: networkPolicy.from are the peers of its own ports (an empty list
admits everybody, as a gateway must when the ingress controller runs on the host network), and
networkPolicy.egress what it calls besides DNS and the other parts of SyncWatch.
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
    - ports:
        {{- range .Values.ports }}
        - {protocol: TCP, port: {{ .name }}}
        {{- end }}
      {{- with .Values.networkPolicy.from }}
      from:
        {{- toYaml . | nindent 8 }}
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
    - to:
        - podSelector:
            matchLabels:
              app.kubernetes.io/part-of: syncwatch
    {{- with .Values.networkPolicy.egress }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end -}}
{{- end -}}
