package rules

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/expr-lang/expr/file"
)

// syntaxFault tells what expr could not read, in the words of rules.
func syntaxFault(source string, err error) fault {
	e, ok := errors.AsType[*file.Error](err)
	if !ok {
		first, _, _ := strings.Cut(err.Error(), "\n")
		return fault{to: utf8.RuneCountInString(source), message: first}
	}
	f := fault{from: e.From, to: e.To, message: clip(e.Message, 200)}
	if strings.TrimSpace(source) == "" {
		f.message, f.hint = "the expression is empty", "write a value such as measure.title"
		return f
	}
	for _, s := range syntaxSlips {
		if m := s.said.FindStringSubmatch(e.Message); m != nil {
			f.message, f.hint = s.message, s.hint
			if len(m) > 1 {
				f.message = fmt.Sprintf(s.message, clip(m[1], 40))
			}
			return f
		}
	}
	return f
}

// syntaxSlips are what expr says, what we say, and what to write instead.
var syntaxSlips = []struct {
	said          *regexp.Regexp
	message, hint string
}{
	{regexp.MustCompile(`^unexpected token EOF`), "the expression ends too early", "close every parenthesis, and write a value after each operator"},
	{regexp.MustCompile(`^unexpected token Operator\("="\)`), `a single "=" compares nothing`, "write =="},
	{regexp.MustCompile(`^unexpected token Operator\("(&)"\)`), "%q is not part of the language of rules", `write "and" between conditions`},
	{regexp.MustCompile(`^unexpected token Operator\("(,)"\)`), "%q is not expected here", `join conditions with "and" or "or"`},
	{regexp.MustCompile(`^unexpected token Operator\("#"\)`), "# stands for a list's entry, inside any(list, …) and the like", `write any(measure.tags, # == "gallium")`},
	{regexp.MustCompile(`^unexpected token Bracket\("([)\]}])"\)`), "%q closes nothing", "take it out, or open it"},
	{regexp.MustCompile(`^unexpected token (?:Identifier|String|Number)\((.*)\)`), "an operator is wanted before %s", "compare with == != < <= > >= in contains, or join with and, or"},
	{regexp.MustCompile(`^unexpected token Operator\("(;)"\)`), "%q is not expected here", "take it out"},
	{regexp.MustCompile(`^unexpected token \w+\((.*)\)`), "%s is not expected here", ""},
	{regexp.MustCompile(`^literal not terminated`), "a quote is opened and never closed", "close it with the same quote"},
	{regexp.MustCompile(`^unrecognized character: U\+20(?:18|19|1C|1D) '(.*)'`), "the character %s is not expected here", `write straight quotes: "suspended"`},
	{regexp.MustCompile(`^unrecognized character: .* '(.*)'`), "the character %s is not expected here", "a text stands in quotes"},
	{regexp.MustCompile(`^unrecognized character: (U\+\w+)`), "the character %s is not expected here", "a text stands in quotes"},
	{regexp.MustCompile(`^bad number syntax: "(.*)"`), "%q is not a figure", "write a space after the figure, or quotes round a text"},
	{regexp.MustCompile(`^invalid (?:integer|float) literal`), "the figure is too large", ""},
	{regexp.MustCompile(`^expected at least 2 arguments`), "a list and a condition are wanted here", `write any(measure.tags, # == "gallium")`},
	{regexp.MustCompile(`^exceeded maximum allowed nodes|^compilation failed`), fmt.Sprintf("the expression has more than %d parts", maxNodes), "split the rule in two"},
}
