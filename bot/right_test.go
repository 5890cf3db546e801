package bot

import (
	"errors"
	"strings"
	"testing"
)

// TestReviewsAreForThoseWithTheRight asks every command that could tell of a
// review, as a member of the same server without the right to see reviews.
func TestReviewsAreForThoseWithTheRight(t *testing.T) {
	s := newStore(t)
	s.must("en", "review add cn-mofcom-2025-58 2026-10-26 secretfiling")
	lines := []string{
		"measure cn-mofcom-2025-58", "measures", "calendar to:2027-02-01", "overview on:2026-12-20", "ask what is due in the next 60 days?",
		"ask secretfiling", "history cn-mofcom-2025-58", "history", "deliveries", "alert list", "alert post p1", "alert preview", "alert history", "alert why review-due", "alert why f3", "check lithium batteries", "commitments", "indicators",
		"rule forecast", "rule backtest from:2026-11-01", "rule explain review-due", "rule explain review-due subject:r1", "rule firing f3", "rule list", "help",
	}
	for _, line := range lines {
		for _, may := range []bool{true, false} {
			r, err := readLine(line, asked("en"))
			if err != nil {
				t.Fatal(err)
			}
			r.MayReview = may
			reply, err := Run(t.Context(), s.env(), r)
			got := textOf(reply)
			if err != nil {
				got, _ = Tell(err, "en")
			}
			tells := strings.Contains(got, "secretfiling") && !strings.HasPrefix(line, "ask secret")
			switch {
			case !may && tells:
				t.Errorf("%s tells of a review without the right:\n%s", line, got)
			case may && tells && !reply.Ephemeral:
				t.Errorf("%s tells the whole channel of a review", line)
			case may && !tells && strings.Contains("calendar overview deliveries", strings.Fields(line)[0]):
				t.Errorf("%s does not tell of a review, so this test cannot fail:\n%s", line, got)
			}
		}
	}
	r := asked("en")
	r.MayReview, r.Command, r.Args = false, "review stop", map[string]string{}
	for _, c := range []string{"review stop", "review decide"} {
		r.Command = c
		if found, err := new(Completion).Complete(t.Context(), s.env(), r, "id", ""); err != nil || len(found) > 0 {
			t.Errorf("%s is completed to %v, %v", c, found, err)
		}
	}
	if r.MayReview = true; true {
		if found, _ := new(Completion).Complete(t.Context(), s.env(), r, "id", ""); len(found) != 1 {
			t.Errorf("completed to %v", found)
		}
	}
}

func TestRolesGiveRights(t *testing.T) {
	s := newStore(t)
	ask := func(manage bool, args map[string]string) (Reply, error) {
		r := asked("en")
		r.Owner, r.MayManage, r.Command, r.Args = "guild:9", manage, "alert roles", args
		return Run(t.Context(), s.env(), r)
	}
	if _, err := ask(false, map[string]string{"record": "5"}); !errors.Is(err, ErrRight) {
		t.Errorf("whoever may record gives rights: %v", err)
	}
	for _, step := range []struct{ arg, role, want string }{{"review", "7", "7"}, {"alert", "8", "7"}, {"forget", "review", ""}} {
		if _, err := ask(true, map[string]string{step.arg: step.role}); err != nil {
			t.Fatal(err)
		}
		if got := s.settings[RoleSetting("guild:9", ReviewIt)]; got != step.want {
			t.Errorf("after %s:%s reviews are for %q, want %q", step.arg, step.role, got, step.want)
		}
	}
	if got := s.settings[RoleSetting("guild:9", AlertWork)]; got != "8" {
		t.Errorf("alerts are for %q", got)
	}
}
