package rules

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"

	"derisk/tracker"
)

// expression is one checked and compiled expression.
type expression struct {
	source  string
	each    Each
	node    ast.Node // as written
	kind    Kind
	cost    int
	varies  bool // depends on a subject or on time
	program *vm.Program
	places  []place // of each character in the rule's file; of conditions only
}

// place is a line and a column of a file, from 1.
type place struct{ line, column int }

// Languages of messages, as the compiler counts them.
const (
	english = iota
	chinese
	plainly // in when and once: titles in English, dates as 2026-11-10
)

// compile checks and compiles one source alone.
func compile(source string, each Each, lang int) (*expression, []fault) {
	return new(dialects).compile(source, each, lang)
}

// compile checks and compiles source for a rule over each. Every fault is reported.
func (d *dialects) compile(source string, each Each, lang int) (*expression, []fault) {
	if len(source) > maxSource {
		return nil, []fault{{0, utf8.RuneCountInString(source), fmt.Sprintf("an expression may have %d bytes, this has %d", maxSource, len(source)), ""}}
	}
	tree, err := parser.ParseWithConfig(source, d.in(lang))
	if err != nil {
		return nil, []fault{syntaxFault(source, err)}
	}
	c := checker{each: each, inSay: lang != plainly}
	kind := c.check(tree.Node)
	if len(c.faults) == 0 && countNodes(tree.Node) > maxNodes {
		c.fault(tree.Node, "split the rule in two", "the expression has more than %d parts", maxNodes)
	}
	if len(c.faults) > 0 {
		return nil, c.faults
	}
	cost := priceOf(tree.Node, tableSizes)
	if cost.units > maxCost {
		return nil, []fault{cost.fault(maxCost)}
	}
	program, err := d.program(source, lang)
	if err != nil { // what the checker admits, expr is to admit too
		return nil, []fault{syntaxFault(source, err)}
	}
	return &expression{source: source, each: each, node: tree.Node, kind: kind, cost: cost.units, varies: c.varies, program: program}, nil
}

// run evaluates the expression. What panics is returned as an error.
func (e *expression) run(machine *vm.VM, env *scope) (v any, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%s: %v", e.source, r)
		}
	}()
	v, err = machine.Run(e.program, env)
	if err != nil {
		first, _, _ := strings.Cut(err.Error(), "\n")
		return nil, fmt.Errorf("%s: %s", e.source, first)
	}
	return v, nil
}

// holds evaluates a condition.
func (e *expression) holds(machine *vm.VM, env *scope) (bool, error) {
	v, err := e.run(machine, env)
	held, _ := v.(bool)
	return held, err
}

func options(lang int) []expr.Option {
	opts := []expr.Option{
		expr.Env(&scope{}),
		expr.DisableAllBuiltins(),
		expr.MaxNodes(2 * maxNodes), // the parser counts some twice
		expr.Patch(&rewriter{lang}),
		expr.Function("days_until", rewritten, new(func(day) float64)),
		expr.Function("days_since", rewritten, new(func(day) float64)),
		expr.Function("working_days_until", rewritten, new(func(day, string) float64)),
		expr.Function("date", rewritten, new(func(string) day)),
		expr.Function(hidden("days_until"), func(p ...any) (any, error) { return daysUntil(p[0].(day), p[1].(day)), nil },
			new(func(day, day) float64)),
		expr.Function(hidden("days_since"), func(p ...any) (any, error) { return -daysUntil(p[0].(day), p[1].(day)), nil },
			new(func(day, day) float64)),
		expr.Function(hidden("working_days_until"), func(p ...any) (any, error) {
			return p[3].(*scene).workingDays(p[0].(day), p[1].(string), p[2].(day)), nil
		}, new(func(day, string, day, *scene) float64)),
		expr.Function(hidden("date"), func(p ...any) (any, error) { return writtenDay(p[0].(string), p[1].(*scene).zone), nil },
			new(func(string, *scene) day)),
		expr.Function("day", func(p ...any) (any, error) { return spokenDay(p[0].(day), lang), nil }, new(func(day) string)),
		expr.Function("word", func(p ...any) (any, error) { return spokenWord(p[0].(string), lang), nil }, new(func(string) string)),
		expr.Function("min", func(p ...any) (any, error) { return math.Min(number(p[0]), number(p[1])), nil }, new(func(any, any) float64)),
		expr.Function("max", func(p ...any) (any, error) { return math.Max(number(p[0]), number(p[1])), nil }, new(func(any, any) float64)),
		expr.Function("known", known, new(func(day) bool), new(func(float64) bool), new(func(int) bool)),
	}
	for _, name := range allowedBuiltins {
		opts = append(opts, expr.EnableBuiltin(name))
	}
	for operator, f := range dayOperators {
		opts = append(opts, expr.Function(hidden(operator), f, new(func(day, any) bool)))
	}
	return opts
}

