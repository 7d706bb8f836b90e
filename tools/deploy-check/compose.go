package main

import (
	"context"
	"fmt"
	"sort"
	"strings"

	"github.com/compose-spec/compose-go/v2/cli"
)

// checkCompose loads a Compose file with every profile it has: the specification's JSON schema, references
// between services, networks, volumes and secrets, and cycles of dependencies are checked by the loader.
func checkCompose(files []string) ([]string, error) {
	options, err := cli.NewProjectOptions(files, cli.WithOsEnv, cli.WithProfiles([]string{"*"}), cli.WithName("check"))
	if err != nil {
		return nil, err
	}
	project, err := options.LoadProject(context.Background())
	if err != nil {
		return nil, err
	}
	names := project.ServiceNames()
	sort.Strings(names)
	return []string{fmt.Sprintf("compose: %d services: %s", len(names), strings.Join(names, " "))}, nil
}
