package rules

import "github.com/expr-lang/expr/ast"

// What an expression may cost is known before it runs. One unit is one node
// evaluated once, some 50 ns. Searching a text counts 10, a pattern 200, a
// list as many as it is reckoned to hold (Name.List), and a closure its body
// for each entry. Facts with longer lists cost more in proportion; nothing
// else can grow, as the language builds no lists and no texts.
const (
	maxSource   = 4096    // bytes of one expression
	maxNodes    = 1500    // of its tree
	maxDepth    = 48      // of its tree
	maxClosures = 2       // any(…) inside any(…)
	maxRange    = 1000    // numbers in a range after in
	maxPattern  = 200     // bytes of a pattern after matches
	maxCost     = 150_000 // units of one expression
)

// countNodes counts a tree's nodes.
func countNodes(n ast.Node) int {
	var count nodeCounter
	ast.Walk(&n, &count)
	return int(count)
}

type nodeCounter int

func (c *nodeCounter) Visit(*ast.Node) { *c++ }
