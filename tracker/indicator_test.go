package tracker

import (
	"fmt"
	"strings"
	"testing"
)

// shareOfRefining is China's share of rare-earth refining, as several sources have it.
var shareOfRefining = Indicator{ID: "refining", Observations: []Observation{
	{Period: "planned", Value: 1, Source: Source{Publisher: "Plan"}},
	{Period: "2024", Value: 91, Source: Source{Publisher: "IEA", Date: MustDate("2025-05-21")}},
	{Period: "2025", Value: 92, Source: Source{Publisher: "Sohu", Date: MustDate("2025-10-24")}},
	{Period: "2025-01/2025-08", Value: 90, Source: Source{Publisher: "Customs", Date: MustDate("2025-09-08")}},
	{Period: "2020-2023", Value: 80, Source: Source{Publisher: "USGS", Date: MustDate("2024-01-31")}},
	{Period: "2025", Value: 80, Source: Source{Publisher: "List", Date: MustDate("2025-10-22")}},
}}

func TestIndicatorFigures(t *testing.T) {
	for _, c := range []struct{ name, known, want string }{
		{"all", "", "2025: 80 List, 92 Sohu; 2025-01/2025-08: 90 Customs; 2024: 91 IEA; 2020-2023: 80 USGS; planned: 1 Plan"},
		{"as known before the second source of 2025", "2025-10-23", "2025: 80 List; 2025-01/2025-08: 90 Customs; 2024: 91 IEA; 2020-2023: 80 USGS; planned: 1 Plan"},
		{"as known before any of 2025", "2025-06-01", "2024: 91 IEA; 2020-2023: 80 USGS; planned: 1 Plan"},
	} {
		var known Date
		if c.known != "" {
			known = MustDate(c.known)
		}
		var periods []string
		for _, f := range shareOfRefining.Figures(known) {
			var figures []string
			for _, o := range f.Observations {
				figures = append(figures, fmt.Sprint(o.Value, " ", o.Source.Publisher))
			}
			periods = append(periods, f.Period+": "+strings.Join(figures, ", "))
		}
		if got := strings.Join(periods, "; "); got != c.want {
			t.Errorf("%s: %s\nwant %s", c.name, got, c.want)
		}
	}
}
