package main

import (
	"errors"
	"fmt"
	"io"
	"log"
	"path/filepath"
	"sort"
	"strings"

	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	"helm.sh/helm/v3/pkg/lint"
	"helm.sh/helm/v3/pkg/lint/support"
)

const (
	release   = "check"
	namespace = "encaisse"
)

// checkChart lints a chart and renders it as `helm template` does with each file of values given; what comes out
// is checked as manifests are. `-refused-` in the name of a file says that the chart must refuse it.
func checkChart(arguments []string) ([]string, error) {
	directory := arguments[0]
	var lines []string
	// The linter tells on the log what it passes over.
	log.SetOutput(io.Discard)
	for _, file := range arguments[1:] {
		line, err := renderWith(directory, file)
		name := filepath.Base(file)
		if strings.Contains(name, "-refused-") {
			if err == nil {
				return lines, fmt.Errorf("%s: the chart takes values it must refuse", name)
			}
			lines = append(lines, fmt.Sprintf("chart, %s: refused, %s", name, lastLine(err)))
			continue
		}
		if err != nil {
			return lines, fmt.Errorf("%s: %w", name, err)
		}
		lines = append(lines, fmt.Sprintf("chart, %s: %s", name, line))
	}
	return lines, nil
}

func renderWith(directory string, file string) (string, error) {
	given, err := chartutil.ReadValuesFile(file)
	if err != nil {
		return "", err
	}
	if err := lintWith(directory, given); err != nil {
		return "", err
	}
	chart, err := loader.LoadDir(directory)
	if err != nil {
		return "", err
	}
	options := chartutil.ReleaseOptions{Name: release, Namespace: namespace, Revision: 1, IsInstall: true}
	values, err := chartutil.ToRenderValues(chart, given, options, chartutil.DefaultCapabilities)
	if err != nil {
		return "", err
	}
	rendered, err := engine.Engine{Strict: true}.Render(chart, values)
	if err != nil {
		return "", err
	}
	return decodeRendered(rendered)
}

func lintWith(directory string, values map[string]any) error {
	linted := lint.All(directory, values, namespace, true)
	var found []string
	for _, message := range linted.Messages {
		if message.Severity >= support.WarningSev {
			found = append(found, message.Error())
		}
	}
	if len(found) > 0 {
		return errors.New(strings.Join(found, "\n"))
	}
	return nil
}

func decodeRendered(rendered map[string]string) (string, error) {
	var names []string
	for name := range rendered {
		if strings.HasSuffix(name, ".yaml") {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	var all strings.Builder
	for _, name := range names {
		if _, err := decodeAll([]byte(rendered[name])); err != nil {
			return "", fmt.Errorf("%s: %w", name, err)
		}
		all.WriteString("---\n" + rendered[name] + "\n")
	}
	return decodeAll([]byte(all.String()))
}

func lastLine(err error) string {
	lines := strings.Split(strings.TrimSpace(err.Error()), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}
