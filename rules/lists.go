package rules

import "github.com/expr-lang/expr/ast"

// Lists that a rule writes out, and the closures that go over lists.

func (c *checker) list(n *ast.ArrayNode) Kind {
	if len(n.Nodes) == 0 {
		return c.fault(n, "write [60, 30, 14]", "the list is empty")
	}
	all := bad
	for _, entry := range n.Nodes {
		kind := c.check(entry)
		switch {
		case kind == bad:
			return bad
		case kind.listed() == bad:
			return c.fault(entry, "", "a list can hold texts, figures or dates, not a %s", kind)
		case all != bad && kind != all:
			return c.fault(entry, "write entries of one kind", "the list holds a %s and a %s", all, kind)
		}
		all = kind
	}
	return all.listed()
}

func (c *checker) pointer(n *ast.PointerNode) Kind {
	if n.Name != "" || len(c.over) == 0 {
		return c.fault(n, "", "# stands for a list's entry, inside any(list, …) and the like")
	}
	return c.over[len(c.over)-1]
}

func (c *checker) closure(n ast.Node, name string, args []ast.Node) Kind {
	if len(c.over) >= maxClosures {
		return c.fault(n, "", "%s goes over a list inside %d others: one inside another is the most", name, maxClosures)
	}
	if len(args) != 2 {
		return c.fault(n, "", "%s takes a list and a condition: %s(measure.tags, # == \"gallium\")", name, name)
	}
	kind := c.check(args[0])
	if kind == bad {
		return bad
	}
	if kind.element() == bad {
		return c.fault(args[0], "write a list, such as measure.tags", "%s goes over a list, this is a %s", name, kind)
	}
	body := args[1]
	if predicate, ok := body.(*ast.PredicateNode); ok {
		body = predicate.Node
	}
	c.over = append(c.over, kind.element())
	held := c.check(body)
	c.over = c.over[:len(c.over)-1]
	if held != Truth && held != bad {
		return c.fault(body, conditionHint(body, held), "%s needs a condition, this is a %s", name, held)
	}
	if name == "count" {
		return Figure
	}
	return Truth
}
