package bot

import (
	"strings"
	"testing"
)

// A yes where no is right is the worst answer that there is.
func TestVerdict(t *testing.T) {
	for _, c := range []struct{ question, verdict string }{
		{"is the Dutch order over Nexperia still running? on 2026-11-25", "presumably not:"},
		{"has the Dutch order over Nexperia ended? on 2026-11-25", "presumably yes:"},
		{"is the Dutch order over Nexperia over now?", "presumably yes:"},
		{"was the Dutch order over Nexperia suspended on 2026-01-15?", "yes:"},
		{"is the fentanyl tariff over?", "yes:"},
		{"is the fentanyl tariff still collected?", "no:"},
		{"was the fentanyl tariff in force on 2026-02-23?", "yes:"},
		{"is announcement 18 suspended?", "no:"},
		{"was announcement 58 in force on 2025-11-08?", "no:"},
		{"was announcement 58 suspended on 2026-11-10?", "yes:"},
		{"is announcement 58 still suspended on 2026-11-11?", "presumably not:"},
		{"is the affiliates rule in force on 2026-11-10?", "yes:"},
		{"is the suspension of announcement 58 over?", ""}, // it is about the suspension: the sentence tells
		{"is announcement 58 not in force?", ""},
		{"第18号公告暂停了吗", "否"},
		{"第58号公告在2025年11月8日生效了吗", "否"},
		{"芬太尼关税终止了吗", "是"},
	} {
		said := textOf(newStore(t).must("", "ask "+c.question))
		if got := firstVerdict(said); got != c.verdict {
			t.Errorf("%s\n  answers %q, want %q:\n%s", c.question, got, c.verdict, said)
		}
	}
}

// firstVerdict is the word of an answer that says yes or no; "" if there is none.
func firstVerdict(said string) (first string) {
	at := len(said)
	for _, v := range []string{"presumably yes:", "presumably not:", " yes:", " no:", "uncertain:", "推定为是：", "推定为否：", "：是：", "：否："} {
		if i := strings.Index(said, v); i >= 0 && i < at {
			at, first = i, strings.Trim(v, " ：")
		}
	}
	return first
}

// Whose tariff on whose goods: the wrong way round is a wrong answer.
func TestWhomAMeasureHits(t *testing.T) {
	const onUS, onCN = "cn-ctc-2025-4 cn-ctc-2025-4-base", "us-ustr-2024-301-fouryear us-ustr-2025-301-chips us-ustr-2025-301-cranes"
	for question, want := range map[string]string{
		"what is the tariff on Chinese goods?":          onCN,
		"is there a tariff on China?":                   onCN,
		"what tariffs are on US goods?":                 onUS,
		"list the tariffs against the US":               onUS,
		"are there tariffs on imports from China?":      onCN,
		"list all tariffs in force by the US":           onCN,
		"which entity listings are there against China": "us-bis-2024-entity-list-wingtech",
	} {
		data, ok := newStore(t).must("en", "ask "+question+" on:2026-11-25").Data.(askJSON)
		if !ok {
			t.Fatalf("%s: no data for programs", question)
		}
		if got := strings.Join(data.Measures, " "); got != want {
			t.Errorf("%s\n  got  %s\n  want %s", question, got, want)
		}
	}
}
