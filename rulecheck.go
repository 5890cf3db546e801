package main

import (
	"fmt"

	"derisk/tracker"
)

type rulesCheckCommand struct {
	Dir string `arg:"" optional:"" help:"Folder of rules."`
}

// Run tells every fault with its place. Exit 1 where there is one.
func (c *rulesCheckCommand) Run(a *app) error {
	set, from, err := a.load(c.Dir)
	if err != nil {
		return err
	}
	for _, fault := range set.Faults {
		if a.JSON {
			a.line(map[string]any{"file": fault.File, "line": fault.Line, "column": fault.Column, "key": fault.Key,
				"message": fault.Message, "hint": fault.Hint})
			continue
		}
		fmt.Fprintln(a.out, fault)
	}
	if !a.JSON {
		fmt.Fprintf(a.out, a.say(tracker.Text{EN: "%s: %d rules, %d faults\n", ZH: "%s：%d 条规则，%d 处错误\n"}), from, len(set.Names()), len(set.Faults))
	}
	if len(set.Faults) > 0 {
		return errNo
	}
	return nil
}
