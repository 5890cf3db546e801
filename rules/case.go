package rules

import (
	"time"

	"go.yaml.in/yaml/v4"

	"derisk/tracker"
)

// Case is one test written in a rule file.
type Case struct {
	Name     string
	Line     int
	At       time.Time
	Given    []Given
	Fires    []string // subjects that are to fire, sorted
	Resolved []string
	Says     tracker.Text // parts of what is said
}

// Given is a starter fact by its id, or a measure written out in full.
type Given struct {
	ID      string
	Measure *tracker.Measure
}

func (p *fileReader) readTests(n *yaml.Node) {}
