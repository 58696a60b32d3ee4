//! Gates: the conditions by which a template says something on some Kubernetes and nothing on another.
