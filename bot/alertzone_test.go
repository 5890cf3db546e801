package bot

import "testing"

// A server is asked for its zone once; each owner has their own.
func TestTheZoneIsAskedOnce(t *testing.T) {
	s := newStore(t)
	ask := func(owner, line string) string {
		t.Helper()
		r, err := readLine(line, asked("en"))
		if err != nil {
			t.Fatal(err)
		}
		r.Owner, r.Zone = owner, nil // as on Discord, which tells no zone
		reply, err := Run(t.Context(), s.env(), r)
		if err != nil {
			t.Fatal(err)
		}
		return textOf(reply)
	}
	contains(t, ask("guild:1", "alert subscribe by:CN"), "No zone is set here, so UTC it is", "alert zone Europe/Berlin")
	contains(t, ask("guild:1", "alert zone"), "Zone: UTC", "No zone is set here")
	contains(t, ask("guild:1", "alert zone Europe/Berlin"), "Zone: Europe/Berlin, where it is 25 November 2026, 05:00 UTC+1")
	said := ask("guild:1", "alert subscribe by:US deliver:daily")
	contains(t, said, "Europe/Berlin", "25 November 2026, 09:00 UTC+1")
	if s.subs[0].Zone != "UTC" || s.subs[1].Zone != "Europe/Berlin" {
		t.Errorf("zones %s and %s", s.subs[0].Zone, s.subs[1].Zone)
	}
	contains(t, ask("guild:1", "rule list"), "2026-11-26 02:00")
	contains(t, ask("guild:2", "rule list"), "2026-11-26 01:00")
	contains(t, ask("guild:2", "alert subscribe by:CN zone:Asia/Tokyo"), "Asia/Tokyo")
	if owners := len(s.settings); owners != 1 {
		t.Errorf("settings %v", s.settings)
	}
}
