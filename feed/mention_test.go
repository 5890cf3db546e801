package feed

import (
	"os"
	"slices"
	"testing"

	"derisk/tracker"
)

func starter(t *testing.T) *tracker.Snapshot {
	t.Helper()
	facts, err := tracker.ReadFacts(os.DirFS("../measures.d"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := tracker.NewSnapshot(facts)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// speaks is what a person says that an article speaks of, and surely does not.
// What stands in neither list is open to argument.
type speaks struct {
	title   string
	of, not []string
}

func checkMentions(t *testing.T, s *tracker.Snapshot, articles []tracker.Article, want []speaks) {
	t.Helper()
	if len(articles) != len(want) {
		t.Fatalf("%d articles, want %d", len(articles), len(want))
	}
	for i, a := range articles {
		var found []string
		for _, m := range s.Mentions(a) {
			found = append(found, m.Measure)
		}
		for _, id := range slices.Concat(want[i].of, want[i].not) {
			if _, err := s.Measure(id); err != nil {
				t.Error(err)
			}
		}
		for _, id := range want[i].of {
			if !slices.Contains(found, id) {
				t.Errorf("%s: %s is missing among %q", want[i].title, id, found)
			}
		}
		for _, id := range want[i].not {
			if slices.Contains(found, id) {
				t.Errorf("%s: it says nothing of %s", want[i].title, id)
			}
		}
	}
}

func TestMentions(t *testing.T) {
	checkMentions(t, starter(t), read(t, "testdata/digest.txt"), []speaks{
		{"anodes and licences", []string{"cn-mofcom-2025-58", "cn-mofcom-2023-39"}, []string{"cn-mofcom-2025-61", "us-ustr-2024-301-fouryear"}},
		{"cranes in a port", nil, []string{"us-ustr-2025-301-cranes", "us-ustr-2025-301-ships"}},  // nobody acts
		{"a court and Nexperia", nil, []string{"nl-ok-2025-nexperia", "nl-ez-2025-wbg-nexperia"}}, // nor here
		{"one sentence", nil, []string{"cn-mofcom-2025-58"}},
	})
}

// TestMentionsOfTheSeed reads the ten items that the starter facts began from, where they are at hand.
func TestMentionsOfTheSeed(t *testing.T) {
	articles := read(t, "../../shared/data/digest.txt")
	var (
		rareEarth = []string{"cn-mofcom-2025-61", "cn-mofcom-2025-62"}
		nexperia  = []string{"nl-ez-2025-wbg-nexperia", "us-bis-2024-entity-list-wingtech"}
		battery   = []string{"cn-mofcom-2025-58", "cn-mofcom-2023-39"}
		australia = []string{"us-au-2025-critical-minerals"}
		threat    = []string{"us-potus-2025-threat-100"}
		coercion  = []string{"eu-2023-2675"}
		// Of these none of the ten speaks.
		never = []string{"cn-gacc-2025-30", "cn-mofcom-2025-hanwha", "cn-samr-2025-qualcomm", "cn-mofcom-2026-1", "us-ustr-2025-301-cranes",
			"us-potus-2026-s122", "us-scotus-2026-learning-resources", "cn-mofcom-2024-33", "cn-mofcom-2025-10", "cn-mofcom-2025-55", "eu-2024-1252",
			"us-ustr-2024-301-fouryear", "cn-mofcom-2024-46", "cn-mofcom-2024-46-2", "cn-mofcom-2023-23", "us-dod-2025-mp-price-floor"}
	)
	not := func(lists ...[]string) []string { return slices.Concat(append(lists, never)...) }
	checkMentions(t, starter(t), articles, []speaks{
		{"16 November: new rare-earth rules postponed", rareEarth, not(battery, nexperia, australia, threat, coercion, []string{"cn-mofcom-2025-18"})},
		{"13 November: civil eased, military shut", append([]string{"cn-mofcom-2025-18", "cn-mofcom-2025-general-licence"}, rareEarth...), not(battery, nexperia, australia, threat, coercion)},
		{"31 October: Nexperia", nexperia, not(battery, rareEarth, australia, threat, coercion)},
		{"27 October: the European answer", append([]string{"eu-2023-2675", "cn-mofcom-2025-18"}, rareEarth...), not(battery, nexperia, australia, threat)},
		{"24 October: United States and Australia", australia, not(battery, nexperia, rareEarth, threat, coercion)},
		{"22 October: lithium batteries", battery, not(nexperia, rareEarth, australia, threat, coercion)},
		{"22 October: the framework signed", append(rareEarth, australia...), not(battery, nexperia, threat, coercion)},
		{"20 October: a 100% tariff", threat, not(battery, nexperia, australia, coercion)},
		{"16 October: Anshi taken over", append([]string{"nl-ok-2025-nexperia"}, nexperia...), not(battery, rareEarth, australia, threat, coercion)},
		{"16 October: behind it", append([]string{"nl-ok-2025-nexperia"}, nexperia...), not(battery, rareEarth, australia, threat, coercion)},
	})
}
