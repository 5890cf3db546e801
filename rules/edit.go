package rules

import (
	"slices"
	"strconv"
	"time"

	"github.com/expr-lang/expr/ast"

	"derisk/tracker"
)

// edit is one change of an expression's tree, that can be undone.
type edit struct {
	at       ast.Node // whose words it changes
	operator bool     // those of its operator alone
	was, now string   // now is empty where something is left out
	do, undo func()
}

// editsOf lists the changes of a tree that tests are to notice.
func editsOf(n *ast.Node) (edits []edit) {
	switch n := (*n).(type) {
	case *ast.IntegerNode:
		return []edit{altered(n, &n.Value, n.Value+1, strconv.Itoa), altered(n, &n.Value, n.Value-1, strconv.Itoa)}
	case *ast.FloatNode:
		return []edit{altered(n, &n.Value, n.Value+1, floatWords), altered(n, &n.Value, n.Value-1, floatWords)}
	case *ast.StringNode:
		return []edit{altered(n, &n.Value, otherWord(n.Value), strconv.Quote)}
	case *ast.BoolNode:
		return []edit{altered(n, &n.Value, !n.Value, strconv.FormatBool)}
	case *ast.UnaryNode:
		edits = editsOf(&n.Node)
	case *ast.BinaryNode:
		edits = append(operatorEdits(n), append(editsOf(&n.Left), editsOf(&n.Right)...)...)
	case *ast.ConditionalNode:
		edits = append(editsOf(&n.Cond), append(editsOf(&n.Exp1), editsOf(&n.Exp2)...)...)
	case *ast.ArrayNode:
		return listEdits(n)
	case *ast.PredicateNode:
		edits = editsOf(&n.Node)
	case *ast.BuiltinNode:
		edits = allEdits(n.Arguments)
	case *ast.CallNode:
		if dates := dateEdits(n); dates != nil {
			return dates
		}
		edits = allEdits(n.Arguments)
	}
	if not, ok := (*n).(*ast.UnaryNode); ok && (not.Operator == "not" || not.Operator == "!") {
		edits = append([]edit{{at: not, operator: true, was: not.Operator, do: func() { *n = not.Node }, undo: func() { *n = not }}}, edits...)
	}
	return edits
}

func allEdits(nodes []ast.Node) (edits []edit) {
	for i := range nodes {
		edits = append(edits, editsOf(&nodes[i])...)
	}
	return edits
}

// altered changes a literal.
func altered[T any](n ast.Node, value *T, to T, words func(T) string) edit {
	from := *value
	return edit{at: n, was: words(from), now: words(to), do: func() { *value = to }, undo: func() { *value = from }}
}

func floatWords(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// operatorTurns is what each operator becomes.
var operatorTurns = map[string]string{
	"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "==",
	"and": "or", "&&": "||", "or": "and", "||": "&&",
}

func operatorEdits(n *ast.BinaryNode) []edit {
	now, ok := operatorTurns[n.Operator]
	if !ok {
		return nil
	}
	e := altered(n, &n.Operator, now, func(s string) string { return s })
	e.operator = true
	return []edit{e}
}

// listEdits leave out each entry; the only one is changed instead.
func listEdits(n *ast.ArrayNode) (edits []edit) {
	if len(n.Nodes) == 1 {
		return allEdits(n.Nodes)
	}
	all := n.Nodes
	for i, entry := range all {
		edits = append(edits, edit{
			at: entry, was: entry.String(),
			do:   func() { n.Nodes = slices.Delete(slices.Clone(all), i, i+1) },
			undo: func() { n.Nodes = all },
		})
	}
	return edits
}

// dateEdits move a date that is written out by a day, either way.
func dateEdits(n *ast.CallNode) []edit {
	callee, ok := n.Callee.(*ast.IdentifierNode)
	if !ok || callee.Value != "date" || len(n.Arguments) != 1 {
		return nil
	}
	text, ok := n.Arguments[0].(*ast.StringNode)
	if !ok {
		return nil
	}
	d, err := tracker.ParseDate(text.Value)
	if err != nil || d.Precision() != tracker.Day {
		return nil
	}
	return []edit{altered(text, &text.Value, dayAfter(d, 1), strconv.Quote), altered(text, &text.Value, dayAfter(d, -1), strconv.Quote)}
}

func dayAfter(d tracker.Date, days int) string {
	return tracker.DayOf(d.First(time.UTC).AddDate(0, 0, days)).String()
}

// wordLists are the words of the model, by vocabulary.
var wordLists = [][]string{
	listOf(tracker.Statuses()), listOf(tracker.Whats()), listOf(tracker.Evidences()), listOf(tracker.Reasons()), listOf(tracker.Bases()), listOf(tracker.Kinds()),
}

func listOf[T ~string](words []T) []string {
	list := make([]string, len(words))
	for i, w := range words {
		list[i] = string(w)
	}
	return list
}

// otherWord is the next word of the model in the same vocabulary, or a text that stands nowhere.
func otherWord(word string) string {
	for _, v := range wordLists {
		if i := slices.Index(v, word); i >= 0 {
			return v[(i+1)%len(v)]
		}
	}
	return word + "~"
}
