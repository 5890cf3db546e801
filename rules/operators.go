package rules

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/expr-lang/expr/ast"
)

// The operators of the language, and the kinds that each takes.

func (c *checker) unary(n *ast.UnaryNode) Kind {
	kind, want := c.check(n.Node), Figure
	if n.Operator == "not" || n.Operator == "!" {
		want = Truth
	}
	switch {
	case kind == bad || kind == want:
		return kind
	case want == Truth:
		return c.fault(n, conditionHint(n.Node, kind), "%s needs a %s, this is a %s", n.Operator, want, kind)
	}
	return c.fault(n, "", "%s needs a %s, this is a %s", n.Operator, want, kind)
}

func (c *checker) binary(n *ast.BinaryNode) Kind {
	switch n.Operator {
	case "..":
		return c.fault(n, "write days_until(measure.until) in 0..30", "a range such as 0..30 can stand only after \"in\"")
	case "in":
		return c.in(n)
	}
	left, right := c.check(n.Left), c.check(n.Right)
	if left == bad || right == bad {
		return bad
	}
	switch n.Operator {
	case "and", "&&", "or", "||":
		return c.both(n, Truth, left, right, Truth)
	case "+", "-", "*", "/":
		if left == Date && right == Date {
			return c.fault(n, "write days_until(…) or days_since(…)", "dates cannot be added or subtracted")
		}
		if left == Text || right == Text {
			return c.fault(n, "compare each by itself; in say, write {{ one }}{{ another }}", "texts cannot be joined")
		}
		return c.both(n, Figure, left, right, Figure)
	case "contains", "startsWith", "endsWith":
		if left == Texts {
			return c.fault(n, listHint(n), "%s looks into a text, not into a list", n.Operator)
		}
		return c.both(n, Text, left, right, Truth)
	case "matches":
		return c.matches(n, left)
	case "==", "!=":
		if left != right || left.element() != bad {
			return c.fault(n, compareHint(n, left, right), "%s cannot compare a %s with a %s", n.Operator, left, right)
		}
		return Truth
	case "<", "<=", ">", ">=":
		if left != right || left != Figure && left != Date {
			return c.fault(n, compareHint(n, left, right), "%s cannot compare a %s with a %s", n.Operator, left, right)
		}
		return Truth
	}
	return c.fault(n, operatorHints[n.Operator], "the operator %q is not part of the language of rules", n.Operator)
}

// operatorHints say what to write instead of an operator that expr has and rules have not.
var operatorHints = map[string]string{
	"%":  "compare with a list: days_until(measure.until) in [30, 60, 90]",
	"**": "write the figure out",
	"^":  "write the figure out",
	"??": "ask known(…) ? … : …",
	"|":  `write "or" between conditions`,
}

// listHint is how to look into a list instead of a text.
func listHint(n *ast.BinaryNode) string {
	if n.Operator == "contains" {
		return `write "x" in ` + n.Left.String()
	}
	return fmt.Sprintf("write any(%s, # %s %s)", n.Left, n.Operator, n.Right)
}

func compareHint(n *ast.BinaryNode, left, right Kind) string {
	switch {
	case left == Date && right == Text || left == Text && right == Date:
		return `write date("2026-11-10")`
	case left == Date && right == Figure:
		return fmt.Sprintf("count its days: days_until(%s)", n.Left)
	case left.element() != bad && right == left.element():
		return fmt.Sprintf("write %s in %s", n.Right, n.Left)
	case right.element() != bad && left == right.element():
		return fmt.Sprintf("write %s in %s", n.Left, n.Right)
	case left == Figure && right == Text, left == Truth && right == Text:
		return fmt.Sprintf("a %s stands without quotes", left)
	case left == Text && right == Text:
		return "texts have no order: write ==, startsWith or contains"
	case left == Text && right == Figure, left == Text && right == Truth:
		return "a text stands in quotes"
	}
	return ""
}

