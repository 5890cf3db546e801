package rules

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/vm"

	"derisk/tracker"
)

// Explanation is what a rule's condition comes to for one subject at an
// instant, part by part.
type Explanation struct {
	Rule    string    `json:"rule"`
	Subject string    `json:"subject"`
	At      time.Time `json:"at"`
	Result  bool      `json:"result"`
	Key     string    `json:"key,omitempty"` // of the firing, where it holds and the rule has once
	New     *bool     `json:"new,omitempty"` // of an event or article: became known since the due time before, else the rule does not look at it
	Parts   []Part    `json:"parts"`
}

// Part is one part of the condition, in the order in which they are written.
type Part struct {
	Expr   string          `json:"expr"`
	Value  json.RawMessage `json:"value"` // null: missing
	Line   int             `json:"line"`  // in the rule's file
	Column int             `json:"column"`
}

// Explain tells what a rule comes to at an instant, knowing what was published
// by then: for one subject, or for every one where id is empty. A subject
// that does not exist then matches [tracker.ErrNotFound].
func Explain(r *Rule, s *tracker.Snapshot, id string, at time.Time) ([]Explanation, error) {
	x := explainer{parts: partsOf(r.when), explained: []Explanation{}}
	prev := r.Schedule.Last(at.Add(-time.Nanosecond))
	x.evaluation = evaluation{rule: r, scene: newScene(s, at, false, r.Zone, nil), machine: new(vm.VM), prev: prev}
	if r.Each.Happens() {
		fresh := map[string]bool{}
		if err := x.eachSubject(func(s subject) error { fresh[s.id] = true; return nil }); err != nil {
			return nil, err
		}
		x.isNewAt, x.prev = fresh, time.Time{}
	}
	var known []string
	err := x.eachSubject(func(s subject) error {
		known = append(known, s.id)
		if id != "" && s.id != id {
			return nil
		}
		return x.explain(s)
	})
	if err != nil {
		return nil, err
	}
	if id != "" && len(x.explained) == 0 {
		hint := ""
		if near := tracker.Nearest(id, known); near != "" {
			hint = fmt.Sprintf(": did you mean %q?", near)
		}
		return nil, fmt.Errorf("no %s %q at %s%s (%w)", r.Each, id, at.Format(time.RFC3339), hint, tracker.ErrNotFound)
	}
	return x.explained, nil
}

// explainer evaluates every part of a condition for each subject.
type explainer struct {
	evaluation
	parts     []writtenPart
	isNewAt   map[string]bool // events and articles that are new at the tick; nil for other subjects
	explained []Explanation
}

func (x *explainer) explain(s subject) error {
	e := Explanation{Rule: x.rule.Name, Subject: s.id, At: x.scene.at, Parts: []Part{}}
	held, err := x.rule.when.holds(x.machine, s.scope)
	if err != nil {
		return err
	}
	e.Result = held
	if held && x.rule.Once() {
		if e.Key, err = x.key(s); err != nil {
			return err
		}
	}
	if x.isNewAt != nil {
		isNew := x.isNewAt[s.id]
		e.New = &isNew
	}
	for _, p := range x.parts {
		v, err := p.expr.run(x.machine, s.scope)
		if err != nil {
			return err
		}
		value, err := json.Marshal(plainValue(v))
		if err != nil {
			return err
		}
		e.Parts = append(e.Parts, Part{Expr: p.expr.source, Value: value, Line: p.line, Column: p.column})
	}
	x.explained = append(x.explained, e)
	return nil
}

// writtenPart is a part of a condition, compiled by itself, with its place in the file.
type writtenPart struct {
	expr         *expression
	line, column int
}

// partsOf lists the parts of a condition whose values say why it holds or not:
// everything but literals, and not what stands inside a closure.
func partsOf(when *expression) []writtenPart {
	c := partCollector{when: when, seen: map[string]bool{}}
	c.collect(when.node)
	slices.SortStableFunc(c.parts, func(a, b collectedPart) int { return a.from - b.from })
	parts := make([]writtenPart, len(c.parts))
	for i, p := range c.parts {
		parts[i] = p.writtenPart
	}
	return parts
}

type collectedPart struct {
	writtenPart
	from int
}

type partCollector struct {
	when  *expression
	seen  map[string]bool
	parts []collectedPart
}

func (c *partCollector) collect(n ast.Node) {
	switch n := n.(type) {
	case *ast.IntegerNode, *ast.FloatNode, *ast.StringNode, *ast.BoolNode, *ast.ArrayNode, *ast.PointerNode, *ast.PredicateNode:
		return
	case *ast.UnaryNode:
		if _, number := n.Node.(*ast.IntegerNode); number {
			return
		}
		c.collect(n.Node)
	case *ast.BinaryNode:
		if n.Operator == ".." {
			return
		}
		c.collect(n.Left)
		c.collect(n.Right)
	case *ast.ConditionalNode:
		c.collect(n.Cond)
		c.collect(n.Exp1)
		c.collect(n.Exp2)
	case *ast.BuiltinNode:
		c.all(n.Arguments)
	case *ast.CallNode:
		c.all(n.Arguments)
	}
	c.add(n)
}

func (c *partCollector) all(nodes []ast.Node) {
	for _, n := range nodes {
		c.collect(n)
	}
}

// add takes a part unless the same words stand there already, at the same place.
func (c *partCollector) add(n ast.Node) {
	source, from := n.String(), firstCharacter(n)
	id := fmt.Sprint(from, source)
	if c.seen[id] {
		return
	}
	c.seen[id] = true
	x, faults := compile(source, c.when.each, plainly)
	if len(faults) > 0 { // a part of what was admitted is admitted
		return
	}
	p := collectedPart{writtenPart{expr: x}, from}
	if from < len(c.when.places) {
		p.line, p.column = c.when.places[from].line, c.when.places[from].column
	}
	c.parts = append(c.parts, p)
}

// firstCharacter is where a part begins: an operator stands after its left side.
func firstCharacter(n ast.Node) int {
	first := n.Location().From
	ast.Walk(&n, visitor(func(n ast.Node) { first = min(first, n.Location().From) }))
	return first
}

type visitor func(ast.Node)

func (v visitor) Visit(n *ast.Node) { v(*n) }
