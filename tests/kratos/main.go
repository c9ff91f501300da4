// Command kratos is Ory Kratos as it comes, for the end-to-end tests of this project.
//
// Kratos is published as a Go module, but not so that it can be installed by its name alone: the
// replacements that it needs stand in go.mod.
package main

import (
	"os"

	"github.com/ory/kratos/cmd"
)

func main() {
	os.Exit(cmd.Execute())
}
