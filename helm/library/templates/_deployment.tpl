{{- define "library.deployment" -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  {{- include "library.metadata" . | nindent 2 }}
spec:
  {{- if not .Values.autoscaling.enabled }}
  replicas: {{ .Values.replicas }}
  {{- end }}
  revisionHistoryLimit: 5
  selector:
    matchLabels:
      {{- include "library.selector" . | nindent 6 }}
  strategy:
    # A new pod is ready before an old one drains, so a rollout never lowers the capacity of the service.
    rollingUpdate: {maxSurge: 1, maxUnavailable: 0}
  template:
    metadata:
      labels:
        {{- include "library.labels" . | nindent 8 }}
      {{- with .Values.podAnnotations }}
      annotations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
    spec:
      serviceAccountName: {{ include "library.fullname" . }}
      # No service talks to the Kubernetes API.
      automountServiceAccountToken: false
      enableServiceLinks: false
      {{- with .Values.image.pullSecrets }}
      imagePullSecrets:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds }}
      securityContext:
        {{- include "library.podSecurityContext" . | nindent 8 }}
      topologySpreadConstraints:
        - maxSkew: 1
          topologyKey: kubernetes.io/hostname
          whenUnsatisfiable: ScheduleAnyway
          labelSelector:
            matchLabels:
              {{- include "library.selector" . | nindent 14 }}
      {{- with .Values.nodeSelector }}
      nodeSelector:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .Values.tolerations }}
      tolerations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      containers:
        {{- include "library.container" . | nindent 8 }}
      volumes:
        {{- include "library.volumes" . | nindent 8 }}
{{- end -}}

{{- define "library.container" -}}
{{- /* Several replicas need Redis; `config validate --strict` checks it by this number. */}}
{{- $replicas := ternary .Values.autoscaling.maxReplicas .Values.replicas .Values.autoscaling.enabled }}
{{- $config := mustMergeOverwrite (dict "services" (dict "replicas" (int $replicas))) (deepCopy .Values.config) -}}
- name: {{ .Chart.Name }}
  image: {{ include "library.image" . | quote }}
  imagePullPolicy: {{ .Values.image.pullPolicy }}
  command: {{ prepend .Values.args (.Values.command | default .Chart.Name) | toJson }}
  securityContext:
    {{- include "library.containerSecurityContext" . | nindent 4 }}
  env:
    {{- /* First, since later values may name them as $(NAME). */}}
    {{- range $name, $path := .Values.podFields }}
    - name: {{ $name }}
      valueFrom: {fieldRef: {fieldPath: {{ $path }}}}
    {{- end }}
    {{- include "library.configEnv" (dict "config" $config "prefix" "SYNCWATCH_" "root" .) | trim | nindent 4 }}
    {{- with include "library.secretEnv" . | trim }}
    {{- . | nindent 4 }}
    {{- end }}
  ports:
    {{- range .Values.ports }}
    - {name: {{ .name }}, containerPort: {{ .port }}}
    {{- end }}
    {{- range .Values.hostPorts }}
    - {name: {{ .name }}, containerPort: {{ .port }}, hostPort: {{ .port }}, protocol: UDP}
    {{- end }}
    - {name: admin, containerPort: {{ .Values.adminPort }}}
  {{- include "library.probes" . | nindent 2 }}
  resources:
    {{- toYaml .Values.resources | nindent 4 }}
  volumeMounts:
    - {name: tmp, mountPath: /tmp}
    {{- if .Values.secrets.files }}
    - {name: secrets, mountPath: /run/secrets/syncwatch, readOnly: true}
    {{- end }}
    {{- with .Values.data.mountPath }}
    - {name: data, mountPath: {{ . }}}
    {{- end }}
{{- end -}}

{{- define "library.volumes" -}}
- name: tmp
  emptyDir: {sizeLimit: 64Mi}
{{- if .Values.secrets.files }}
- name: secrets
  secret:
    secretName: {{ required "secrets.existingSecret names the Secret that holds secrets.files" .Values.secrets.existingSecret }}
    defaultMode: 0440
    # Nothing but what this service needs.
    items:
      {{- range values .Values.secrets.files | uniq | sortAlpha }}
      - {key: {{ . }}, path: {{ . }}}
      {{- end }}
{{- end }}
{{- if .Values.data.mountPath }}
- name: data
  {{- if .Values.data.existingClaim }}
  persistentVolumeClaim: {claimName: {{ .Values.data.existingClaim }}}
  {{- else }}
  emptyDir: {sizeLimit: {{ .Values.data.sizeLimit }}}
  {{- end }}
{{- end }}
{{- end -}}

{{/* Live means "the process answers"; ready asks its dependencies. A lost database must not restart every pod. */}}
{{- define "library.probes" -}}
startupProbe:
  httpGet: {path: /health/live, port: admin}
  periodSeconds: 2
  failureThreshold: 30
livenessProbe:
  httpGet: {path: /health/live, port: admin}
  periodSeconds: 10
  timeoutSeconds: 2
  failureThreshold: 3
readinessProbe:
  httpGet: {path: /health/ready, port: admin}
  periodSeconds: 5
  timeoutSeconds: 3
  failureThreshold: 2
{{- end -}}
