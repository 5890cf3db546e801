package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"derisk": main})
}

// TestScripts runs the real command line, one topic a file.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv("DISCORD_TOKEN", "") // a token of the tester's must not be used
			env.Setenv("TZ", "UTC")
			return nil
		},
	})
}
