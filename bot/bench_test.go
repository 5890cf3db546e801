package bot

import "testing"

func BenchmarkAsk(b *testing.B) {
	s := newStore(&testing.T{})
	snapshot, err := s.Snapshot(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		r := asked("en")
		a := &inquiry{s: snapshot, x: newSearch(snapshot), q: readQuestion("is artificial graphite to the US controlled today?", r.Today()), r: r}
		a.answer()
		a.reply()
	}
}
