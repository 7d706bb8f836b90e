// Command deploy-check validates what deploys the product with the libraries of the field: Compose files with
// compose-go, the chart with Helm's own linter and engine, manifests by strict decoding into the types of the
// Kubernetes API, alert rules and dashboard queries with the parsers of Prometheus. It reaches no network and
// no cluster.
package main

import (
	"fmt"
	"os"
)

type check func(arguments []string) ([]string, error)

var checks = map[string]check{
	"compose":    checkCompose,
	"chart":      checkChart,
	"manifests":  checkManifests,
	"rules":      checkRules,
	"dashboards": checkDashboards,
}

func main() {
	if len(os.Args) < 3 || checks[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: deploy-check compose|chart|manifests|rules|dashboards FILE...")
		os.Exit(2)
	}
	lines, err := checks[os.Args[1]](os.Args[2:])
	for _, line := range lines {
		fmt.Println(line)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
