package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"derisk/tracker"
)

type completionCommand struct {
	Shell string   `arg:"" enum:"bash,zsh,fish,words" help:"bash, zsh or fish."`
	Words []string `arg:"" optional:"" passthrough:"" hidden:"" help:"With words: the line so far, its last word unfinished."`
}

// completionScripts hook the shell up to the program, which alone knows what
// can come next. Each asks it with the words of the line so far.
var completionScripts = map[string]string{
	"bash": `# eval "$(derisk completion bash)"
_derisk() {
	local IFS=$'\n'
	COMPREPLY=($(derisk completion words -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _derisk derisk
`,
	"zsh": `# eval "$(derisk completion zsh)"
_derisk() {
	local -a found
	found=(${(f)"$(derisk completion words -- "${(@)words[2,CURRENT]}" 2>/dev/null)"})
	compadd -a found
}
compdef _derisk derisk
`,
	"fish": `# derisk completion fish | source
complete -c derisk -f -a '(derisk completion words -- (commandline -opc)[2..] (commandline -ct) 2>/dev/null)'
`,
}

// Run prints the shell's script, or what can come next on a line.
func (c *completionCommand) Run(ctx context.Context, a *app) error {
	if c.Shell != "words" {
		fmt.Fprint(a.out, completionScripts[c.Shell])
		return nil
	}
	for _, word := range a.next(ctx, slices.DeleteFunc(c.Words, func(w string) bool { return w == "--" })) {
		fmt.Fprintln(a.out, word)
	}
	return nil
}

// next lists what can stand in the place of the last of the words.
func (a *app) next(ctx context.Context, words []string) []string {
	if len(words) == 0 {
		words = []string{""}
	}
	node := a.grammar.Node
	for _, w := range words[:len(words)-1] {
		for _, child := range node.Children {
			if child.Name == w {
				node = child
			}
		}
	}
	last := words[len(words)-1]
	found := slices.DeleteFunc(append(commandWords(node), a.knownIDs(ctx, node)...), func(w string) bool { return !strings.HasPrefix(w, last) })
	slices.Sort(found)
	return slices.Compact(found)
}

// commandWords are the commands below a node, and its flags.
func commandWords(node *kong.Node) []string {
	var found []string
	for _, child := range node.Children {
		if !child.Hidden {
			found = append(found, child.Name)
		}
	}
	for _, flags := range node.AllFlags(true) {
		for _, f := range flags {
			found = append(found, "--"+f.Name)
		}
	}
	return found
}

// knownIDs are the ids that a command takes, out of the database.
func (a *app) knownIDs(ctx context.Context, node *kong.Node) []string {
	var known []string
	switch node.Name {
	case "explain", "backtest", "forecast":
		known = a.ruleNames()
	}
	ids := map[string]func(*tracker.Snapshot) []string{
		"measure": measureIDs, "timeline": measureIDs, "history": measureIDs, "add": measureIDs, "entity": entityIDs, "explain": measureIDs,
	}[node.Name]
	if ids == nil {
		return known
	}
	snapshot, err := a.snapshot(ctx)
	if err != nil { // a completion has nowhere to complain
		return known
	}
	return append(known, ids(snapshot)...)
}

func (a *app) ruleNames() []string {
	set, _, err := a.load("")
	if err != nil { // a completion has nowhere to complain
		return nil
	}
	return set.Names()
}

func measureIDs(s *tracker.Snapshot) (ids []string) {
	for _, m := range s.Measures {
		ids = append(ids, m.ID)
	}
	return ids
}

func entityIDs(s *tracker.Snapshot) (ids []string) {
	for _, e := range s.Entities {
		ids = append(ids, e.ID)
	}
	return ids
}
