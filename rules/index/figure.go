package index

import (
	"math"

	"github.com/expr-lang/expr/ast"
)

// figure is a figure of a row. The machine reckons whole figures as integers;
// here all are floats, which gives the same as long as they stay small and
// none becomes -0.
type figure[R any] struct {
	value func(*frame[R]) float64
	size  float64 // of a whole figure: the most that it can be, either way, at least 1; else 0
}

// maxSize is how large whole figures can be as floats.
const maxSize = 1 << 53

// maxLength is the most that a list or a text is taken to hold.
const maxLength = 1 << 31

// missing says that a figure stands for none.
func missing(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }

// figure makes a figure.
func (c *compiler[R]) figure(n ast.Node) figure[R] {
	switch n := n.(type) {
	case *ast.IntegerNode:
		return c.whole(math.Max(1, math.Abs(float64(n.Value))), func(*frame[R]) float64 { return float64(n.Value) })
	case *ast.FloatNode:
		return figure[R]{value: func(*frame[R]) float64 { return n.Value }}
	case *ast.PointerNode:
		return figure[R]{value: func(f *frame[R]) float64 { return f.entry.figure }, size: c.innermost().size}
	case *ast.MemberNode:
		return c.figureColumn(column(n))
	case *ast.UnaryNode:
		return c.signed(n)
	case *ast.BinaryNode:
		return c.reckon(n)
	case *ast.ConditionalNode:
		return c.eitherFigure(n)
	}
	name, args := call(n)
	switch name {
	case "count":
		count := c.count(args, false)
		return c.whole(maxLength, func(f *frame[R]) float64 { return float64(count(f, math.MaxInt)) })
	case "len":
		return c.whole(maxLength, c.length(args[0]))
	case "days_until", "days_since", "working_days_until":
		return figure[R]{value: c.days(name, args)}
	case "min", "max":
		return c.extreme(name, args)
	case "abs", "round", "floor", "ceil":
		return c.rounded(name, args[0])
	}
	c.fail()
	return figure[R]{}
}

// whole is a whole figure, where its size allows for it.
func (c *compiler[R]) whole(size float64, value func(*frame[R]) float64) figure[R] {
	if size > maxSize {
		c.fail()
	}
	return figure[R]{value: value, size: size}
}

func (c *compiler[R]) figureColumn(name string) figure[R] {
	read := c.schema.Figures[name]
	if read == nil {
		c.fail()
	}
	c.reads.column(name)
	return figure[R]{value: func(f *frame[R]) float64 { return read(f.row) }}
}

func (c *compiler[R]) signed(n *ast.UnaryNode) figure[R] {
	part := c.figure(n.Node)
	switch {
	case n.Operator == "+":
		return part
	case part.size > 0:
		return figure[R]{value: func(f *frame[R]) float64 { return 0 - part.value(f) }, size: part.size}
	}
	return figure[R]{value: func(f *frame[R]) float64 { return -part.value(f) }}
}

// reckon makes a sum, difference, product or quotient.
func (c *compiler[R]) reckon(n *ast.BinaryNode) figure[R] {
	left, right := c.figure(n.Left), c.figure(n.Right)
	whole := left.size > 0 && right.size > 0
	a, b := left.value, right.value
	made, size := figure[R]{}, left.size+right.size
	switch n.Operator {
	case "+":
		made.value = func(f *frame[R]) float64 { return a(f) + b(f) }
	case "-":
		made.value = func(f *frame[R]) float64 { return a(f) - b(f) }
	case "*":
		made.value, size = func(f *frame[R]) float64 { return a(f) * b(f) }, left.size*right.size
		if whole { // 0 * -1 is to be 0
			made.value = func(f *frame[R]) float64 { return a(f)*b(f) + 0 }
		}
	case "/":
		return figure[R]{value: func(f *frame[R]) float64 { return a(f) / b(f) }}
	default:
		c.fail()
	}
	if whole {
		return c.whole(size, made.value)
	}
	return made
}

func (c *compiler[R]) eitherFigure(n *ast.ConditionalNode) figure[R] {
	when, yes, no := c.truth(n.Cond), c.figure(n.Exp1), c.figure(n.Exp2)
	if (yes.size > 0) != (no.size > 0) { // whole or not: only the machine knows
		c.fail()
	}
	value := func(f *frame[R]) float64 {
		if when(f) {
			return yes.value(f)
		}
		return no.value(f)
	}
	return figure[R]{value: value, size: max(yes.size, no.size)}
}

func (c *compiler[R]) days(name string, args []ast.Node) func(*frame[R]) float64 {
	day := c.day(args[0])
	switch name {
	case "days_until":
		c.reads.pace = max(c.reads.pace, daily)
		return func(f *frame[R]) float64 { return day(f).Until(f.clock.Today()) }
	case "days_since":
		c.reads.pace = max(c.reads.pace, daily)
		return func(f *frame[R]) float64 { return -day(f).Until(f.clock.Today()) }
	}
	calendar := c.text(args[1])
	c.reads.pace = instant
	return func(f *frame[R]) float64 { return f.clock.WorkingDays(day(f), calendar(f)) }
}

func (c *compiler[R]) extreme(name string, args []ast.Node) figure[R] {
	a, b := c.figure(args[0]).value, c.figure(args[1]).value
	if name == "min" {
		return figure[R]{value: func(f *frame[R]) float64 { return math.Min(a(f), b(f)) }}
	}
	return figure[R]{value: func(f *frame[R]) float64 { return math.Max(a(f), b(f)) }}
}

func (c *compiler[R]) rounded(name string, n ast.Node) figure[R] {
	part := c.figure(n)
	if name == "abs" {
		return figure[R]{value: func(f *frame[R]) float64 { return abs(part.value(f)) }, size: part.size}
	}
	round := map[string]func(float64) float64{"round": math.Round, "floor": math.Floor, "ceil": math.Ceil}[name]
	return figure[R]{value: func(f *frame[R]) float64 { return round(part.value(f)) }}
}

// abs leaves -0 as it is, as the machine does.
func abs(v float64) float64 {
	if v < 0 {
		return -v
	}
	return v
}
