"""Raw Helm charts: templates with helpers, conditions and gates on versions."""

from __future__ import annotations

from .other import values
from .prose import Prose

_HELPERS = """{{- define "NAME.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "NAME.labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{- end }}

{{- define "NAME.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "NAME.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}
"""

_HEAD = """apiVersion: VERSION
kind: KIND
metadata:
  name: {{ include "NAME.fullname" . }}SUFFIX
  labels:
    {{- include "NAME.labels" . | nindent 4 }}
"""

_DEPLOYMENT = """spec:
  {{- if not .Values.autoscaling.enabled }}
  replicas: {{ .Values.replicaCount }}
  {{- end }}
  selector:
    matchLabels:
      app.kubernetes.io/name: {{ .Chart.Name }}
  template:
    metadata:
      {{- with .Values.podAnnotations }}
      annotations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      labels:
        {{- include "NAME.labels" . | nindent 8 }}
    spec:
      serviceAccountName: {{ include "NAME.serviceAccountName" . }}
      containers:
        - name: {{ .Chart.Name }}
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"
          {{- range $key, $value := .Values.env }}
          # {{ $key }}
          {{- end }}
          ports:
            - name: http
              containerPort: {{ .Values.service.port }}
          resources:
            {{- toYaml .Values.resources | nindent 12 }}
      {{- with .Values.nodeSelector }}
      nodeSelector:
        {{- toYaml . | nindent 8 }}
      {{- end }}
"""

_ACCOUNT = """{{- with .Values.serviceAccount.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
{{- end }}
automountServiceAccountToken: {{ .Values.serviceAccount.automount }}
"""

_TOKEN = """  annotations:
    kubernetes.io/service-account.name: {{ include "NAME.serviceAccountName" . }}
type: kubernetes.io/service-account-token
"""

_ROLE = """rules:
  - apiGroups: [""]
    resources: ["configmaps", "pods"]
    verbs: ["get", "list", "watch"]
{{- if .Values.rbac.extraRules }}
  {{- toYaml .Values.rbac.extraRules | nindent 2 }}
{{- end }}
"""

_BINDING = """roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: {{ include "NAME.fullname" . }}
subjects:
  - kind: ServiceAccount
    name: {{ include "NAME.serviceAccountName" . }}
    namespace: {{ .Release.Namespace }}
"""

_SERVICE = """spec:
  type: {{ .Values.service.type }}
  ports:
    - port: {{ .Values.service.port }}
      targetPort: http
      protocol: TCP
      name: http
  selector:
    app.kubernetes.io/name: {{ .Chart.Name }}
"""

_KINDS = (
    ("deployment", "apps/v1", "Deployment", "", _DEPLOYMENT),
    ("serviceaccount", "v1", "ServiceAccount", "", _ACCOUNT),
    ("role", "rbac.authorization.k8s.io/v1", "Role", "", _ROLE),
    ("rolebinding", "rbac.authorization.k8s.io/v1", "RoleBinding", "", _BINDING),
    ("service", "v1", "Service", "", _SERVICE),
)


def chart(seed: str) -> list[tuple[str, str]]:
    """The files of a chart."""
    prose = Prose(seed)
    name = prose.app()
    about = f"apiVersion: v2\nname: {name}\ndescription: {prose.sentence()}\nversion: 1.4.{prose.between(0, 9)}\n"
    files = [
        ("Chart.yaml", about + f'appVersion: "{prose.between(1, 9)}.0"\nkubeVersion: ">=1.23.0-0"\n'),
        ("values.yaml", values(prose)),
        ("templates/_helpers.tpl", _HELPERS.replace("NAME", name)),
    ]
    for file, version, kind, suffix, body in _KINDS:
        text = _HEAD.replace("VERSION", version).replace("KIND", kind).replace("SUFFIX", suffix) + body
        condition = ".Values.rbac.create" if "role" in file else f".Values.{file}.create"
        wrapped = f"{{{{- if {condition} -}}}}\n{text}{{{{- end }}}}\n" if prose.chance(0.7) else text
        files.append((f"templates/{file}.yaml", wrapped.replace("NAME", name)))
    if prose.chance(0.3):
        files.append(("templates/token.yaml", _token(prose).replace("NAME", name)))
    return files


def _token(prose: Prose) -> str:
    gate = prose.one(
        [
            'semverCompare ">=1.24-0" .Capabilities.KubeVersion.Version',
            'semverCompare ">=1.24" .Capabilities.KubeVersion.GitVersion',
            "ge (int .Capabilities.KubeVersion.Minor) 24",
        ]
    )
    head = _HEAD.replace("VERSION", "v1").replace("KIND", "Secret").replace("SUFFIX", "-token")
    return f"{{{{- if {gate} }}}}\n{head}{_TOKEN}{{{{- end }}}}\n"
