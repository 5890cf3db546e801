package tracker

import "io/fs"

// Fault is one thing wrong in a file: where, and what to do about it.
type Fault struct {
	File         string
	Line, Column int // from 1; 0 where the file as a whole is meant
	Message      string
}

// Faults are all that is wrong in the files that were read, in their order.
type Faults []Fault

// Error lists the faults, one a line, as file:line:column: words.
func (f Faults) Error() string { panic("unwritten") }

// ReadFacts reads a folder of measures and their companions: goods.yaml,
// entities.yaml, commitments.yaml, indicators.yaml and calendars/*.yaml; every
// other *.yaml, also in measures.d, is one measure. The error is of type [Faults].
func ReadFacts(fsys fs.FS) (Facts, error) { panic("unwritten") }

// ReadMeasure reads one measure file. The error is of type [Faults].
func ReadMeasure(file string, data []byte) (*Measure, error) { panic("unwritten") }

// WriteMeasure writes a measure in the form that [ReadMeasure] reads, stable to the byte.
func WriteMeasure(m *Measure) []byte { panic("unwritten") }
