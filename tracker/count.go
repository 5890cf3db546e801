package tracker

import "strconv"

// Count is a number with the English noun that fits it: "1 review", "2 reviews",
// "0 reviews". Chinese nouns have one form and need no such rule.
func Count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}
