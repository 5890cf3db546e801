package rules

import (
	"cmp"
	"fmt"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
)

// What an expression may cost is known before it runs. A unit is one node
// evaluated once: some 50 ns, and at most [unitBytes] of memory that is free
// again at once. A part costs what its parts cost and one unit, and besides
//
//	contains, len of a text    1 for each 32 bytes of the text
//	matches                    10, and 1 for each 5 steps: bytes of the text × states of the pattern
//	lower, upper, trim         1 for each 16 bytes of the text
//	== < startsWith endsWith   3, and 1 for each 256 bytes of the shorter text
//	x in list, x in 0..30      2 for each entry, and what comparing costs
//	any, all, none, one, count its condition and 1 more, for each entry
//	any other function         what the table in language.go says
//
// How long lists and texts are is what that table says of each field. It says
// what can be expected, not what is possible: facts may be larger. So what an
// expression could cost for a subject with larger ones is reckoned again with
// what the subject really holds, before it runs. The language builds no lists
// and no texts, so nothing else can grow.
//
// Bounds that follow, for one rule and one subject: its condition, its once
// list and its message in each language cost at most maxCost units each with
// the sizes of the table, 8 ms; with any facts whatever at most maxRun, 80 ms
// and 100 MB of garbage, else the rule fails at that tick and says where.
// All rules of a folder together cost at most maxSetCost for one subject.
const (
	maxSource   = 4096         // bytes of one expression
	maxNodes    = 1500         // of its tree
	maxDepth    = 48           // of its tree
	maxClosures = 2            // any(…) inside any(…)
	maxRange    = 1000         // numbers in a range after in
	maxPattern  = 200          // bytes of a pattern after matches
	maxCost     = 150_000      // units, with the sizes of language.go
	maxRun      = 10 * maxCost // units, with facts of any size
	maxSetCost  = 20_000_000   // units of all rules of a folder, for one subject
	unitBytes   = 64           // bytes that one unit may ask for, on average
)

// price is what one part of an expression can cost.
type price struct {
	node  ast.Node
	units int
	times int // of a closure: how often its condition is evaluated
	each  int // and what that costs
	parts []price
}

// sizes says how large a field is: entries of a list (1 of a text), and bytes of
// the text or of each entry.
type sizes func(subject Each, field string) (entries, bytes int)

// tableSizes are those of language.go.
func tableSizes(subject Each, field string) (entries, bytes int) {
	name, ok := lookName(subject, field)
	if !ok {
		return 1, wordBytes
	}
	return max(1, name.List), cmp.Or(name.Bytes, wordBytes)
}

// priceOf reckons what an expression that was admitted can cost.
func priceOf(n ast.Node, with sizes) price {
	return (&pricer{sizes: with}).price(n)
}

type pricer struct {
	sizes
	over []ast.Node // lists of the closures round the part, innermost last
}

func (p *pricer) price(n ast.Node) price {
	switch n := n.(type) {
	case *ast.UnaryNode:
		return p.sum(n, 1, n.Node)
	case *ast.BinaryNode:
		return p.operator(n)
	case *ast.ConditionalNode:
		return p.sum(n, 1, n.Cond, n.Exp1, n.Exp2)
	case *ast.ArrayNode:
		return p.sum(n, 1+len(n.Nodes), n.Nodes...)
	case *ast.BuiltinNode:
		return p.call(n, n.Name, n.Arguments)
	case *ast.CallNode:
		return p.call(n, n.Callee.(*ast.IdentifierNode).Value, n.Arguments)
	}
	return price{node: n, units: 1}
}

// sum is the price of n with its parts.
func (p *pricer) sum(n ast.Node, own int, parts ...ast.Node) price {
	total := price{node: n, units: own}
	for _, part := range parts {
		of := p.price(part)
		total.parts = append(total.parts, of)
		total.units = plus(total.units, of.units)
	}
	return total
}

func (p *pricer) operator(n *ast.BinaryNode) price {
	if span, ok := n.Right.(*ast.BinaryNode); ok && span.Operator == ".." {
		from, _ := wholeNumber(span.Left)
		to, _ := wholeNumber(span.Right)
		return p.sum(n, 2+2*(to-from+1), n.Left)
	}
	own := 1
	switch n.Operator {
	case "contains":
		own += p.bytes(n.Left) / 32
	case "matches":
		own += 10 + times(p.bytes(n.Left), states(n.Right))/5
	case "==", "!=", "startsWith", "endsWith":
		own += 3 + min(p.bytes(n.Left), p.bytes(n.Right))/256
	case "<", "<=", ">", ">=":
		own += 3
	case "in":
		own += times(p.entries(n.Right), 2+min(p.bytes(n.Left), p.bytes(n.Right))/256)
	}
	return p.sum(n, own, n.Left, n.Right)
}

// states counts those of a pattern's machine: each byte of a text can visit all of them.
func states(pattern ast.Node) int {
	text, _ := pattern.(*ast.StringNode)
	tree, err := syntax.Parse(text.Value, syntax.Perl)
	if err != nil {
		return 0 // refused already
	}
	machine, err := syntax.Compile(tree.Simplify())
	if err != nil {
		return 0
	}
	return len(machine.Inst)
}

