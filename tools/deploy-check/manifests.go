package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"sort"
	"strings"

	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	apps "k8s.io/api/apps/v1"
	autoscaling "k8s.io/api/autoscaling/v2"
	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	policy "k8s.io/api/policy/v1"
	rbac "k8s.io/api/rbac/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

// Kinds whose every field is known: a field that the type does not have is an error.
var typed = map[string]func() any{
	"apps/v1/Deployment":                      func() any { return &apps.Deployment{} },
	"apps/v1/StatefulSet":                     func() any { return &apps.StatefulSet{} },
	"autoscaling/v2/HorizontalPodAutoscaler":  func() any { return &autoscaling.HorizontalPodAutoscaler{} },
	"batch/v1/Job":                            func() any { return &batch.Job{} },
	"networking.k8s.io/v1/Ingress":            func() any { return &networking.Ingress{} },
	"networking.k8s.io/v1/NetworkPolicy":      func() any { return &networking.NetworkPolicy{} },
	"policy/v1/PodDisruptionBudget":           func() any { return &policy.PodDisruptionBudget{} },
	"rbac.authorization.k8s.io/v1/Role":       func() any { return &rbac.Role{} },
	"v1/ConfigMap":                            func() any { return &core.ConfigMap{} },
	"v1/Namespace":                            func() any { return &core.Namespace{} },
	"v1/PersistentVolumeClaim":                func() any { return &core.PersistentVolumeClaim{} },
	"v1/Secret":                               func() any { return &core.Secret{} },
	"v1/Service":                              func() any { return &core.Service{} },
	"v1/ServiceAccount":                       func() any { return &core.ServiceAccount{} },
	"monitoring.coreos.com/v1/ServiceMonitor": func() any { return &monitoring.ServiceMonitor{} },
	"monitoring.coreos.com/v1/PrometheusRule": func() any { return &monitoring.PrometheusRule{} },
}

// Kinds of operators whose types are not at hand: their shape is looked at, their fields are not.
var untyped = map[string]bool{
	"keda.sh/v1alpha1/ScaledObject":     true,
	"postgresql.cnpg.io/v1/Cluster":     true,
	"kafka.strimzi.io/v1/Kafka":         true,
	"kafka.strimzi.io/v1/KafkaNodePool": true,
	"kafka.strimzi.io/v1/KafkaUser":     true,
}

type described struct {
	meta.TypeMeta `json:",inline"`
	Metadata      meta.ObjectMeta `json:"metadata"`
}

// checkManifests decodes every document of the files strictly and tells how many there were of each kind.
func checkManifests(files []string) ([]string, error) {
	var lines []string
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			return lines, err
		}
		line, err := decodeAll(content)
		if err != nil {
			return lines, fmt.Errorf("%s: %w", file, err)
		}
		lines = append(lines, fmt.Sprintf("%s: %s", file, line))
	}
	return lines, nil
}

func decodeAll(content []byte) (string, error) {
	counts := map[string]int{}
	seen := map[string]bool{}
	reader := utilyaml.NewYAMLReader(newBuffered(content))
	for {
		document, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return summary(counts), nil
		}
		if err != nil {
			return "", err
		}
		if len(bytes.TrimSpace(withoutComments(document))) == 0 {
			continue
		}
		kind, name, err := decode(document)
		if err != nil {
			return "", err
		}
		if seen[kind+"/"+name] {
			return "", fmt.Errorf("%s %s is there twice", kind, name)
		}
		seen[kind+"/"+name] = true
		counts[kind]++
	}
}

func decode(document []byte) (kind string, name string, err error) {
	var object described
	if err := yaml.Unmarshal(document, &object); err != nil {
		return "", "", err
	}
	key := object.APIVersion + "/" + object.Kind
	if object.Metadata.Name == "" {
		return "", "", fmt.Errorf("a %s without a name", key)
	}
	if untyped[key] {
		return object.Kind + " (fields not checked)", object.Metadata.Name, nil
	}
	make := typed[key]
	if make == nil {
		return "", "", fmt.Errorf("%s %s is of a kind this check does not know", key, object.Metadata.Name)
	}
	target := make()
	if err := yaml.UnmarshalStrict(document, target); err != nil {
		return "", "", fmt.Errorf("%s %s: %w", object.Kind, object.Metadata.Name, err)
	}
	if err := sound(target); err != nil {
		return "", "", fmt.Errorf("%s %s: %w", object.Kind, object.Metadata.Name, err)
	}
	return object.Kind, object.Metadata.Name, nil
}

func withoutComments(document []byte) []byte {
	var kept []string
	for _, line := range strings.Split(string(document), "\n") {
		if trimmed := strings.TrimSpace(line); trimmed != "---" && !strings.HasPrefix(trimmed, "#") {
			kept = append(kept, line)
		}
	}
	return []byte(strings.Join(kept, "\n"))
}

func summary(counts map[string]int) string {
	var parts []string
	for kind, count := range counts {
		parts = append(parts, fmt.Sprintf("%d %s", count, kind))
	}
	sort.Strings(parts)
	return strings.Join(parts, ", ")
}
