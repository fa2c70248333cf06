{{- define "sentinel.labels" -}}
app.kubernetes.io/name: refund-sentinel
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "sentinel.selector" -}}
app.kubernetes.io/name: refund-sentinel
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .part }}
{{- end }}

{{- define "sentinel.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}
{{- end }}

{{/* What every container of ours has: image, no rights, settings by ConfigMap, secrets by reference. */}}
{{- define "sentinel.container" -}}
image: {{ include "sentinel.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
envFrom:
  - configMapRef: {name: {{ .Release.Name }}-settings}
  {{- range .Values.secrets }}
  - secretRef: {name: {{ . }}}
  {{- end }}
{{- end }}

{{- define "sentinel.pod" -}}
serviceAccountName: {{ .Release.Name }}
automountServiceAccountToken: false
# Else Kubernetes gives each pod SENTINEL_CONSOLE_PORT=tcp://… of the service sentinel-console, in place of our setting.
enableServiceLinks: false
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: {type: RuntimeDefault}
{{- with .Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "sentinel.spread" -}}
topologySpreadConstraints:
  {{- range $key := list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
  - maxSkew: 1
    topologyKey: {{ $key }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels: {{- include "sentinel.selector" $ | nindent 8 }}
  {{- end }}
{{- end }}

{{/* Certificates of authorities that the system does not know, as files. */}}
{{- define "sentinel.certificates.mount" -}}
{{- if .Values.certificates -}}
- {name: certificates, mountPath: /etc/refund-sentinel/certificates, readOnly: true}
{{- end }}
{{- end }}

{{- define "sentinel.certificates.volume" -}}
{{- with .Values.certificates -}}
- {name: certificates, secret: {secretName: {{ . }}}}
{{- end }}
{{- end }}
