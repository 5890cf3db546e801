package tracker

// Admits says whether the measure's events are in an order that is possible
// with more added; the error names the event and the one that forbids it.
func (m *Measure) Admits(more ...Event) error { panic("unwritten") }
