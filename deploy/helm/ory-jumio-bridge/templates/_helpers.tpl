{{- /* SPDX-License-Identifier: Apache-2.0 */ -}}
{{- define "bridge.fullname" -}}
{{- $name := ternary .Release.Name (printf "%s-%s" .Release.Name .Chart.Name) (contains .Chart.Name .Release.Name) }}
{{- default $name .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "bridge.selectorLabels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "bridge.metadata" -}}
name: {{ include "bridge.fullname" . }}
namespace: {{ .Release.Namespace }}
labels:
  {{- include "bridge.selectorLabels" . | nindent 2 }}
  app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
  app.kubernetes.io/managed-by: {{ .Release.Service }}
  helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "bridge.image" -}}
{{- with .Values.image }}
{{- .repository }}{{ ternary (print "@" .digest) (print ":" (default (print "v" $.Chart.AppVersion) .tag)) (ne .digest "") }}
{{- end }}
{{- end }}

{{/* Not empty if KV is a denokv server. Otherwise it is a file. */}}
{{- define "bridge.hasKvServer" -}}
{{- regexFind "^https?://" .Values.settings.kvPath }}
{{- end }}

{{/* Fails with every mistake in the values that the schema cannot find. */}}
{{- define "bridge.check" -}}
{{- $mistakes := list }}
{{- $settings := .Values.settings }}
{{- if not .Values.image.repository }}{{ $mistakes = append $mistakes "image.repository is missing" }}{{ end }}
{{- if not .Values.existingSecret }}{{ $mistakes = append $mistakes "existingSecret is missing: the name of a Secret that you made" }}{{ end }}
{{- range list "kratosAdminUrl" "jumioAuthUrl" "jumioApiBaseUrl" "jumioClientId" }}
{{- if not (get $settings .) }}{{ $mistakes = append $mistakes (printf "settings.%s is missing" .) }}{{ end }}
{{- end }}
{{- if not (include "bridge.hasKvServer" .) }}
{{- if gt (int .Values.replicas) 1 }}
{{- $mistakes = append $mistakes (printf "settings.kvPath must be the http:// or https:// address of a denokv server, because replicas is %d and instances cannot share a file" (int .Values.replicas)) }}
{{- else if regexMatch "^(\\./data/.+)?$" $settings.kvPath | not }}
{{- $mistakes = append $mistakes "settings.kvPath must be the http:// or https:// address of a denokv server, or a file in ./data" }}
{{- else if not .Values.persistence.existingClaim }}
{{- $mistakes = append $mistakes "persistence.existingClaim is missing, because settings.kvPath is not the address of a denokv server: a file in the pod is lost with the pod" }}
{{- end }}
{{- end }}
{{- if .Values.ingress.enabled }}
{{- $url := urlParse $settings.publicUrl }}
{{- if not $url.hostname }}{{ $mistakes = append $mistakes "settings.publicUrl is missing, because ingress.enabled is true" }}{{ end }}
{{- if trimAll "/" $url.path }}{{ $mistakes = append $mistakes "settings.publicUrl has a path, which an Ingress cannot take away: set ingress.enabled to false, and use a proxy of your own" }}{{ end }}
{{- end }}
{{- if $mistakes }}{{ fail (print "\n- " (join "\n- " $mistakes)) }}{{ end }}
{{- end }}