func (p *pricer) call(n ast.Node, name string, args []ast.Node) price {
	if slices.Contains(closures, name) {
		return p.closure(n, args)
	}
	f, _ := lookFunction(name)
	own := f.charge
	if f.perText > 0 {
		own += p.bytes(args[0]) / f.perText
	}
	return p.sum(n, own, args...)
}

func (p *pricer) closure(n ast.Node, args []ast.Node) price {
	body := args[1]
	if predicate, ok := body.(*ast.PredicateNode); ok {
		body = predicate.Node
	}
	total := p.sum(n, 2, args[0])
	p.over = append(p.over, args[0])
	held := p.price(body)
	p.over = p.over[:len(p.over)-1]
	total.times, total.each = p.entries(args[0]), held.units+1
	total.parts = append(total.parts, held)
	total.units = plus(total.units, times(total.times, total.each))
	return total
}

// entries is how long a list can be.
func (p *pricer) entries(list ast.Node) int {
	if written, ok := list.(*ast.ArrayNode); ok {
		return len(written.Nodes)
	}
	entries, _ := p.field(list)
	return entries
}

// bytes is how long a text can be, or any entry of a list of texts.
func (p *pricer) bytes(n ast.Node) (most int) {
	switch n := n.(type) {
	case *ast.StringNode:
		return len(n.Value)
	case *ast.MemberNode:
		_, most = p.field(n)
	case *ast.PointerNode:
		inner := &pricer{p.sizes, p.over[:len(p.over)-1]}
		return inner.bytes(p.over[len(p.over)-1])
	case *ast.ConditionalNode:
		return max(p.bytes(n.Exp1), p.bytes(n.Exp2))
	case *ast.ArrayNode:
		for _, entry := range n.Nodes {
			most = max(most, p.bytes(entry))
		}
	case *ast.BuiltinNode: // lower and upper can make a letter longer by half
		if len(n.Arguments) > 0 {
			return 2 * p.bytes(n.Arguments[0])
		}
	case *ast.CallNode:
		return wordBytes // day and word
	}
	return most
}

func (p *pricer) field(n ast.Node) (entries, bytes int) {
	member, ok := n.(*ast.MemberNode)
	if !ok {
		return 1, 0
	}
	base, _ := member.Node.(*ast.IdentifierNode)
	property, _ := member.Property.(*ast.StringNode)
	return p.sizes(Each(base.Value), property.Value)
}

// muchTooMuch is where adding up stops, far above every bound.
const muchTooMuch = 1 << 50

func plus(a, b int) int { return min(a+b, muchTooMuch) }

func times(a, b int) int {
	if a > 0 && b > muchTooMuch/a {
		return muchTooMuch
	}
	return a * b
}

// fault says which part of the expression costs what, at that part.
func (p price) fault(most int) fault {
	worst := p.worst(most)
	at := worst.node.Location()
	f := fault{from: at.From, to: at.To, hint: "go over fewer lists, or compare what is shorter"}
	units := grouped(worst.units)
	if worst.times > 0 {
		units = fmt.Sprintf("%s × %s = %s", grouped(worst.times), grouped(worst.each), units)
	}
	if b, ok := worst.node.(*ast.BinaryNode); ok && b.Operator == "matches" {
		f.hint = `look for words with contains, joined by "or"`
	}
	f.message = fmt.Sprintf("%s could cost %s units, an expression may cost %s%s", clip(worst.node.String(), 60), units, grouped(most), worst.dearest())
	return f
}

// worst is the innermost part that alone costs more than the most.
func (p price) worst(most int) price {
	for _, part := range p.parts {
		if part.units > most {
			return part.worst(most)
		}
	}
	return p
}

// dearest names up to three parts that cost most.
func (p price) dearest() string {
	var parts []price
	var gather func(p price)
	gather = func(p price) {
		if b, ok := p.node.(*ast.BinaryNode); ok && (b.Operator == "and" || b.Operator == "or" || b.Operator == "&&" || b.Operator == "||") {
			for _, part := range p.parts {
				gather(part)
			}
			return
		}
		parts = append(parts, p)
	}
	gather(p)
	slices.SortStableFunc(parts, func(a, b price) int { return b.units - a.units })
	if len(parts) < 2 {
		return ""
	}
	var list []string
	for _, part := range parts[:min(3, len(parts))] {
		list = append(list, fmt.Sprintf("%s %s", clip(part.node.String(), 60), grouped(part.units)))
	}
	return ": " + strings.Join(list, ", ")
}

// grouped is a number with a comma between each three digits.
func grouped(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// costOf is what expressions cost together.
func costOf(list []*expression) (units int) {
	for _, x := range list {
		units = plus(units, x.cost)
	}
	return units
}

// countNodes counts a tree's nodes.
func countNodes(n ast.Node) int {
	var count nodeCounter
	ast.Walk(&n, &count)
	return int(count)
}

type nodeCounter int

func (c *nodeCounter) Visit(*ast.Node) { *c++ }
