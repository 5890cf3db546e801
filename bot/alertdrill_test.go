package bot

import (
	"testing"

	"derisk/tracker"
)

func TestADrillSaysWhatBecameOfIt(t *testing.T) {
	s := newStore(t)
	if _, err := s.say("en", "alert drill"); err == nil {
		t.Error("a drill without a subscription")
	}
	s.must("en", "alert subscribe by:CN quiet:11:00-13:00")
	contains(t, textOf(s.must("en", "alert drill")), "Drill · s1: held", "quiet hours, goes out 25 November 2026, 13:00 UTC+8", "alert drill s1 now:true sends one all the same")
	contains(t, textOf(s.must("zh", "提醒 演练 s1")), "演练 · s1：暂存", "alert drill s1 now:true 可立即发送")
	contains(t, textOf(s.must("en", "alert drill s1 now:true")), "Drill · s1: waiting")
	s.must("en", "alert pause s1 holiday")
	contains(t, textOf(s.must("en", "alert drill s1 now:true")), "Drill · s1: not sent", "paused (holiday)", "alert resume s1")
	s.must("en", "alert subscribe by:US")
	_, err := s.say("en", "alert drill")
	if words, _ := Tell(err, "en"); words != "which one? Name it with id: s1, s2" {
		t.Errorf("of two: %q", words)
	}
	f := s.ledger[0].Fired
	if word := firingWord(f); word.EN != "DRILL" || word.ZH != "演练" || f.Message.EN[:6] != "DRILL:" || (tracker.Filter{}).Match(f) {
		t.Errorf("not marked: %+v", f)
	}
}