// conditionHint turns a value into a condition.
func conditionHint(n ast.Node, kind Kind) string {
	source := n.String()
	if len(source) > 40 {
		return ""
	}
	switch kind {
	case Text:
		return fmt.Sprintf(`compare it: %s == "…"`, source)
	case Figure:
		return fmt.Sprintf("compare it: %s > 0, or ask known(%s)", source, source)
	case Date:
		return fmt.Sprintf("compare it: %s <= today, or ask known(%s)", source, source)
	}
	return fmt.Sprintf("ask len(%s) > 0", source)
}

// both wants the same kind on either side.
func (c *checker) both(n *ast.BinaryNode, want, left, right, gives Kind) Kind {
	for _, side := range []struct {
		kind Kind
		node ast.Node
	}{{left, n.Left}, {right, n.Right}} {
		if side.kind == want {
			continue
		}
		hint := ""
		if want == Truth {
			hint = conditionHint(side.node, side.kind)
		}
		return c.fault(side.node, hint, "%q needs a %s, this is a %s", n.Operator, want, side.kind)
	}
	return gives
}

func (c *checker) matches(n *ast.BinaryNode, left Kind) Kind {
	pattern, fixed := n.Right.(*ast.StringNode)
	switch {
	case left != Text:
		return c.fault(n, "", "matches looks into a text, this is a %s", left)
	case !fixed:
		return c.fault(n.Right, `write measure.title matches "(?i)graphite|anode"`, "the pattern after matches must be written out")
	case len(pattern.Value) > maxPattern:
		return c.fault(n.Right, `look for words with contains, joined by "or"`, "the pattern has more than %d bytes", maxPattern)
	}
	if _, err := regexp.Compile(pattern.Value); err != nil {
		return c.fault(n.Right, `write plain words as they are, joined by |: "graphite|anode"`, "the pattern cannot be read: %s",
			strings.TrimPrefix(clip(err.Error(), 120), "error parsing regexp: "))
	}
	return Truth
}

// in admits a list, or a range with both ends written out.
func (c *checker) in(n *ast.BinaryNode) Kind {
	left := c.check(n.Left)
	if span, ok := n.Right.(*ast.BinaryNode); ok && span.Operator == ".." {
		return c.inRange(n, span, left)
	}
	right := c.check(n.Right)
	switch {
	case left == bad || right == bad:
		return bad
	case left == Text && right == Text:
		return c.fault(n, fmt.Sprintf("write %s contains %s", n.Right, n.Left), "a text cannot be in a text")
	case left.listed() == bad || right != left.listed():
		return c.fault(n, inHint(n, left), "a %s cannot be in a %s", left, right)
	}
	return Truth
}

func inHint(n *ast.BinaryNode, left Kind) string {
	if left.element() != bad {
		return fmt.Sprintf("write any(%s, # in %s)", n.Left, n.Right)
	}
	return fmt.Sprintf("write %s in [one, another]", n.Left)
}

func (c *checker) inRange(n, span *ast.BinaryNode, left Kind) Kind {
	from, fixedFrom := wholeNumber(span.Left)
	to, fixedTo := wholeNumber(span.Right)
	switch {
	case left != Figure && left != bad:
		return c.fault(n, "", "a %s cannot be in a range", left)
	case !fixedFrom || !fixedTo:
		return c.fault(span, "write 0..30, or compare with >= and <=", "both ends of a range must be whole numbers, written out")
	case from > to:
		return c.fault(span, fmt.Sprintf("write %d..%d", to, from), "the range %d..%d is empty", from, to)
	case to-from >= maxRange:
		return c.fault(span, "compare with >= and <= instead", "the range %d..%d has more than %d numbers", from, to, maxRange)
	}
	return Truth
}

// wholeNumber reads 30 and -30, within what a range may hold.
func wholeNumber(n ast.Node) (int, bool) {
	if minus, ok := n.(*ast.UnaryNode); ok && minus.Operator == "-" {
		v, ok := wholeNumber(minus.Node)
		return -v, ok
	}
	v, ok := n.(*ast.IntegerNode)
	if !ok || v.Value > 1e9 || v.Value < -1e9 {
		return 0, false
	}
	return v.Value, true
}
