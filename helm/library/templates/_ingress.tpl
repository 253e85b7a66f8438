{{- define "library.ingress" -}}
{{- if .Values.ingress.enabled -}}
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  {{- include "library.metadata" . | nindent 2 }}
  {{- with .Values.ingress.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  {{- with .Values.ingress.className }}
  ingressClassName: {{ . }}
  {{- end }}
  {{- with .Values.ingress.tlsSecret }}
  tls:
    - secretName: {{ . }}
      hosts: [{{ $.Values.ingress.host | quote }}]
  {{- end }}
  rules:
    - host: {{ required "ingress.host is the public name of the site" .Values.ingress.host | quote }}
      http:
        paths:
          {{- range .Values.ingress.paths }}
          - path: {{ . }}
            pathType: Prefix
            backend:
              service:
                name: {{ include "library.fullname" $ }}
                port: {name: {{ $.Values.ingress.port }}}
          {{- end }}
{{- end -}}
{{- end -}}
