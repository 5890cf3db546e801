package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/builtin"

	"derisk/tracker"
)

// Calls of functions, and what each takes.

func (c *checker) call(n ast.Node, name string, args []ast.Node) Kind {
	if slices.Contains(closures, name) {
		return c.closure(n, name, args)
	}
	if _, ok := lookName("", name); ok {
		return c.fault(n, "leave out the parentheses", "%s is a date, not a function", name)
	}
	f, ok := lookFunction(name)
	if !ok {
		return c.unknownFunction(n, name)
	}
	if f.InSay && !c.inSay {
		return c.fault(n, "compare the plain word, such as measure.status == \"in-force\"", "%s can be used only in say", name)
	}
	if len(args) != len(f.Takes) {
		return c.fault(n, "write "+f.example(), "%s takes %d, these are %d", name, len(f.Takes), len(args))
	}
	for i, arg := range args {
		kind := c.check(arg)
		if kind != f.Takes[i] && kind != bad && (f.Or == bad || kind != f.Or) {
			return c.fault(arg, f.argumentHint(i, arg), "%s takes a %s here, this is a %s", name, f.Takes[i], kind)
		}
	}
	if f.Fixed {
		return c.fixed(f, args[len(args)-1])
	}
	return f.Gives
}

// unknownFunction offers the nearest one, unless expr has it and rules have not.
func (c *checker) unknownFunction(n ast.Node, name string) Kind {
	if _, ofExpr := builtin.Index[name]; ofExpr {
		return c.fault(n, "any, all, none, one and count go over lists", "%s is not part of the language of rules", name)
	}
	return c.fault(n, didYouMean(name, callable()), "unknown function %q", name)
}

// example is how the function is called.
func (f Function) example() string {
	written := map[Kind]string{Date: "measure.until", Figure: "measure.rate", Text: "measure.title", Texts: "measure.tags"}
	args := make([]string, len(f.Takes))
	for i, kind := range f.Takes {
		args[i] = written[kind]
	}
	if f.Fixed {
		args[len(args)-1] = map[Kind]string{Date: `"2026-11-10"`, Figure: `"CN"`}[f.Gives]
	}
	return fmt.Sprintf("%s(%s)", f.Name, strings.Join(args, ", "))
}

func (f Function) argumentHint(i int, arg ast.Node) string {
	if _, written := arg.(*ast.StringNode); written && f.Takes[i] == Date {
		return `write date("2026-11-10")`
	}
	return "write " + f.example()
}

// fixed admits the last argument only as a text written out.
func (c *checker) fixed(f Function, arg ast.Node) Kind {
	text, ok := arg.(*ast.StringNode)
	if !ok {
		return c.fault(arg, "write "+f.example(), "%s needs its text written out", f.Name)
	}
	if f.Gives == Date {
		if d, err := tracker.ParseDate(text.Value); err != nil || d.Precision() == tracker.Never {
			return c.fault(arg, `write date("2026-11-10")`, "%.40q is not a date", text.Value)
		}
	}
	return f.Gives
}
