package index

import (
	"slices"

	"github.com/expr-lang/expr/ast"
)

// pace is how often what a tree asks about time changes.
type pace int

const (
	never   pace = iota
	daily        // with the date of today
	instant      // with the clock, or with calendars
)

var paces = map[string]pace{"today": daily, "days_until": daily, "days_since": daily, "now": instant, "working_days_until": instant}

// reads is what a tree depends on.
type reads struct {
	columns []string // each once
	pace    pace
}

func readsOf(n ast.Node) *reads {
	r := new(reads)
	ast.Walk(&n, r)
	return r
}

// Visit is for [ast.Walk].
func (r *reads) Visit(n *ast.Node) {
	if name, ok := (*n).(*ast.IdentifierNode); ok {
		r.pace = max(r.pace, paces[name.Value])
	}
	if name := nameOf(*n); name != "" && !slices.Contains(r.columns, name) {
		r.columns = append(r.columns, name)
	}
}

// nameOf is the name of the column that a tree reads, or "".
func nameOf(n ast.Node) string {
	if member, ok := n.(*ast.MemberNode); ok {
		base, plain := member.Node.(*ast.IdentifierNode)
		property, named := member.Property.(*ast.StringNode)
		if plain && named {
			return base.Value + "." + property.Value
		}
	}
	return ""
}

// call is the name and the arguments of a call.
func call(n ast.Node) (name string, args []ast.Node) {
	switch n := n.(type) {
	case *ast.BuiltinNode:
		return n.Name, n.Arguments
	case *ast.CallNode:
		if callee, ok := n.Callee.(*ast.IdentifierNode); ok {
			return callee.Value, n.Arguments
		}
	}
	return "", nil
}

// body is the condition of a call that goes over a list.
func body(n ast.Node) ast.Node {
	if predicate, ok := n.(*ast.PredicateNode); ok {
		return predicate.Node
	}
	return n
}

// literals are the texts of a list of texts written out; else nil.
func literals(n ast.Node) (words []string) {
	array, ok := n.(*ast.ArrayNode)
	if !ok {
		return nil
	}
	for _, entry := range array.Nodes {
		word, ok := entry.(*ast.StringNode)
		if !ok {
			return nil
		}
		words = append(words, word.Value)
	}
	return words
}

// ends reads a range with both ends written out.
func ends(n ast.Node) (from, to float64, ok bool) {
	between, ok := n.(*ast.BinaryNode)
	if !ok || between.Operator != ".." {
		return 0, 0, false
	}
	first, okFirst := wholeNumber(between.Left)
	last, okLast := wholeNumber(between.Right)
	return float64(first), float64(last), okFirst && okLast
}

// wholeNumber reads 30 and -30.
func wholeNumber(n ast.Node) (int, bool) {
	if minus, ok := n.(*ast.UnaryNode); ok && minus.Operator == "-" {
		v, ok := wholeNumber(minus.Node)
		return -v, ok
	}
	v, ok := n.(*ast.IntegerNode)
	if !ok {
		return 0, false
	}
	return v.Value, true
}
