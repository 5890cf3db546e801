package tracker

// Grounds lists the events that a fold of the measure rests on: its own and
// those of the measures that it stands under, as far as cut admits them, with
// the corrections and withdrawals among them. Its own come last; of each
// measure, in the order recorded.
func (m *Measure) Grounds(cut Cut) []string {
	var ids []string
	if m.whole != nil {
		ids = m.whole.Grounds(cut)
	}
	zone, admitted := m.Location(), map[string]bool{}
	for _, e := range m.Known(cut) {
		admitted[e.ID] = true
	}
	for _, list := range m.corrections(cut, zone) {
		for _, e := range list {
			admitted[e.ID] = true
		}
	}
	for _, e := range m.Events {
		if admitted[e.ID] {
			ids = append(ids, e.ID)
		}
	}
	return ids
}
