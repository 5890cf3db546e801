package tracker_test

import (
	"testing"

	"derisk/tracker"
)

func TestStarterFactsReconcileWithNothing(t *testing.T) {
	c, err := tracker.Reconcile(nil, starter(t))
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Measures) != 49 || len(c.Events) != 49 || len(c.Goods) != 34 || len(c.Warnings) != 0 {
		t.Errorf("got %d measures, %d with events, %d goods, warnings %q", len(c.Measures), len(c.Events), len(c.Goods), c.Warnings)
	}
}
