package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/prometheus/promql/parser"
	"sigs.k8s.io/yaml"
)

// checkRules decodes files of alert rules strictly and parses their expressions as Prometheus does.
func checkRules(files []string) ([]string, error) {
	var lines []string
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			return lines, err
		}
		var spec monitoring.PrometheusRuleSpec
		if err := yaml.UnmarshalStrict(content, &spec); err != nil {
			return lines, fmt.Errorf("%s: %w", file, err)
		}
		rules := 0
		for _, group := range spec.Groups {
			for _, rule := range group.Rules {
				rules++
				if _, err := parser.ParseExpr(rule.Expr.String()); err != nil {
					return lines, fmt.Errorf("%s, %s: %w", file, rule.Alert, err)
				}
				if rule.Alert == "" || rule.Annotations["summary"] == "" || rule.Labels["severity"] == "" {
					return lines, fmt.Errorf("%s: an alert has a name, a severity and a summary", file)
				}
			}
		}
		lines = append(lines, fmt.Sprintf("rules, %s: %d rules", file, rules))
	}
	return lines, nil
}

// Grafana puts these in before it asks.
var variables = strings.NewReplacer("$__rate_interval", "5m", "$__range", "1h", "$service", "cashdesk")

// checkDashboards parses every query of Grafana dashboards.
func checkDashboards(files []string) ([]string, error) {
	var lines []string
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			return lines, err
		}
		var dashboard struct {
			Title  string `json:"title"`
			UID    string `json:"uid"`
			Panels []struct {
				Title   string `json:"title"`
				Targets []struct {
					Expr string `json:"expr"`
				} `json:"targets"`
			} `json:"panels"`
		}
		if err := json.Unmarshal(content, &dashboard); err != nil {
			return lines, fmt.Errorf("%s: %w", file, err)
		}
		queries := 0
		for _, panel := range dashboard.Panels {
			for _, target := range panel.Targets {
				queries++
				if _, err := parser.ParseExpr(variables.Replace(target.Expr)); err != nil {
					return lines, fmt.Errorf("%s, %s: %w", file, panel.Title, err)
				}
			}
		}
		if dashboard.UID == "" || dashboard.Title == "" || queries == 0 {
			return lines, fmt.Errorf("%s: a dashboard has a uid, a title and queries", file)
		}
		lines = append(lines, fmt.Sprintf("dashboard, %s: %d queries", dashboard.Title, queries))
	}
	return lines, nil
}
