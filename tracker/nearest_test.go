package tracker

import "testing"

func TestNearest(t *testing.T) {
	ids := []string{"cn-mofcom-2025-55", "cn-mofcom-2025-58", "nexperia", "suspended", "status"}
	for name, want := range map[string]string{
		"cn-mofcom-2025-85": "cn-mofcom-2025-58", // two digits swapped, not one wrong
		"cn-mofcom-2025-59": "cn-mofcom-2025-55", // one wrong: the first of the equally near
		"statu":             "status",
		"Suspnded":          "suspended",
		"nexpreia":          "nexperia",
		"wingtech":          "",
		"":                  "",
	} {
		if got := Nearest(name, ids); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", name, got, want)
		}
	}
}
