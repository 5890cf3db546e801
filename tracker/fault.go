package tracker

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Fault is one thing wrong in a file: where, and what to do about it.
type Fault struct {
	File         string
	Line, Column int // from 1; 0 where the file as a whole is meant
	Message      string
}

// String is the fault as file:line:column: words.
func (f Fault) String() string {
	if f.Line == 0 {
		return f.File + ": " + f.Message
	}
	return fmt.Sprintf("%s:%d:%d: %s", f.File, f.Line, f.Column, f.Message)
}

// Faults are all that is wrong in the files that were read, in their order.
type Faults []Fault

// Error lists the faults, one a line, as file:line:column: words.
func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i := range f {
		lines[i] = f[i].String()
	}
	return strings.Join(lines, "\n")
}

// sort orders the faults by place.
func (f Faults) sort() {
	slices.SortStableFunc(f, func(a, b Fault) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
}

// err is nil where there are no faults.
func (f Faults) err() error {
	if len(f) == 0 {
		return nil
	}
	return f
}
