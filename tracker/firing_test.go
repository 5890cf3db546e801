package tracker

import "testing"

// The ids are pinned: firings and deliveries are stored under them.
func TestFiringIDIsForEver(t *testing.T) {
	id := FiringID("suspension-ending", "cn-mofcom-2025-58", `["cn-mofcom-2025-58","2026-11-10",30]`, Began)
	if want := "44d6954ff1f20007eaf0cd6c"; id != want {
		t.Errorf("id %s, want %s", id, want)
	}
}

func TestFiringIDTellsApart(t *testing.T) {
	seen := map[string][4]string{}
	for _, p := range [][4]string{
		{"a", "b", "c", "firing"}, {"a", "b", "c", "resolved"}, {"ab", "", "c", "firing"}, {"a", "bc", "", "firing"}, {"", "ab", "c", "firing"},
		{"a", "b", "1:c", "firing"}, {"a", "b1:c", "", "firing"},
	} {
		id := FiringID(p[0], p[1], p[2], FiringKind(p[3]))
		if was, ok := seen[id]; ok || len(id) != 24 {
			t.Errorf("%q and %q have the id %q", was, p, id)
		}
		seen[id] = p
	}
}