func daysUntil(d, today day) float64 {
	if !d.known {
		return missing()
	}
	return float64(d.number - today.number)
}

func writtenDay(text string, zone *time.Location) day {
	d, err := tracker.ParseDate(text)
	if err != nil {
		return day{}
	}
	return dayOf(d, d.First(zone), zone)
}

func spokenDay(d day, lang int) string {
	if lang == plainly {
		return print(d, english)
	}
	return longDay(d, lang)
}

func spokenWord(word string, lang int) string {
	text, ok := wordsOf[word]
	if !ok {
		return word
	}
	return text.In([]string{"en", "zh", "en"}[lang])
}

// number is a figure, which the machine holds as float64 or int.
func number(v any) float64 {
	if n, ok := v.(int); ok {
		return float64(n)
	}
	return v.(float64)
}

func known(p ...any) (any, error) {
	switch v := p[0].(type) {
	case day:
		return v.known, nil
	case float64:
		return !isMissing(v), nil
	}
	return true, nil
}

// dayOperators compare dates; with a missing one each is false, but for != .
var dayOperators = map[string]func(...any) (any, error){
	"==": ordering(func(order int) bool { return order == 0 }),
	"<":  ordering(func(order int) bool { return order < 0 }),
	"<=": ordering(func(order int) bool { return order <= 0 }),
	">":  ordering(func(order int) bool { return order > 0 }),
	">=": ordering(func(order int) bool { return order >= 0 }),
	"!=": func(p ...any) (any, error) {
		order, known := compare(p[0].(day), p[1].(day))
		return !known || order != 0, nil
	},
	"in": func(p ...any) (any, error) {
		list := reflect.ValueOf(p[1])
		for i := range list.Len() {
			if order, known := compare(p[0].(day), list.Index(i).Interface().(day)); known && order == 0 {
				return true, nil
			}
		}
		return false, nil
	},
}

func ordering(holds func(order int) bool) func(...any) (any, error) {
	return func(p ...any) (any, error) {
		order, known := compare(p[0].(day), p[1].(day))
		return known && holds(order), nil
	}
}

// hidden is a function name that no rule can write, as it holds a space.
func hidden(name string) string { return "do " + name }

// rewritten stands for functions that only the checker sees: [rewriter] puts the hidden ones in their place.
func rewritten(...any) (any, error) { return nil, errors.New("the call was not rewritten") }

// rewriter turns what rules write into what the machine needs: today and the
// facts as further arguments, comparisons of dates as calls, and the texts of
// the message's language.
type rewriter struct{ lang int }

var dayType = reflect.TypeFor[day]()

// Visit rewrites one node; its parts are rewritten already.
func (r *rewriter) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.CallNode:
		r.call(n)
	case *ast.MemberNode:
		if p, ok := n.Property.(*ast.StringNode); ok && r.lang == chinese && (p.Value == "title" || p.Value == "note") {
			p.Value += "_zh"
		}
	case *ast.BinaryNode:
		if f := dayOperators[n.Operator]; f != nil && n.Left.Type() == dayType {
			call := &ast.CallNode{Callee: &ast.IdentifierNode{Value: hidden(n.Operator)}, Arguments: []ast.Node{n.Left, n.Right}}
			call.SetType(reflect.TypeFor[bool]())
			ast.Patch(node, call)
		}
	}
}

func (r *rewriter) call(n *ast.CallNode) {
	callee, ok := n.Callee.(*ast.IdentifierNode)
	if !ok {
		return
	}
	today, facts := &ast.IdentifierNode{Value: "today"}, &ast.IdentifierNode{Value: "facts_"}
	more := map[string][]ast.Node{
		"days_until":         {today},
		"days_since":         {today},
		"working_days_until": {today, facts},
		"date":               {facts},
	}[callee.Value]
	if more != nil {
		n.Callee, n.Arguments = &ast.IdentifierNode{Value: hidden(callee.Value)}, append(n.Arguments, more...)
	}
}

// zoneDay is the calendar date of t in zone.
func zoneDay(t time.Time, zone *time.Location) day {
	return firstDay(tracker.DayOf(t.In(zone)), zone, zone)
}
