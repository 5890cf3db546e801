package index

import (
	"math"
	"regexp"
	"strings"
	"unicode/utf8"
)

// What operators and functions do to values, by the names that conditions write.
// The machine reckons whole figures as integers, closures hold them as floats.
// Comparing gives the same as long as they are not huge; what is reckoned from
// whole figures alone is left to the machine.
var (
	textTests = map[string]func(a, b string) bool{
		"==":         func(a, b string) bool { return a == b },
		"!=":         func(a, b string) bool { return a != b },
		"contains":   strings.Contains,
		"startsWith": strings.HasPrefix,
		"endsWith":   strings.HasSuffix,
	}
	figureTests = map[string]func(a, b float64) bool{
		"==": func(a, b float64) bool { return a == b },
		"!=": func(a, b float64) bool { return a != b },
		"<":  func(a, b float64) bool { return a < b },
		"<=": func(a, b float64) bool { return a <= b },
		">":  func(a, b float64) bool { return a > b },
		">=": func(a, b float64) bool { return a >= b },
	}
	dayTests = map[string]func(a, b Day) bool{
		"==": func(a, b Day) bool { order, known := Compare(a, b); return known && order == 0 },
		"!=": func(a, b Day) bool { order, known := Compare(a, b); return !known || order != 0 },
		"<":  func(a, b Day) bool { order, known := Compare(a, b); return known && order < 0 },
		"<=": func(a, b Day) bool { order, known := Compare(a, b); return known && order <= 0 },
		">":  func(a, b Day) bool { order, known := Compare(a, b); return known && order > 0 },
		">=": func(a, b Day) bool { order, known := Compare(a, b); return known && order >= 0 },
	}
	sums = map[string]func(a, b float64) float64{
		"+": func(a, b float64) float64 { return a + b },
		"-": func(a, b float64) float64 { return a - b },
		"*": func(a, b float64) float64 { return a * b },
		"/": func(a, b float64) float64 { return a / b },
	}
	textFunctions   = map[string]func(string) string{"lower": strings.ToLower, "upper": strings.ToUpper, "trim": strings.TrimSpace}
	figureFunctions = map[string]func(float64) float64{"abs": abs, "round": math.Round, "floor": math.Floor, "ceil": math.Ceil}
	extremes        = map[string]func(a, b float64) float64{"min": math.Min, "max": math.Max}
)

// matching is nil where the pattern is none.
func matching(pattern string) func(string) bool {
	compiled, err := regexp.Compile(pattern)
	if err != nil {
		return nil
	}
	return compiled.MatchString
}

// abs leaves -0 as it is, as the machine does.
func abs(v float64) float64 {
	if v < 0 {
		return -v
	}
	return v
}

func runes(text string) float64 { return float64(utf8.RuneCountInString(text)) }

// missing says that a figure stands for none.
func missing(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }

func isWhole(v float64) bool { return v == math.Trunc(v) }

const maxWhole = 1 << 53

// integer is a whole figure written out.
func integer[R any](v int) (made closure[R]) {
	if v <= maxWhole && v >= -maxWhole {
		made.figure, made.whole = always[R](float64(v)), true
	}
	return made
}

// over makes what goes over a list.
func over[R any](name string, list func(*frame[R]) []string, holds truth[R]) (made closure[R]) {
	switch name {
	case "any":
		made.truth = func(f *frame[R]) bool { return count(f, list, holds, true, 1) == 1 }
	case "none":
		made.truth = func(f *frame[R]) bool { return count(f, list, holds, true, 1) == 0 }
	case "all":
		made.truth = func(f *frame[R]) bool { return count(f, list, holds, false, 1) == 0 }
	case "one":
		made.truth = func(f *frame[R]) bool { return count(f, list, holds, true, 2) == 1 }
	case "count":
		made.figure, made.whole = func(f *frame[R]) float64 { return float64(count(f, list, holds, true, math.MaxInt)) }, true
	}
	return made
}

// count counts the entries of which a condition is so, up to as many as are enough.
func count[R any](f *frame[R], list func(*frame[R]) []string, holds truth[R], so bool, enough int) (n int) {
	outer := f.entry
	for _, word := range list(f) {
		if f.entry = word; holds(f) != so {
			continue
		}
		if n++; n == enough {
			break
		}
	}
	f.entry = outer
	return n
}
