package rules

import (
	_ "embed"
	"fmt"
	"path"
	"regexp"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"derisk/tracker"
)

// zoneList are the zones of the IANA database that are named after a place.
//
//go:embed zones.txt
var zoneList string

// zoneForm is how a zone's name is written: no path, and nothing that means
// one thing here and another on the next machine.
var zoneForm = regexp.MustCompile(`^[A-Z][A-Za-z]*(?:[_+-]?[A-Za-z0-9]+)*(?:/[A-Za-z0-9]+(?:[_+-][A-Za-z0-9]+)*){0,2}$`)

// parseZone reads the name of a zone. The hint says what could be meant.
func parseZone(name string) (zone *time.Location, hint string, err error) {
	if zoneForm.MatchString(name) && name != "Local" {
		if zone, err := time.LoadLocation(name); err == nil {
			return zone, "", nil
		}
	}
	return nil, zoneHint(name), fmt.Errorf("%.60q is not a zone", name)
}

// otherCities are the names of zones that people look for in vain.
var otherCities = map[string]string{
	"beijing": "Asia/Shanghai", "peking": "Asia/Shanghai", "china": "Asia/Shanghai", "prc": "Asia/Shanghai", "cst": "Asia/Shanghai", "shenzhen": "Asia/Shanghai",
	"washington": "America/New_York", "est": "America/New_York", "edt": "America/New_York", "et": "America/New_York", "boston": "America/New_York",
	"pst": "America/Los_Angeles", "pdt": "America/Los_Angeles", "pt": "America/Los_Angeles", "san_francisco": "America/Los_Angeles",
	"cet": "Europe/Brussels", "cest": "Europe/Brussels", "the_hague": "Europe/Amsterdam", "munich": "Europe/Berlin", "frankfurt": "Europe/Berlin",
	"bst": "Europe/London", "jst": "Asia/Tokyo", "kst": "Asia/Seoul", "ist": "Asia/Kolkata", "hkt": "Asia/Hong_Kong",
	"canberra": "Australia/Sydney", "gmt": "UTC", "z": "UTC", "zulu": "UTC",
}

var offsetForm = regexp.MustCompile(`^(?i:utc|gmt)?[+-]\d`)

// zoneHint offers the zone of a city, else the nearest name.
func zoneHint(name string) string {
	word := strings.ToLower(strings.ReplaceAll(strings.TrimSpace(name), " ", "_"))
	if offsetForm.MatchString(word) {
		return "name a place, as offsets change with the season: Asia/Shanghai"
	}
	city := path.Base(word)
	if zone, ok := otherCities[city]; ok {
		return fmt.Sprintf("did you mean %q?", zone)
	}
	known := strings.Fields(zoneList)
	for _, zone := range known {
		if strings.ToLower(path.Base(zone)) == city {
			return fmt.Sprintf("did you mean %q?", zone)
		}
	}
	if near := tracker.Nearest(strings.ReplaceAll(name, " ", "_"), known); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return "write an IANA name such as Asia/Shanghai"
}

func (p *fileReader) readZone(n *yaml.Node) {
	name, ok := p.text(n, "zone")
	if !ok {
		return
	}
	zone, hint, err := parseZone(name)
	if err != nil {
		p.fail(n, "zone", hint, err.Error())
		return
	}
	p.rule.Zone = zone
}
