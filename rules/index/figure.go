package index

import (
	"math"

	"github.com/expr-lang/expr/ast"
)

// The machine reckons whole figures as integers, closures hold them as floats.
// Comparing gives the same as long as they are not huge; what is reckoned from
// whole figures alone is left to the machine.

const maxWhole = 1 << 53

// integer is a whole figure written out.
func integer[R any](v int) closure[R] {
	if v > maxWhole || v < -maxWhole {
		return closure[R]{}
	}
	return closure[R]{figure: func(*frame[R]) float64 { return float64(v) }, whole: true}
}

// missing says that a figure stands for none.
func missing(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }

func isWhole(v float64) bool { return v == math.Trunc(v) }

// figures is a comparison, or nil.
func figures[R any](operator string, left, right func(*frame[R]) float64) truth[R] {
	switch operator {
	case "==":
		return func(f *frame[R]) bool { return left(f) == right(f) }
	case "!=":
		return func(f *frame[R]) bool { return left(f) != right(f) }
	case "<":
		return func(f *frame[R]) bool { return left(f) < right(f) }
	case "<=":
		return func(f *frame[R]) bool { return left(f) <= right(f) }
	case ">":
		return func(f *frame[R]) bool { return left(f) > right(f) }
	case ">=":
		return func(f *frame[R]) bool { return left(f) >= right(f) }
	}
	return nil
}

func reckoned[R any](operator string, left, right func(*frame[R]) float64) func(*frame[R]) float64 {
	switch operator {
	case "+":
		return func(f *frame[R]) float64 { return left(f) + right(f) }
	case "-":
		return func(f *frame[R]) float64 { return left(f) - right(f) }
	case "*":
		return func(f *frame[R]) float64 { return left(f) * right(f) }
	case "/":
		return func(f *frame[R]) float64 { return left(f) / right(f) }
	}
	return nil
}

// abs leaves -0 as it is, as the machine does.
func abs(v float64) float64 {
	if v < 0 {
		return -v
	}
	return v
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
