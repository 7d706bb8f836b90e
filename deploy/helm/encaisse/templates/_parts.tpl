{{/* Name of everything of the release. */}}
{{- define "encaisse.name" -}}
{{- if contains "encaisse" .Release.Name -}}{{ .Release.Name | trunc 40 | trimSuffix "-" }}{{- else -}}{{ printf "%s-encaisse" .Release.Name | trunc 40 | trimSuffix "-" }}{{- end -}}
{{- end }}

{{/* Labels that select the pods of a component: dict "root" "component". */}}
{{- define "encaisse.selector" -}}
app.kubernetes.io/name: encaisse
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "encaisse.labels" -}}
{{ include "encaisse.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end }}

{{- define "encaisse.image" -}}
{{ printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) | quote }}
{{- end }}

{{- define "encaisse.secretName" -}}
{{ required "existingSecret.name is needed: a Secret with the database address and the keys, see deploy/README.md" .Values.existingSecret.name }}
{{- end }}

{{/* What every pod is held to. */}}
{{- define "encaisse.podSecurity" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: {{ .uid }}
  runAsGroup: {{ .uid }}
  fsGroup: {{ .uid }}
  seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "encaisse.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
{{- end }}

{{- define "encaisse.placement" -}}
{{- with .root.Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: topology.kubernetes.io/zone
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels: {{- include "encaisse.selector" . | nindent 8 }}
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels: {{- include "encaisse.selector" . | nindent 8 }}
{{- end }}

{{/* The settings of every process. Secrets are told by reference only. */}}
{{- define "encaisse.environment" -}}
{{- $secret := include "encaisse.secretName" . -}}
{{- $keys := .Values.existingSecret.keys -}}
- { name: NODE_ENV, value: production }
- { name: HOST, value: 0.0.0.0 }
- { name: PORT, value: '3000' }
- { name: DATA_DIR, value: /data }
- { name: VAULT_KEY_FILE, value: /run/secrets/encaisse/vault-key }
- name: DATABASE_URL
  valueFrom: { secretKeyRef: { name: {{ $secret }}, key: {{ $keys.databaseUrl }} } }
- name: TOKEN_KEY
  valueFrom: { secretKeyRef: { name: {{ $secret }}, key: {{ $keys.tokenKey }} } }
{{- if .Values.eventStore.enabled }}
- name: EVENTSTORE_URL
  valueFrom: { secretKeyRef: { name: {{ $secret }}, key: {{ $keys.eventStoreUrl }} } }
{{- end }}
{{- if .Values.acquirerSimulator.enabled }}
- { name: ACQUIRER_URL, value: 'tcp://{{ include "encaisse.name" . }}-acquirer-simulator:8000' }
{{- else }}
- { name: ACQUIRER_URL, value: {{ required "acquirer.url is needed, or acquirerSimulator.enabled to try things out" .Values.acquirer.url | quote }} }
{{- end }}
{{- with .Values.mail }}
{{- if .enabled }}
- name: SMTP_URL
  valueFrom: { secretKeyRef: { name: {{ $secret }}, key: {{ $keys.smtpUrl }} } }
- { name: MAIL_FROM, value: {{ required "mail.from is needed where mail.enabled is true" .from | quote }} }
{{- end }}
{{- with .publicUrl }}
- { name: PUBLIC_URL, value: {{ . | quote }} }
{{- end }}
{{- with .supportAddress }}
- { name: SUPPORT_ADDRESS, value: {{ . | quote }} }
{{- end }}
{{- end }}
{{- with .Values.sms.gatewayUrl }}
- { name: SMS_GATEWAY_URL, value: {{ . | quote }} }
- name: SMS_GATEWAY_TOKEN
  valueFrom: { secretKeyRef: { name: {{ $secret }}, key: {{ $keys.smsGatewayToken }} } }
{{- end }}
{{- with .Values.monitoring.tracesEndpoint }}
- { name: OTEL_EXPORTER_OTLP_ENDPOINT, value: {{ . | quote }} }
{{- end }}
{{- with .Values.kafka }}
{{- if .brokers }}
- { name: KAFKA_BROKERS, value: {{ .brokers | quote }} }
- { name: KAFKA_REPLICATION_FACTOR, value: {{ .replicationFactor | quote }} }
- { name: KAFKA_TOPIC_PARTITIONS, value: {{ .topicPartitions | quote }} }
{{- if .sasl.enabled }}
- { name: KAFKA_SASL_MECHANISM, value: {{ .sasl.mechanism | quote }} }
- { name: KAFKA_SASL_USERNAME, value: {{ .sasl.username | quote }} }
- name: KAFKA_SASL_PASSWORD
  valueFrom: { secretKeyRef: { name: {{ $secret }}, key: {{ $keys.kafkaPassword }} } }
{{- end }}
{{- if .tls.enabled }}
- { name: KAFKA_TLS, value: 'on' }
{{- if .tls.caSecret }}
- { name: KAFKA_TLS_CA_FILE, value: /run/secrets/kafka/ca.crt }
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- range $name, $value := .Values.settings }}
- { name: {{ $name }}, value: {{ $value | quote }} }
{{- end }}
{{- end }}

{{- define "encaisse.mounts" -}}
- { name: vault-key, mountPath: /run/secrets/encaisse, readOnly: true }
- { name: temporary, mountPath: /tmp }
- { name: files, mountPath: /data }
{{- if and .root.Values.kafka.tls.enabled .root.Values.kafka.tls.caSecret }}
- { name: kafka-ca, mountPath: /run/secrets/kafka, readOnly: true }
{{- end }}
{{- end }}

{{- define "encaisse.volumes" -}}
- name: vault-key
  secret:
    secretName: {{ include "encaisse.secretName" .root }}
    defaultMode: 0440
    items: [{ key: {{ .root.Values.existingSecret.keys.vaultKey }}, path: vault-key }]
- name: temporary
  emptyDir: { sizeLimit: 256Mi }
- name: files
{{- if .hasFiles }}
  persistentVolumeClaim:
    claimName: {{ .root.Values.files.existingClaim | default (printf "%s-files" (include "encaisse.name" .root)) }}
{{- else }}
  emptyDir: { sizeLimit: 256Mi }
{{- end }}
{{- if and .root.Values.kafka.tls.enabled .root.Values.kafka.tls.caSecret }}
- name: kafka-ca
  secret: { secretName: {{ .root.Values.kafka.tls.caSecret }}, defaultMode: 0440 }
{{- end }}
{{- end }}
